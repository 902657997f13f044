// What a shell script does with approvals: asks, waits, takes back, and reads what became of it.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGovernor } from '../../src/index.ts';
import { type CommandEnd, GGEN_MCP, runCommandLine, runOnTerminal } from '../guide/command-line.ts';
import { type Folder, openFolder } from '../guide/folder.ts';
import { CONFIRM, ownKey, PASSPHRASE } from '../support/approvers.ts';

let folder: Folder;
beforeEach(async () => {
  folder = openFolder({
    'governance.toml': `[policies]
version = "1.0"
[policies.operational.require_approval]
operations = ["delete_file"]
[policies.agents.gardener]
can_read = ["*"]
can_write = ["notes/*"]
`,
  });
  await ownKey(folder.configDir, 'olga');
});
afterEach(() => folder.remove());

const run = (line: string): Promise<CommandEnd> => runCommandLine(`ggen-mcp approvals ${line}`, folder.workspace);
const FLAGS = '--action-type delete_file --target notes/old.md --requester gardener';
const request = async (): Promise<string> => {
  const end = await run(`request ${FLAGS}`);
  expect(end).toMatchObject({ code: 0, stderr: '' });
  expect(end.stdout).toMatch(/^[0-9a-f-]{36}\n$/);
  return end.stdout.trim();
};
const authorize = async () => {
  const governor = await createGovernor({ configDir: folder.configDir, workspace: folder.workspace });
  try {
    return await governor.authorize({ actionType: 'delete_file', target: 'notes/old.md', requester: 'gardener' });
  } finally {
    await governor.close();
  }
};
const approve = (id: string) =>
  runOnTerminal(`ggen-mcp approvals approve ${id}`, folder.workspace, [[CONFIRM, PASSPHRASE]]);

describe('approvals request', () => {
  it('asks once, uses nothing up, and the action passes through a door once approved', async () => {
    const id = await request();
    expect(await request()).toBe(id);
    await approve(id);
    expect(await request()).toBe(id);
    const json = JSON.parse((await run(`request ${FLAGS} --json`)).stdout);
    expect(json).toMatchObject({ id, status: 'approved' });
    expect(await authorize()).toMatchObject({ outcome: 'permitted', approvalId: id });
    expect(await request()).not.toBe(id);
  });

  it('takes the action as JSON, and says what needs nobody, is denied, or is none', async () => {
    folder.write('a.json', '{"action_type":"delete_file","target":"notes/old.md","requester":"gardener"}');
    expect((await run('request --action a.json')).stdout.trim()).toBe(await request());
    expect(await run('request --action-type read_file --target notes/a.md --requester gardener')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: 'it needs nobody’s approval\n',
    });
    const denied = await run('request --action-type delete_file --target src/a.ts --requester gardener');
    expect(denied).toMatchObject({ code: 4, stdout: '' });
    expect(denied.stderr).toContain('src/a.ts is in no can_write of agent gardener');
    for (const [line, what] of [
      ['request --action missing.json', /missing\.json can't be read: ENOENT/],
      ['request --action a.json --target x', /--action holds the whole action: --target can't stand beside it/],
      ['request --target x', /--action-type, --requester are missing/],
    ] as const) {
      const end = await run(line);
      expect(end).toMatchObject({ code: 2, stdout: '' });
      expect(end.stderr).toMatch(what);
    }
  });
});

describe('approvals wait', () => {
  it('ends with the decision that another process makes, and says which', async () => {
    const id = await request();
    expect(await run(`wait ${id} --timeout 200ms`)).toMatchObject({ code: 3, stdout: 'pending\n' });
    const waiting = run(`wait ${id} --timeout 60s`);
    await approve(id);
    expect(await waiting).toMatchObject({ code: 0, stdout: 'approved\n' });
    expect(JSON.parse((await run(`wait ${id} --json`)).stdout)).toMatchObject({ id, status: 'approved' });
    expect((await run('wait 7')).stderr).toContain('no approval request 7');
    expect((await run(`wait ${id} --timeout soon`)).stderr).toContain('is no duration');
  });
});

describe('approvals cancel and revoke', () => {
  it('take back what waits and what is not used yet, and nothing else', async () => {
    const id = await request();
    expect((await run(`revoke ${id}`)).stderr).toContain(`request ${id} is pending, not approved`);
    expect(await run(`cancel ${id}`)).toMatchObject({ code: 0, stdout: `cancelled ${id}\n` });
    expect(await run(`wait ${id}`)).toMatchObject({ code: 1, stdout: 'cancelled\n' });
    const other = await request();
    expect(other).not.toBe(id);
    await approve(other);
    expect(await run(`revoke ${other}`)).toMatchObject({ code: 0, stdout: `revoked ${other}\n` });
    expect(await run(`cancel ${other}`)).toMatchObject({ code: 2 });
    expect((await authorize()).outcome).toBe('refused');
  });
});

describe('approvals watch', () => {
  it('shows requests and decisions of other processes as they happen', async () => {
    const watching = spawn(process.execPath, [GGEN_MCP, 'approvals', 'watch'], {
      cwd: folder.workspace,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const lines = createInterface({ input: watching.stdout })[Symbol.asyncIterator]();
      const first = lines.next();
      // Until it is there, whatever it takes to start: each request is another one.
      let shown: string | undefined;
      for (let n = 0; shown === undefined; n += 1) {
        await run(`request --action-type delete_file --target notes/${n}.md --requester gardener`);
        shown = await Promise.race([first.then(({ value }) => value as string), delay(500).then(() => undefined)]);
      }
      expect(shown).toMatch(
        /pending {2}approval_requested {2}gardener {2}delete_file {2}notes\/\d+\.md .* [0-9a-f-]{36}$/,
      );
      await run(`cancel ${shown.split(' ').at(-1)}`);
      for (let next = shown; !next.includes('approval_cancelled'); next = (await lines.next()).value as string);
    } finally {
      watching.kill();
    }
  });
});

describe('approvals history', () => {
  it('tells what became of a request, and of all', async () => {
    const id = await request();
    await approve(id);
    const events = (end: CommandEnd) =>
      end.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).metadata.event);
    expect(events(await run(`history --request ${id} --json`))).toEqual(['approval_requested', 'approval_approved']);
    await authorize();
    expect(events(await run('history --json'))).toEqual([
      'approval_requested',
      'approval_approved',
      'approval_consumed',
    ]);
    expect((await run(`history --request ${id}`)).stdout).toMatch(new RegExp(`approval_approved .* ${id}\n`));
    expect(await run('history --request 7')).toMatchObject({ code: 2, stdout: '' });
  });
});
