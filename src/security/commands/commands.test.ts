import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTempWorkspace, type TempWorkspace } from '../../adapters/files/temp-workspace.fixture.ts';
import { looseCommands } from './loose-words.ts';
import { ownCommand } from './own-commands.ts';
import { startsOthers } from './program-starters.ts';
import { runsProjectCode } from './project-code.ts';

const RULE = 'policies.security.command_injection_protection';
let temp: TempWorkspace;
beforeEach(() => {
  temp = openTempWorkspace();
});
afterEach(() => temp.remove());

describe('a command target', () => {
  it('of one simple command of literal words has its words', () => {
    const evidence = temp.inspect('execute_shell', `git commit -m 'a; b'`);
    expect(evidence.parts).toEqual([
      { actionType: 'execute_shell', target: `git commit -m 'a; b'`, argv: ['git', 'commit', '-m', 'a; b'] },
    ]);
    expect(evidence.findings).toEqual([]);
  });

  it('that is more is blocked, with the operator and its column', () => {
    const evidence = temp.inspect('execute_shell', 'ls; rm -rf x');
    expect(evidence.parts[0]).not.toHaveProperty('argv');
    expect(evidence.findings).toMatchObject([{ kind: 'command', rule: RULE, severity: 'block' }]);
    expect(evidence.findings[0]?.message).toMatch(/column 3: ";" joins commands; compound commands are not judged yet/);
  });

  it('has no words with command_injection_protection off either, and is not permitted by silence', () => {
    const inspector = temp.inspector({ commandInjectionProtection: false });
    const evidence = inspector.inspect({ actionType: 'execute_shell', target: 'ls | sh', requester: 'a' });
    expect(evidence.parts[0]).not.toHaveProperty('argv');
    expect(evidence.findings).toMatchObject([{ rule: 'builtin.unknown-command', severity: 'deny' }]);
    expect(inspector.inspect({ actionType: 'execute_shell', target: 'sudo ls', requester: 'a' }).findings).toEqual([]);
  });

  it('must have the words that the caller says it has', () => {
    const found = (argv: string[]): string[] => temp.found('execute_shell', 'git status', { context: { argv } });
    expect(found(['git', 'status'])).toEqual([]);
    for (const argv of [['git'], ['git', 'push'], ['git', 'status', 'x'], []])
      expect(found(argv)).toEqual([`block ${RULE}`]);
  });

  it('may bring only variables that change nothing about what runs', () => {
    const found = (env: Record<string, string>): string[] =>
      temp.found('execute_shell', 'git status', { context: { env } });
    expect(found({ CI: '1', NODE_ENV: 'test' })).toEqual([]);
    for (const name of ['PATH', 'LD_PRELOAD', 'GIT_SSH_COMMAND', 'NODE_OPTIONS', 'whatever']) {
      expect(found({ CI: '1', [name]: 'x' })).toEqual([`block ${RULE}`]);
    }
  });

  it('has no words where the folder it runs in can not be known', () => {
    const evidence = temp.inspect('execute_shell', 'git status', { context: { cwd: '~nobody' } });
    expect(evidence.parts[0]).not.toHaveProperty('argv');
    expect(evidence.findings).toMatchObject([{ severity: 'deny', rule: 'builtin.unresolved' }]);
  });
});

describe('programs that start others', () => {
  it.each([
    'sh -c ls',
    'bash x.sh',
    '/bin/zsh',
    'eval ls',
    'source x',
    '. x',
    'exec ls',
    'command ls',
    'builtin cd',
    'env ls',
    'xargs rm',
    'sudo ls',
    'nohup ls',
    'nice ls',
    'timeout 5 ls',
    'setsid ls',
    'stdbuf -o0 ls',
    'busybox ls',
    'parallel ls',
    'trap ls EXIT',
    'find . -exec rm x',
    'find . -execdir rm x',
    'find . -ok rm x',
    'find . -delete',
    'find . -fprint x',
    'find . -fprintf x y',
  ])('%s', (line) => {
    expect(temp.found('execute_shell', line)).toContain(`block ${RULE}`);
  });

  it('and those that do not', () => {
    for (const line of ['find . -name x -type f', 'git status', 'ls -la', 'cat sh']) {
      expect(startsOthers(line.split(' '))).toBeUndefined();
    }
  });
});

