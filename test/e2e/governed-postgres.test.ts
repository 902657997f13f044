// The one path over a real Postgres: two nodes, one log, and the commands that read it.

import { afterEach, beforeEach, expect, it } from 'vitest';
import { type GovernedSystem, openSystem } from '../../src/compose/index.ts';
import { runCommandLine } from '../guide/command-line.ts';
import { enrol, signerOf } from '../support/approvers.ts';
import { createDatabase, dropDatabase } from '../support/postgres-database.ts';
import { createFolder, type TestFolder } from '../support/test-system.ts';

let folder: TestFolder;
let database: string;
let nodes: GovernedSystem[];
beforeEach(async () => {
  database = await createDatabase();
  const audit = `[audit.storage]\nbackend = "postgres"\nconnection_string = "\${GGEN_TEST_DATABASE}"\n`;
  folder = createFolder({ 'config/audit.toml': audit });
  const env = { GGEN_HOME: `${folder.root}-home`, GGEN_TEST_DATABASE: database };
  nodes = [];
  enrol(folder.configDir, 'olga');
  for (let i = 0; i < 2; i += 1)
    nodes.push(await openSystem({ configDir: folder.configDir, workspace: folder.root, env }));
});
afterEach(async () => {
  for (const node of nodes) await node.close();
  folder.remove();
  await dropDatabase(database);
});

it('governs on two nodes: what one asks, a person decides at the other, and both read one log that verifies', async () => {
  const [one, two] = nodes as [GovernedSystem, GovernedSystem];
  const deletion = { actionType: 'delete_file', target: 'src/a.ts', requester: 'writer' };
  const asked = await one.governor.authorize(deletion);
  if (asked.outcome !== 'refused' || !asked.approval) throw new Error('was not asked about');
  const waiting = one.governor.awaitDecision(asked.approval.id, { timeoutMs: 20_000 });
  const [user] = two.loaded().config.approvals.approvers.user;
  await two.desk.decide({
    approvalId: asked.approval.id,
    approved: true,
    signer: signerOf(user?.id ?? 'olga'),
    via: 'test',
  });
  expect(await waiting).toBe('approved');
  expect(await one.governor.run(deletion, () => 'deleted')).toMatchObject({ outcome: 'done', value: 'deleted' });
  expect((await two.governor.authorize(deletion)).outcome).toBe('refused');
  const events = (await two.store.query({ limit: 100 })).reverse().map((entry) => entry.metadata.event);
  expect(events).toEqual([
    'approval_requested',
    'approval_approved',
    'approval_consumed',
    'attempt',
    'outcome',
    'approval_requested',
  ]);
  const env = { ...process.env, GGEN_HOME: `${folder.root}-home`, GGEN_TEST_DATABASE: database };
  const verified = await runCommandLine('ggen-mcp audit verify', folder.root, env);
  expect(verified).toMatchObject({ code: 0, stderr: '' });
  expect(verified.stdout).toMatch(/^holds: .*, 6 entries/);
  expect((await runCommandLine('ggen-mcp audit tail --lines 1', folder.root, env)).stdout).toContain(
    'approval_requested',
  );
});
