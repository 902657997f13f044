// A request that takes two of three people, decided at terminals.

import { afterEach, beforeEach, expect, it } from 'vitest';
import { createGovernor } from '../../src/index.ts';
import { runCommandLine, runOnTerminal } from '../guide/command-line.ts';
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
can_write = ["notes/*"]
`,
    'approvals.toml': `[approvals.strategies]
destructive_operations = "multi-approval"
[approvals.multi-approval]
min_approvers = 2
quorum_percentage = 0.5
${['ann', 'ben', 'cid'].map((id) => `[[approvers.user]]\nid = "${id}"\nrole = "operator"\ncan_approve = ["destructive"]\n`).join('')}`,
  });
  for (const name of ['ann', 'ben', 'cid']) await ownKey(folder.configDir, name);
});
afterEach(() => folder.remove());

const remove = { actionType: 'delete_file', target: 'notes/old.md', requester: 'gardener' };
const authorize = async () => {
  const governor = await createGovernor({ configDir: folder.configDir, workspace: folder.workspace });
  try {
    return await governor.authorize(remove);
  } finally {
    await governor.close();
  }
};

it('shows who has voted and who still may, and passes with the second approval', async () => {
  const asked = await authorize();
  const id = asked.outcome === 'refused' ? asked.approval!.id : '';
  const decide = (verb: string, as: string, ...more: string[]) =>
    runOnTerminal(`ggen-mcp approvals ${verb} ${id} --as ${as} ${more.join(' ')}`, folder.workspace, [
      [CONFIRM, PASSPHRASE],
    ]);

  const first = await decide('approve', 'ann', '--comment', 'fine');
  expect(first).toMatchObject({ code: 0 });
  expect(first.stdout).toContain(`recorded: 1 of the 2 approvals that ${id} takes, 1 of 3 people have voted`);
  expect((await authorize()).outcome).toBe('refused');

  const shown = await runCommandLine(`ggen-mcp approvals show ${id}`, folder.workspace);
  expect(shown.stdout).toContain(`  approvals  1 of the 2 it takes, from 3 people
    ann: yes: fine
    may still vote: ben, cid
`);
  const json = JSON.parse((await runCommandLine(`ggen-mcp approvals show ${id} --json`, folder.workspace)).stdout);
  expect(json).toMatchObject({
    quorum: { required: 2, of: 3, eligible: ['ann', 'ben', 'cid'] },
    votes: [{ approver: 'ann', approved: true, comment: 'fine', verified: true }],
  });

  expect((await decide('reject', 'ben')).stdout).toContain('recorded: 1 of the 2 approvals');
  expect((await decide('approve', 'cid')).stdout).toContain(`approved ${id}: the same call passes once`);
  expect((await authorize()).outcome).toBe('permitted');
});
