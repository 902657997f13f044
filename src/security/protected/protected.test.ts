import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeFileSystem } from '../../adapters/files/index.ts';
import { openTempWorkspace, type TempWorkspace } from '../../adapters/files/temp-workspace.fixture.ts';
import { foldPath } from '../../kernel/fold-path.ts';
import { endsOfOption } from './glued-paths.ts';
import { createGuard } from './guard.ts';
import { pathsInWord } from './named-paths.ts';
import { protectedPathsFor } from './places.ts';

const ALWAYS = 'always builtin.protected-path';
let temp: TempWorkspace;
beforeEach(() => {
  temp = openTempWorkspace();
});
afterEach(() => temp.remove());

const isProtected = (actionType: string, target: string): boolean => temp.found(actionType, target).includes(ALWAYS);

describe('no agent writes', () => {
  it.each([
    'config/governance.toml',
    'config/new.toml',
    'config',
    'config/sub/x',
    '.ggen/audit.db',
    '.ggen/audit.db-wal',
    '.ggen/audit.db-shm',
    '.ggen/audit.db-journal',
    '.ggen/audit-exports',
    '.ggen/audit-exports/2026.json',
    '.claude/settings.json',
    '.claude/settings.local.json',
    '.claude/hooks/x.sh',
    '.codex/config.toml',
    '.codex/hooks.json',
    '.gemini/settings.json',
    '.cursor/hooks.json',
    '.github/hooks/x.json',
    '.opencode/plugins/gov.js',
    'opencode.json',
    '.mcp.json',
    '~/.claude/settings.json',
    '~/.claude.json',
    '~/.codex/config.toml',
    '~/.mcp.json',
    '~/.gemini/settings.json',
    '~/.config/opencode/opencode.json',
    '~/.config/ggen-governance/key.pem',
    '~/.local/state/ggen-governance/witness',
    '/etc/claude-code/managed-settings.json',
    '.claude/settings.json/x',
    'src/../config/governance.toml',
  ])('%s', (target) => {
    expect(isProtected('write_file', target)).toBe(true);
    expect(isProtected('delete_file', target)).toBe(true);
    expect(isProtected('create_directory', target)).toBe(true);
  });

  it.each([
    '.CLAUDE/Settings.JSON',
    'CONFIG/x',
    '.claude/\u017fettings.json',
    '.cla\u200bude/settings.json',
    '.MCP.json',
    '.ggen/AUDIT.DB',
  ])('however a forgiving file system would compare it: %j', (target) => {
    expect(isProtected('write_file', target)).toBe(true);
  });

  it.each([
    'config%2fgovernance.toml',
    '.claude%2Fsettings.json',
    'config\\governance.toml',
    '．claude／settings.json',
  ])('nor what it is decoded: %j', (target) => {
    expect(isProtected('write_file', target)).toBe(true);
  });

  it('nor through a file: URL', () => {
    expect(isProtected('write_file', `file://${temp.workspace}/.mcp.json`)).toBe(true);
  });

  it.each([
    '.claude',
    '.ggen',
    '.cursor',
    '.gemini',
    '.github',
    '.opencode',
    '~/.config',
    '~/.local',
    '~/.local/state',
    '~/.claude',
  ])('nor deletes, moves or replaces a folder that holds it: %s', (target) => {
    expect(isProtected('delete_file', target)).toBe(true);
  });

  it('in the parts of an action either', () => {
    expect(
      temp.found('write_file', 'a', { parts: [{ actionType: 'delete_file', target: '.claude/settings.json' }] }),
    ).toContain(ALWAYS);
  });

  it('through a link, or where the protected place is itself a link', () => {
    temp.folder('shared/claude');
    temp.link('ws/.claude', '../shared/claude');
    temp.folder('ws/config');
    temp.link('ws/harmless', 'config');
    expect(isProtected('write_file', 'harmless/governance.toml')).toBe(true);
    expect(isProtected('write_file', '.claude/settings.json')).toBe(true);
    expect(isProtected('write_file', `${temp.root}/shared/claude/settings.json`)).toBe(true);
  });
});

