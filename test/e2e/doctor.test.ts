// What the doctor says of an installation: each thing it warns of, made true.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createAgentKeyFiles } from '../../src/adapters/keys/index.ts';
import { createGovernor } from '../../src/index.ts';
import { runCommandLine } from '../guide/command-line.ts';
import { type Folder, openFolder } from '../guide/folder.ts';
import { enrol, ownKey } from '../support/approvers.ts';

const GOVERNANCE = `[policies]
version = "1.0"
[policies.operational.require_approval]
operations = ["write_file"]
[policies.agents.gardener]
can_write = ["notes/*"]
`;
const APPROVALS = '[[approvers.user]]\nid = "ann"\ncan_approve = ["files"]\n';
let folder: Folder;
let home: string;
const before = process.env.GGEN_HOME;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'ggen-doctor-'));
  process.env.GGEN_HOME = home;
  folder = openFolder({ 'governance.toml': GOVERNANCE, 'approvals.toml': APPROVALS });
});
afterEach(() => {
  process.env.GGEN_HOME = before;
  rmSync(home, { recursive: true, force: true });
  folder.remove();
});

const examine = async (more = ''): Promise<{ code: number | null; lines: string[] }> => {
  const { code, stdout } = await runCommandLine(`ggen-mcp doctor ${more}`, folder.workspace);
  return { code, lines: stdout.trimEnd().split('\n') };
};
const sql = (text: string): void => {
  const db = new DatabaseSync(folder.path('.ggen/audit.db'));
  db.exec(text);
  db.close();
};
const keysDir = (): string => join(home, 'keys');

it('names who can not decide, keys of who runs agents too, and keys that others can read', async () => {
  const none = await examine();
  expect(none.code).toBe(1);
  expect(none.lines.join('\n')).toMatch(/WARNING {2}approvers {6}nobody can decide: no approver has a key/);

  await ownKey(folder.configDir, 'ann');
  createAgentKeyFiles(keysDir()).create('bot');
  const same = await examine();
  expect(same.code).toBe(1);
  expect(same.lines.filter((line) => line.startsWith('WARNING'))).toEqual([
    expect.stringMatching(/same user {6}the keys of ann belong to user .*: agents .* by the passphrase alone/),
    expect.stringMatching(/same user {6}the unattended keys of bot belong to user .* can sign as them/),
  ]);
  expect(same.lines.join('\n')).toMatch(/ok {7}approvers {6}with a key that counts: ann/);

  chmodSync(join(keysDir(), 'agents'), 0o755);
  const open = await examine('--json');
  expect(open.code).toBe(2);
  const found = open.lines.map((line) => JSON.parse(line)).filter(({ state }) => state === 'fault');
  expect(found).toMatchObject([
    { about: 'keys', message: expect.stringMatching(/agents is open to others \(mode 755\)/) },
  ]);
});

it('names keys that lie where agents write, and a configuration that can not be used', async () => {
  mkdirSync(join(folder.workspace, 'home/keys'), { recursive: true, mode: 0o700 });
  const outside = join(home, 'link');
  symlinkSync(join(folder.workspace, 'home'), outside);
  for (const other of [join(folder.workspace, 'home'), outside]) {
    process.env.GGEN_HOME = other;
    const { code, lines } = await examine();
    process.env.GGEN_HOME = home;
    expect(code).toBe(2);
    expect(lines.join('\n')).toMatch(/FAULT {4}keys {11}signing keys lie in the workspace, where agents write/);
  }
  folder.write('config/approvals.toml', '[approvals]\nenabled = 3\n');
  const broken = await examine();
  expect(broken.code).toBe(2);
  expect(broken.lines.join('\n')).toMatch(
    /FAULT {4}configuration {2}can not be used: 1 errors \(`ggen-mcp policy validate`/,
  );
});

it('names work that nobody does, and what was given up', async () => {
  enrol(folder.configDir, 'ann');
  const governor = await createGovernor({ configDir: folder.configDir, workspace: folder.workspace });
  const asked = await governor.ask({
    actionType: 'write_file',
    target: 'notes/a.md',
    requester: 'gardener',
    content: 'x',
  });
  expect(asked.outcome).toBe('waiting');
  await governor.close();
  sql(`UPDATE jobs SET due_at = ${Date.now() - 600_000}`);
  sql("INSERT INTO notice_endpoints VALUES ('abc', 1, 'gone')");
  expect((await examine()).lines.join('\n')).toMatch(
    /WARNING {2}work {11}1 timers and messages are overdue, the first by 10 min: nobody does them/,
  );
  sql("UPDATE jobs SET state = 'dead'");
  const lines = (await examine()).lines.join('\n');
  expect(lines).toMatch(/work {11}1 messages were given up/);
  expect(lines).toMatch(/work {11}1 receivers are off/);
});
