// An approval covers one thing: of a call that is no more what was approved, it is said what changed.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GovernedSystem } from '../../src/compose/index.ts';
import type { Action } from '../../src/model/action.ts';
import { signerOf } from '../support/approvers.ts';
import { createKeyedFolder } from '../support/keyed-folder.ts';
import { whyNoPostgres } from '../support/postgres-server.ts';

const GOVERNANCE = `
[policies]
version = "1.0"
[policies.security.allowed_commands]
commands = ["node"]
require_approval = ["node"]
[policies.operational.require_approval]
operations = ["write_file", "call_tool"]
[policies.agents.writer]
can_read = ["*"]
can_write = ["src/*"]
can_call = ["*"]
`;
const APPROVALS = '[[approvers.user]]\nid = "ann"\ncan_approve = ["*"]\n';

describe.each(['sqlite', 'postgres'] as const)('a call that changed since it was approved, on %s', (backend) => {
  const works = backend === 'postgres' && whyNoPostgres() !== undefined ? it.skip : it;
  let place: Awaited<ReturnType<typeof createKeyedFolder>>;
  let system: GovernedSystem;
  beforeEach(async () => {
    if (backend === 'postgres' && whyNoPostgres() !== undefined) return;
    place = await createKeyedFolder(backend, GOVERNANCE, APPROVALS, ['ann']);
    place.write('src/run.mjs', 'console.log(1)\n');
    system = await place.open();
  });
  afterEach(() => place?.remove());

  const approve = async (action: Action): Promise<string> => {
    const asked = await system.governor.ask(action);
    if (asked.outcome !== 'waiting') throw new Error(JSON.stringify(asked));
    const { id } = asked.approval;
    await system.desk.decide({ approvalId: id, signer: signerOf('ann'), approved: true, via: 'test' });
    return id;
  };
  /** What the agent is told of it, beside that it waits. */
  const told = async (action: Action, on = system): Promise<string | undefined> => {
    const answer = await on.governor.authorize(action);
    if (answer.outcome !== 'refused') return answer.outcome;
    return /^Approval (\S+) does not cover this call: (.*) changed since\. Waiting/.exec(answer.message)?.[2];
  };

  const write: Action = { actionType: 'write_file', target: 'src/a.txt', requester: 'writer', content: 'text' };
  const call: Action = { actionType: 'call_tool', target: 'deploy', requester: 'writer', parameters: { to: 'test' } };

  works('names content, parameters, folder, environment, further targets, all of them at once', async () => {
    const id = await approve(write);
    expect(await told({ ...write, content: 'other' })).toBe('content');
    const { content: _, ...without } = write;
    expect(await told(without)).toBe('content');
    expect(await told({ ...write, parts: [{ actionType: 'write_file', target: 'src/b.txt' }] })).toContain(
      'further targets',
    );
    await approve(call);
    expect(await told({ ...call, parameters: { to: 'production' } })).toBe('parameters');
    expect(await told({ ...call, context: { cwd: 'src', env: { A: '1' } } })).toBe('folder, environment');
    // Another thing is another thing: nothing was approved of it.
    expect(await told({ ...write, target: 'src/b.txt' })).toBeUndefined();
    expect(await told({ ...call, requester: 'somebody' })).toBeUndefined();
    const [asked] = (await system.store.listRequests({ status: 'pending', requester: 'writer', limit: 20 })).filter(
      ({ metadata }) => metadata.unlike === id,
    );
    expect(asked?.metadata.changed).toEqual(['where the target leads', 'further targets'].sort().reverse());
    // What was approved is still good for what it is good for.
    expect(await told(write)).toBe('permitted');
    expect(await told({ ...write, content: 'other' })).toBeUndefined();
  });

  works('names the file that a command refers to, and the policies', async () => {
    const run: Action = { actionType: 'execute_shell', target: 'node src/run.mjs', requester: 'writer' };
    await approve(run);
    place.write('src/run.mjs', 'console.log(2)\n');
    expect(await told(run)).toBe('file "src/run.mjs"');
    await approve(write);
    place.write('config/governance.toml', `${GOVERNANCE}can_execute = ["node"]\n`);
    expect(await told(write, await place.open())).toBe('policies');
  });
});