describe('a file that is a link', () => {
  it.each([
    'config/governance.toml',
    'config/approvals.toml',
    'config/audit.toml',
    '.claude/settings.json',
    '.claude/settings.local.json',
    '.codex/config.toml',
    '.codex/hooks.json',
  ])('is guarded where it leads too: %s', (path) => {
    temp.file('ws/dot/real');
    temp.link(`ws/${path}`, '../dot/real');
    expect(isProtected('write_file', 'dot/real')).toBe(true);
    expect(isProtected('delete_file', 'dot')).toBe(true);
    expect(isProtected('write_file', 'dot/other')).toBe(false);
  });
});

describe('what stays possible', () => {
  it.each([
    '.claude/agents/x.md',
    '.github/workflows/ci.yml',
    'src/config/x',
    'configuration',
    '.ggen/templates/x',
    '.cursor/rules',
    '',
    '.',
  ])('writing %j', (target) => {
    expect(isProtected('write_file', target)).toBe(false);
  });

  it.each(['config/governance.toml', '.claude/settings.json', '.ggen/audit.db', '.mcp.json'])(
    'reading %s',
    (target) => {
      expect(isProtected('read_file', target)).toBe(false);
    },
  );

  it('but not reading keys, nor searching where they lie', () => {
    expect(isProtected('read_file', '~/.config/ggen-governance/key.pem')).toBe(true);
    expect(isProtected('list_files', '~/.local/state/ggen-governance')).toBe(true);
    for (const target of ['~', '~/.config', '/']) expect(isProtected('search_files', target)).toBe(true);
    expect(isProtected('list_files', '~/.config')).toBe(false);
    expect(isProtected('search_files', '.')).toBe(false);
  });
});

describe('commands', () => {
  it.each([
    'rm -rf .claude',
    'rm config/governance.toml',
    'mv config x',
    'cp x .claude/settings.json',
    'sed -i s/a/b/ config/governance.toml',
    'tee .mcp.json',
    'curl -o.mcp.json https://x',
    'curl --output=.mcp.json x',
    'cat ~x/../config/x config/a',
    'docker run -v .claude:/x y',
    'dd of=.ggen/audit.db',
    'chmod -R 777 .ggen',
    './config/run',
    'git rm config',
    'cp ~/.config/ggen-governance/key x',
    'ls; rm -rf .claude',
    'echo x > .claude/settings.json',
    'echo x >.claude/"settings".json',
    'x=$(tee .mcp.json)',
    'sort -uoconfig/governance.toml evil',
    'sort -uo.mcp.json evil',
    'cp -vtconfig governance.toml',
    'sort -uo../ws/CONFIG/x evil',
    `awk '{print > "config/x"}' a`,
    `awk '{print > "./.claude/settings.json"}' a`,
    `awk '{print > "../ws/config/x"}' a`,
    `awk '{print > ".mcp.json"}' a`,
    `sed 'w config/governance.toml' a`,
    `sed s/a/b/wConfig/governance.toml a`,
    `sed s/a/b/w./config/governance.toml a`,
    `sed s/a/b/w../ws/.ggen/audit.db a`,
    `sed s/a/b/wWS/config/x a`,
    `sh -c 'cd x; rm -rf config'`,
    `env bash -c "rm -rf .claude"`,
    'git apply --output-config/governance.toml',
  ])('%s', (line) => {
    expect(isProtected('execute_shell', line.replace('WS', temp.workspace))).toBe(true);
  });

  it('relative to the folder they run in', () => {
    temp.folder('ws/.claude');
    const context = { cwd: `${temp.workspace}/.claude` };
    expect(temp.found('execute_shell', 'rm settings.json', { context })).toContain(ALWAYS);
    expect(temp.found('execute_shell', 'rm other.json', { context })).not.toContain(ALWAYS);
  });

  it('through a link', () => {
    temp.folder('ws/config');
    temp.link('ws/l', 'config');
    expect(isProtected('execute_shell', 'rm l/governance.toml')).toBe(true);
  });

  it.each([
    'git add .',
    'git config user.name',
    'npm config get x',
    'ls -la',
    'git log -- src/config',
    'cat README.md',
    'git diff HEAD~1',
    'cat src/config/x',
    'cat src/my.config/x',
    'git commit -m "update config and .claude, src/config/x too"',
    'vitest --config vitest.config.ts',
    'cut -d/ -f1 a',
    'awk -F/ a b',
    'tr / _',
  ])('%s is none of them', (line) => {
    expect(isProtected('execute_shell', line)).toBe(false);
  });

  it.each([
    'grep -rh KEY ..',
    'grep -rh KEY ~',
    'grep -rhKEY ~/.config',
    'tar -cC ~ .',
    'tar -cC.. .',
    'ls --root=/ -R',
    'cat ~/.config/ggen-governance/key',
    'cat ../.local/state/ggen-governance/witness',
    'cat HOME/.config/ggen-governance/key',
    `awk '{getline x < "HOME/.config/ggen-governance/key"}' a`,
  ])('read no keys: %s', (line) => {
    const context = { cwd: `${temp.home}/ws` };
    temp.folder('home/ws');
    expect(temp.found('execute_shell', line.replace('HOME', temp.home), { context })).toContain(ALWAYS);
  });

  it('do not run above the keys', () => {
    expect(temp.found('execute_shell', 'grep -r KEY', { context: { cwd: temp.home } })).toContain(ALWAYS);
    expect(temp.found('execute_shell', 'grep -r KEY', { context: { cwd: `${temp.home}/x` } })).toEqual([]);
  });

  it('cost little however many paths they may name', () => {
    const line = `x ${`-${'a/'.repeat(2040)} `.repeat(2)}`;
    expect(isProtected('execute_shell', line)).toBe(false);
    expect(isProtected('execute_shell', `${line} config/x`)).toBe(true);
  });

  it('words are taken apart', () => {
    expect(pathsInWord('--a=b:c@d,e')).toEqual(['--a=b:c@d,e', 'b', 'c', 'd', 'e']);
    expect(endsOfOption('-ox')).toEqual(['ox', 'x']);
    expect(endsOfOption('--config')).toEqual([]);
    expect(endsOfOption('config')).toEqual([]);
    expect(endsOfOption(`-${'u'.repeat(9000)}oconfig`)).toContain('config');
    expect(endsOfOption(`-${'u'.repeat(9000)}o../x/y`)).toContain('../x/y');
    expect(pathsInWord('--')).toEqual([]);
  });
});

