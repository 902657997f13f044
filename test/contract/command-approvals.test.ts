import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { GovernedSystem } from '../../src/compose/index.ts';
import { enrol, signerOf } from '../support/approvers.ts';
import { createFolder, openFolder, type TestFolder } from '../support/test-system.ts';

const POLICY = `[policies]
version = "1.0"
enforcement_mode = "strict"

[policies.security.allowed_commands]
commands = ["cat"]
require_approval = ["sh", "rm"]

[policies.agents.writer]
can_read = ["*"]
can_write = ["*"]
`;

let folder: TestFolder;
let system: GovernedSystem;
beforeEach(async () => {
  folder = createFolder({ 'config/governance.toml': POLICY, 'sub/deploy.sh': 'echo one', 'sub/x.txt': 'x' });
  enrol(folder.configDir, 'owner');
  system = await openFolder(folder);
});
afterEach(async () => {
  await system.close();
  folder.remove();
});

const ask = (target: string) => system.governor.authorize({ actionType: 'execute_shell', target, requester: 'writer' });

it('an approval of a line covers what its files held, wherever the line goes to find them', async () => {
  const line = 'cd sub && sh deploy.sh';
  const first = await ask(line);
  if (first.outcome !== 'refused' || !first.approval) throw new Error('not asked about');
  await system.desk.decide({ approvalId: first.approval.id, approved: true, signer: signerOf('owner'), via: 'test' });
  writeFileSync(join(folder.root, 'sub/deploy.sh'), 'echo two');
  const changed = await ask(line);
  expect(changed).toMatchObject({ outcome: 'refused' });
  writeFileSync(join(folder.root, 'sub/deploy.sh'), 'echo one');
  expect(await ask(line)).toMatchObject({ outcome: 'permitted' });
});

it('is not bound to folders that the line only looks into', async () => {
  const line = 'cd sub && rm x.txt';
  const first = await ask(line);
  if (first.outcome !== 'refused' || !first.approval) throw new Error('not asked about');
  await system.desk.decide({ approvalId: first.approval.id, approved: true, signer: signerOf('owner'), via: 'test' });
  writeFileSync(join(folder.root, 'sub/other.txt'), '');
  expect(await ask(line)).toMatchObject({ outcome: 'permitted' });
});
