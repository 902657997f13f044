// A standing grant made, listed and revoked at a terminal, and used through a governor of another process.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ApprovalManager, createGovernor } from '../../src/index.ts';
import { runCommandLine, runOnTerminal } from '../guide/command-line.ts';
import { type Folder, openFolder } from '../guide/folder.ts';
import { CONFIRM, ownKey, PASSPHRASE, signerOf } from '../support/approvers.ts';

let folder: Folder;
beforeEach(() => {
  folder = openFolder({
    'governance.toml': `[policies]
version = "1.0"
[policies.operational.require_approval]
operations = ["write_file"]
[policies.agents.gardener]
can_write = ["notes/*"]
`,
    'approvals.toml':
      '[[approvers.user]]\nid = "ann"\ncan_approve = ["files"]\n[[approvers.user]]\nid = "admin"\ncan_approve = ["*"]\n',
  });
});
afterEach(() => folder.remove());

const run = (line: string) => runCommandLine(line, folder.workspace);
const write = (name: string) => ({
  actionType: 'write_file',
  target: `notes/${name}.md`,
  requester: 'gardener',
  content: name,
});
const outcomes = async (...names: string[]) => {
  const governor = await createGovernor({ configDir: folder.configDir, workspace: folder.workspace });
  try {
    const seen: string[] = [];
    for (const name of names) seen.push((await governor.authorize(write(name))).outcome);
    return seen;
  } finally {
    await governor.close();
  }
};
const GRANT =
  'ggen-mcp approvals grant --agent gardener --operation write_file --pattern notes/* --uses 2 --reason "tidying up"';

it('is shown, signed, listed, used up and revoked', async () => {
  await ownKey(folder.configDir, 'ann');
  expect(await outcomes('a')).toEqual(['refused']);
  expect((await run(GRANT)).code).toBe(2);
  const made = await runOnTerminal(GRANT, folder.workspace, [[CONFIRM, PASSPHRASE]]);
  expect(made).toMatchObject({ code: 0 });
  expect(made.stdout).toContain('gardener may write_file notes/* without asking');
  expect(made.stdout).toMatch(/at most {4}2 times, until 20/);
  const id = /granted (\S+) until/.exec(made.stdout)?.[1];
  expect(await outcomes('a', 'b', 'c')).toEqual(['permitted', 'permitted', 'refused']);
  expect((await run('ggen-mcp approvals grants')).stdout).toBe('no standing grants\n');
  const all = await run('ggen-mcp approvals grants --all');
  expect(all.stdout).toContain(`${id}  gardener write_file notes/*, 2 of 2 used, until 20`);
  expect(all.stdout).toContain('by ann, used up: tidying up');
  expect(JSON.parse((await run('ggen-mcp approvals grants --all --json')).stdout)).toMatchObject({
    id,
    state: 'used up',
    uses: 2,
  });

  const nothing = await runOnTerminal(GRANT, folder.workspace, [[CONFIRM, '']]);
  expect(nothing).toMatchObject({ code: 1 });
  const grave = GRANT.replace('write_file', 'delete_file');
  expect((await runOnTerminal(grave, folder.workspace, [])).stdout).toContain('delete_file is destructive');
  expect((await run(GRANT.replace('--uses 2', '--uses 0'))).stderr).toContain('--uses takes a number from 1 to 1000');

  await runOnTerminal(GRANT, folder.workspace, [[CONFIRM, PASSPHRASE]]);
  const next = (await run('ggen-mcp approvals grants')).stdout.split(' ')[0]!;
  expect(await run(`ggen-mcp approvals ungrant ${next}`)).toMatchObject({ code: 0, stdout: `revoked ${next}\n` });
  expect(await outcomes('d')).toEqual(['refused']);
}, 30_000);

it('is made by a program with its approver’s key, and by no agent', async () => {
  const path = folder.path('config/approvals.toml');
  const manager = ApprovalManager.fromConfig(path, { workspace: folder.workspace, signer: signerOf('admin') });
  const wish = { agent: 'gardener', operation: 'write_file', pattern: 'notes/*', seconds: 60, maxUses: 1 };
  const { id } = await manager.grantStanding(wish);
  expect(await outcomes('a', 'b')).toEqual(['permitted', 'refused']);
  expect(await manager.listStandingGrants()).toMatchObject([{ id, uses: 1 }]);
  await manager.revokeStandingGrant(id);
  expect(await manager.listStandingGrants()).toEqual([]);
  await manager.close();
  const unsigned = ApprovalManager.fromConfig(path, { workspace: folder.workspace });
  await expect(unsigned.grantStanding(wish)).rejects.toMatchObject({ code: 'NOT_PERMITTED' });
  await unsigned.close();
  const governor = await createGovernor({ configDir: folder.configDir, workspace: folder.workspace });
  for (const line of [
    GRANT,
    'ggen-mcp approvals ungrant x',
    'npx ggen-mcp approvals grants; ggen-mcp approvals grant',
  ]) {
    const answer = await governor.authorize({ actionType: 'execute_shell', target: line, requester: 'gardener' });
    expect(answer.outcome === 'refused' && JSON.stringify(answer.decision.reasons)).toContain('decides or administers');
  }
  await governor.close();
});