describe("a tool's arguments", () => {
  const call = (parameters: Record<string, never> | object): boolean =>
    temp.found('call_tool', 'save', { parameters: parameters as Record<string, string> }).includes(ALWAYS);

  it('name protected paths in any depth, as values and as names', () => {
    expect(call({ path: '.claude/settings.json' })).toBe(true);
    expect(call({ a: [{ b: [`${temp.workspace}/config/x`] }] })).toBe(true);
    expect(call({ files: { '.mcp.json': '{}' } })).toBe(true);
    expect(call({ path: 'config' })).toBe(true);
    expect(call({ '': '.claude/settings.json=x' })).toBe(true);
  });

  it.each([
    [{ uri: 'file://WS/config%2Fgovernance.toml' }],
    [{ uri: 'file://localhost/WS/config/x' }],
    [{ uri: 'FILE:WS/%2emcp.json' }],
    [{ x: ' "config/x" ' }],
    [{ x: `'.claude\\\\settings.json'` }],
    [{ x: ['rm', '-rf', 'config'] }],
    [{ command: 'rm', args: ['config'] }],
    [{ command: 'anything', args: ['-r', '.claude'] }],
    [{ cmd: 'ggen-mcp policy update a b' }],
    [{ x: 'npx ggen-mcp approvals approve 1' }],
    [{ command: 'ggen-mcp', args: ['policy', 'update'] }],
    [{ x: ['ggen-mcp', 'init'] }],
    [{ cmd: 'rm config/governance.toml' }],
    [{ x: 'true; rm -rf config' }],
    [{ cmd: `sh -c 'rm -rf .claude'` }],
    [{ patch: '--- a/config/governance.toml\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n' }],
    [{ patch: '--- /dev/null\n+++ b/config/new.toml\n@@ -0,0 +1 @@\n+b\n' }],
    [{ input: '*** Begin Patch\n*** Update File: config/governance.toml\n' }],
    [{ text: `${'x '.repeat(5000)}"config/governance.toml"` }],
    [{ path: '~' }],
    [{ path: '/' }],
    [{ root: '~/.config' }],
  ])('in any way to say them: %j', (parameters) => {
    const text = JSON.stringify(parameters).replace('/WS', temp.workspace).replace('WS', temp.workspace);
    expect(call(JSON.parse(text))).toBe(true);
  });

  it.each([
    [{ cmd: 'ggen-mcp audit tail' }],
    [{ cmd: 'git status' }],
    [{ text: 'Please update the config and src/config/x. Then / and so on' }],
    [{ tags: ['config', 'a'] }],
    [{ name: 'ggen-mcp' }],
    [{ route: '/' }],
    [{ command: 'ls', args: ['-la', 'src'] }],
  ])('not in %j', (parameters) => {
    expect(call(parameters)).toBe(false);
  });

  it('or are just words', () => {
    expect(call({ section: 'config', text: 'hello. world', n: 1, deep: null })).toBe(false);
    expect(call({ path: 'src/a.ts' })).toBe(false);
  });
});