describe("commands that run the project's code", () => {
  it.each([
    'npm test',
    'npm run build',
    'npm install',
    'npm ci',
    'pnpm dev',
    'yarn',
    'yarn test',
    'cargo build',
    'cargo +nightly test',
    'cargo run',
    'make',
    'make all',
    'node x.js',
    'python3 x.py',
    'python3.12 -m x',
    'npx tsc',
    '/usr/bin/make',
  ])('%s warns', (line) => {
    expect(temp.found('execute_shell', line)).toEqual(['warn builtin.project-code']);
  });

  it.each([
    'npm ls',
    'npm view x',
    'npm --version',
    'cargo metadata',
    'cargo --version',
    'cargo',
    'node --version',
    'node',
    'python3 -V',
  ])('%s does not', (line) => {
    expect(runsProjectCode(line.split(' '))).toBe(false);
  });
});

describe('our own commands', () => {
  it.each([
    'ggen-mcp approvals approve 1',
    'ggen-mcp approvals reject 1',
    'ggen-mcp init',
    'ggen-mcp install claude-code',
    'ggen-mcp uninstall claude-code',
    'ggen-mcp policy update a b',
    'ggen-mcp proxy --agent x -- y',
    'ggen-mcp hook claude-code',
    'ggen-mcp something-new',
    'ggen-mcp approvals',
    'ggen-mcp',
    './node_modules/.bin/ggen-mcp approvals approve 1',
    'npx ggen-mcp approvals approve 1',
    'npx ggen-mcp@latest init',
    'npm exec ggen-mcp -- approvals approve 1',
    'npx ggen-governance approvals approve 1',
    'node bin/ggen-mcp init',
    'node node_modules/ggen-governance/dist/cli.js init',
    'env ggen-mcp init',
    'nohup ggen-mcp init',
    `sh -c "ggen-mcp init"`,
    'GGEN-MCP init',
    `npx -c "ggen-mcp approvals approve 1"`,
    'ggen-mcp --config x approvals list',
    'ggen-mcp approvals approve 1 -- --help',
    'ggen-mcp approvals approve --comment --help',
    'ls; ggen-mcp approvals approve 1',
    'true && npx "ggen-mcp" init',
    'echo y | ggen-mcp init',
  ])('%s is refused in every mode', (line) => {
    const all = temp.found('execute_shell', line);
    expect(all).toContain('always builtin.protected-path');
  });

  it.each([
    'ggen-mcp approvals list --pending',
    'ggen-mcp approvals show 1',
    'ggen-mcp audit tail --lines 3',
    'ggen-mcp audit query',
    'ggen-mcp check x',
    'ggen-mcp policy validate',
    'ggen-mcp policy explain',
    'ggen-mcp policy test',
    'ggen-mcp --help',
    'ggen-mcp --version',
    'ggen-mcp init --help',
    'ggen-mcp approvals approve --help',
    'npx ggen-mcp audit tail',
    `git commit -m "ggen-mcp init"`,
    'ls ggen-governance',
  ])('%s passes', (line) => {
    expect(temp.found('execute_shell', line).filter((found) => found.startsWith('always'))).toEqual([]);
  });

  it('are known behind a link of another name', () => {
    temp.file('ws/bin/ggen-mcp');
    temp.link('ws/harmless', 'bin/ggen-mcp');
    expect(temp.found('execute_shell', './harmless approvals approve 1')).toEqual(['always builtin.protected-path']);
    expect(temp.found('execute_shell', './harmless audit tail')).toEqual([]);
  });

  it('nothing else is ours', () => {
    expect(ownCommand(['git', 'status'])).toBeUndefined();
    expect(ownCommand(['ggen-mcpx', 'init'])).toBeUndefined();
  });
});

describe('loose commands of a line that can not be split', () => {
  it('are cut at everything, assignments and quotes dropped', () => {
    expect(looseCommands(`A=1 "g"it x>y; $(rm -r 'a b') && c\\at\nls`)).toEqual([
      ['git', 'x', 'y'],
      ['$'],
      ['rm', '-r', 'a', 'b'],
      ['cat'],
      ['ls'],
    ]);
    expect(looseCommands('A=1')).toEqual([['A=1']]);
  });
});
