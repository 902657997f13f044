import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGovernor, type OpenGovernor } from '../../src/api/index.ts';
import { createFolder, type TestFolder } from '../support/test-system.ts';

const POLICY = `[policies]
version = "1.0"
enforcement_mode = "strict"

[policies.security.allowed_commands]
commands = ["cp", "printf", "ls", "env"]

[policies.agents.worker]
can_read = ["*"]
can_write = ["out/*"]
`;

let folder: TestFolder;
let governor: OpenGovernor;
const run = (argv: string[], more: { env?: Record<string, string>; cwd?: string } = {}) =>
  governor.runCommand({ argv, requester: 'worker', ...more });

beforeEach(async () => {
  folder = createFolder({ 'config/governance.toml': POLICY, 'a b.txt': 'text', 'out/x': '' });
  governor = await createGovernor({
    configDir: folder.configDir,
    workspace: folder.root,
    home: join(folder.root, 'home'),
  });
});
afterEach(async () => {
  await governor.close();
  folder.remove();
});

describe('runCommand', () => {
  it('starts exactly the words that were judged', async () => {
    expect(await run(['cp', 'a b.txt', 'out/$(id).txt'])).toMatchObject({ outcome: 'done', value: { exitCode: 0 } });
    expect(readFileSync(join(folder.root, 'out/$(id).txt'), 'utf8')).toBe('text');
  });

  it('starts nothing that is refused, for its program, its files or its variables', async () => {
    for (const [argv, more] of [
      [['rm', 'a b.txt'], {}],
      [['cp', 'a b.txt', 'elsewhere.txt'], {}],
      [['cp', '/etc/hostname', 'out/h'], {}],
      [['ls'], { env: { LD_PRELOAD: './x.so' } }],
    ] as const) {
      expect(await run([...argv], more)).toMatchObject({ outcome: 'refused' });
    }
    expect(await run(['ls'], { env: { CI: '1' } })).toMatchObject({ outcome: 'done' });
  });

  it('refuses words that no command line can hold', async () => {
    await expect(run(['ls', 'a\nb'])).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    await expect(run([])).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  });

  it('records the attempt and what came of it', async () => {
    await run(['ls', 'out']);
    const entries = await governor.system.store.query({ limit: 10 });
    expect(entries.some(({ operation }) => operation.name === 'execute_shell')).toBe(true);
  });
});