describe('protected places', () => {
  const input = {
    workspace: '/w',
    configDir: '/w/config',
    storePath: '/w/.ggen/audit.db',
    witnesses: [],
    exportDir: '/w/out',
    programDir: '/opt/app',
    home: '/h',
    env: {} as Record<string, string | undefined>,
  };
  const guardOf = (more: Partial<typeof input>) =>
    createGuard(protectedPathsFor({ ...input, ...more }), nodeFileSystem(), more.workspace ?? input.workspace);

  it('follow the variables of the environment beside the defaults, where they are absolute', () => {
    const env = {
      XDG_CONFIG_HOME: '/x/c',
      XDG_STATE_HOME: 'relative',
      CODEX_HOME: '/x/codex',
      CLAUDE_CONFIG_DIR: '/x/claude',
    };
    const guard = guardOf({ env });
    for (const path of [
      '/x/c/ggen-governance/k',
      '/h/.config/ggen-governance/k',
      '/h/.local/state/ggen-governance/k',
      '/x/codex/hooks.json',
      '/x/claude/settings.json',
      '/x/claude/hooks/a',
      '/x/c/opencode/opencode.json',
    ]) {
      expect(guard.find(path, 'write')).toBeDefined();
    }
    expect(guard.find('/x/claude/projects/a', 'write')).toBeUndefined();
  });

  it('are only the files we read where the configuration lies above the workspace', () => {
    for (const configDir of ['/w', '/']) {
      const guard = guardOf({ configDir, exportDir: configDir });
      const prefix = configDir === '/' ? '' : configDir;
      expect(guard.find(`${prefix}/governance.toml`, 'write')).toBeDefined();
      expect(guard.find(`${prefix}/audit.toml`, 'write')).toBeDefined();
      expect(guard.find('/w/src/a.ts', 'write')).toBeUndefined();
    }
  });

  it('are the program too; of a project that is the program, only what runs', () => {
    expect(guardOf({}).find('/opt/app/dist/x.js', 'write')).toMatchObject({ place: { what: 'program' } });
    const own = guardOf({ programDir: '/w' });
    for (const path of ['/w/bin/ggen-mcp', '/w/dist/x.js']) expect(own.find(path, 'write')).toBeDefined();
    expect(own.find('/w/src/a.ts', 'write')).toBeUndefined();
  });

  it('are the folders around the program too, but not where a command only names them', () => {
    const guard = guardOf({ programDir: '/w/node_modules/ggen-governance' });
    expect(guard.find('/w/node_modules', 'write')).toMatchObject({ relation: 'holds', place: { what: 'program' } });
    expect(guard.find('/w/node_modules', 'name')).toBeUndefined();
    expect(guard.find('/w/node_modules/ggen-governance', 'name')).toMatchObject({ relation: 'is' });
    expect(guard.find('/w/.ggen', 'name')).toMatchObject({ relation: 'holds' });
    expect(guard.find('/w', 'write')).toBeUndefined();
  });

  it('guard no folder above the workspace or the home, nor these themselves', () => {
    const guard = guardOf({ workspace: '/h/projects/w', configDir: '/h/projects/w/config' });
    for (const path of ['/', '/h', '/h/projects', '/h/projects/w']) expect(guard.find(path, 'write')).toBeUndefined();
    expect(guard.find('/h/.config', 'write')).toMatchObject({ relation: 'holds' });
  });

  it('fold paths as the most forgiving file system would', () => {
    expect(foldPath('/A/b')).toBe('/a/b');
    expect(foldPath('u\u0308')).toBe(foldPath('\u00dc'));
    expect(foldPath('\u212a\u017f\u200b')).toBe('ks');
  });
});
