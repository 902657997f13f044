// A folder that takes another's place: all that is in it is written, what is protected or out of bounds too.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GovernedSystem } from '../../src/compose/index.ts';
import { createFolder, openFolder, type TestFolder } from '../support/test-system.ts';

let folder: TestFolder;
let system: GovernedSystem;
beforeAll(async () => {
  folder = createFolder({
    'config/governance.toml': `[policies]
version = "1.0"
[policies.security.allowed_commands]
commands = ["cp", "mv", "install", "ls", "patch", "ggen-mcp"]
[policies.agents.writer]
can_read = ["*"]
can_write = ["*"]
cannot_write = ["src/vendor/*"]
`,
    'src/vendor/v.js': 'owner',
    'sub/vendor/v.js': 'evil',
    'box/src/vendor/v.js': 'evil',
    'sub/.claude/settings.json': '{}',
    'sub/config/governance.toml': '',
    '.claude/settings.json': '{"hooks":1}',
    'out/a': '',
  });
  system = await openFolder(folder);
});
afterAll(async () => {
  await system.close();
  folder.remove();
});

const outcome = async (target: string, cwd = folder.root): Promise<string> => {
  const { decision } = await system.governor.judge({
    actionType: 'execute_shell',
    target,
    requester: 'writer',
    context: { cwd },
  });
  return decision.outcome;
};

describe('a line', () => {
  it.each([
    'cp -rT sub src',
    'cp -r --no-target-directory sub src',
    'cp -rfT sub src',
    'cp -rT sub/.claude .claude',
    'cp -rT sub/config config',
    'cp -rT sub/vendor src/vendor',
    'mv -T --backup sub src',
    'mv -bT sub config',
    'cp -r sub/. src',
    'cp -r box/src .',
    'cp -r box/src ./',
  ])('is denied where that holds what must not be written: %s', async (line) => {
    expect(await outcome(line)).toBe('denied');
  });

  it.each(['cp -rT sub out/new', 'cp sub/vendor/v.js out/', 'mv -T out/a out/b'])(
    'passes elsewhere: %s',
    async (line) => {
      expect(await outcome(line)).toBe('allowed');
    },
  );

  it('that applies a patch is asked about: what it writes stands in the patch', async () => {
    expect(await outcome('patch -p0 -i out/a')).toBe('requires_approval');
  });

  it.each([
    'cd sub && ggen-mcp approvals list',
    '(cd sub; ggen-mcp audit tail)',
    'ggen-mcp approvals list --config sub/config',
  ])('reads no configuration that an agent wrote: %s', async (line) => {
    expect(await outcome(line)).toBe('denied');
  });

  it('reads the governing one', async () => {
    expect(await outcome('ggen-mcp approvals list')).toBe('allowed');
    expect(await outcome('ggen-mcp approvals list', `${folder.root}/sub`)).toBe('denied');
  });
});
