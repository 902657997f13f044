import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTempWorkspace, type TempWorkspace } from '../../adapters/files/temp-workspace.fixture.ts';
import { looseCommands } from './loose-words.ts';
import { changesFolder, ownCommand, runsOwn } from './own-commands.ts';

const RULE = 'policies.security.command_injection_protection';
let temp: TempWorkspace;
beforeEach(() => {
  temp = openTempWorkspace();
});
afterEach(() => temp.remove());

/** what each program of the line is, as policy sees it */
const argvs = (line: string): (readonly string[] | undefined)[] =>
  temp
    .inspect('execute_shell', line)
    .parts.filter((part) => part.actionType === 'execute_shell')
    .map((part) => part.argv);

describe('a command target', () => {
  it('of one simple command of literal words has its words', () => {
    const evidence = temp.inspect('execute_shell', `git commit -m 'a; b'`);
    expect(evidence.parts).toEqual([
      { actionType: 'execute_shell', target: `git commit -m 'a; b'`, argv: ['git', 'commit', '-m', 'a; b'] },
    ]);
    expect(evidence.findings).toMatchObject([{ severity: 'warn', rule: 'builtin.project-code' }]);
  });

  it('that is more has a part for each program, each file and each host', () => {
    const line = 'cd src && ls | tee out; curl https://x.example/a';
    const { parts, findings } = temp.inspect('execute_shell', line);
    expect(findings).toEqual([]);
    expect(parts).toEqual([
      { actionType: 'execute_shell', target: line, argv: ['cd', 'src'], builtin: true },
      { actionType: 'execute_shell', target: 'ls', argv: ['ls'] },
      { actionType: 'execute_shell', target: 'tee out', argv: ['tee', 'out'] },
      { actionType: 'execute_shell', target: 'curl https://x.example/a', argv: ['curl', 'https://x.example/a'] },
      { actionType: 'read_file', target: `${temp.workspace}/src`, path: 'src' },
      { actionType: 'write_file', target: 'out', path: 'src/out' },
      {
        actionType: 'http_request',
        target: 'https://x.example/a',
        url: { host: 'x.example', scheme: 'https', port: 443 },
      },
    ]);
  });

  it('that can not be known has no words, and the finding says where', () => {
    const evidence = temp.inspect('execute_shell', 'ls; $X -rf x');
    expect(evidence.parts[0]).not.toHaveProperty('argv');
    expect(evidence.findings).toMatchObject([{ kind: 'command', rule: RULE, severity: 'block' }]);
    expect(evidence.findings[0]?.message).toMatch(/column 5: which program runs can not be known/);
  });

  it('has no words with command_injection_protection off either, and is not permitted by silence', () => {
    const inspector = temp.inspector({ commandInjectionProtection: false });
    const evidence = inspector.inspect({ actionType: 'execute_shell', target: 'ls | $X', requester: 'a' });
    expect(evidence.parts[0]).not.toHaveProperty('argv');
    expect(evidence.findings).toMatchObject([{ rule: 'builtin.unknown-command', severity: 'deny' }]);
    expect(inspector.inspect({ actionType: 'execute_shell', target: 'git -c a=b x', requester: 'a' }).findings).toEqual(
      [],
    );
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
    for (const name of ['PATH', 'LD_PRELOAD', 'GIT_SSH_COMMAND', 'NODE_OPTIONS']) {
      expect(found({ CI: '1', [name]: 'x' })).toEqual([`block ${RULE}`]);
    }
    expect(found({ CI: '1', whatever: 'x' })).toEqual(['ask builtin.command']);
  });

  it('has no words where the folder it runs in can not be known', () => {
    const evidence = temp.inspect('execute_shell', 'git status', { context: { cwd: '~nobody' } });
    expect(evidence.parts[0]).not.toHaveProperty('argv');
    expect(evidence.findings.map(({ rule }) => rule)).toContain('builtin.unresolved');
  });
});

describe('programs that start others', () => {
  it.each([
    ['sh -c "ls; rm x"', [['ls'], ['rm', 'x']]],
    ['command ls', [['ls']]],
    ['env CI=1 ls', [['ls']]],
    ['nohup nice -n 5 timeout 5 setsid stdbuf -o0 ls -l', [['ls', '-l']]],
    ['echo $(ls) `wc x` <(cut -f1 y)', [['ls'], ['wc', 'x'], ['cut', '-f1', 'y']]],
    ['find . -exec rm {} \\; -execdir ls {} +', [['find'], ['rm', '.'], ['ls', '.']]],
    ['xargs rm -f', [['rm', '-f', '\u{fffd}']]],
    [
      'npx tsc -p .',
      [
        ['npx', 'tsc', '-p', '.'],
        ['tsc', '-p', '.'],
      ],
    ],
    ['time ls', [['ls']]],
  ])('%s: what they start is judged', (line, programs) => {
    const found = argvs(line);
    for (const program of programs) {
      expect(found.some((argv) => program.every((word, index) => argv?.[index] === word))).toBe(true);
    }
  });

  it.each([
    'eval ls',
    'source x',
    '. x',
    'exec ls',
    'builtin cd',
    'trap ls EXIT',
    'alias a=b',
    'f() { ls; }',
    'busybox ls',
    'watch ls',
    'sh',
    'ls | bash',
    'zsh -c ls',
    'yarn node -e 1',
  ])('%s is refused or asked about', (line) => {
    const found = temp.found('execute_shell', line);
    const asks = temp.inspect('execute_shell', line).parts.some((part) => part.asks);
    expect(asks || found.some((one) => /^(?:block|ask) /.test(one))).toBe(true);
  });

  it('the subcommand stands behind its program, whatever options stand before it', () => {
    temp.folder('ws/x');
    expect(argvs('git -C x --no-pager log -3')).toEqual([['git', 'log', '-C', 'x', '--no-pager', '-3']]);
  });

  it('a file that has the name of a starter is a program of its own', () => {
    expect(argvs('./env ls')).toContainEqual(['./env', 'ls']);
    expect(argvs('/usr/bin/env ls')).toEqual([['ls']]);
  });

  it('a deletion behind find is one of all that it starts at', () => {
    temp.folder('ws/src');
    const { parts } = temp.inspect('execute_shell', 'find src -name x -delete');
    expect(parts.at(-1)).toEqual({ actionType: 'delete_file', target: 'src', path: 'src' });
  });
});

describe("commands that run the project's code", () => {
  const warns = (line: string): boolean => temp.found('execute_shell', line).includes('warn builtin.project-code');
  it.each([
    'npm test',
    'npm run build',
    'npm ci',
    'yarn test',
    'cargo build',
    'cargo run',
    'make all',
    'node x.js',
    'python3 x.py',
    'go test ./...',
  ])('%s warns', (line) => expect(warns(line)).toBe(true));
  it.each(['npm ls', 'npm view x', 'cargo metadata', 'go list ./...', 'git log'])('%s does not', (line) => {
    expect(warns(line)).toBe(false);
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
    'ggen-mcp approvals list --config x',
    'ggen-mcp approvals list --config=x',
    'ggen-mcp policy validate --workspace /',
    'ggen-mcp audit query --workspace=. --json',
    'npx ggen-mcp check x --config "src/evil"',
    'ggen-mcp approvals show 1 --json --config x -- y',
    'ggen-mcp policy explain "--config" x',
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
    'ggen-mcp check -- --config',
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
    expect(temp.found('execute_shell', './harmless approvals approve 1')).toContain('always builtin.protected-path');
    expect(temp.found('execute_shell', './harmless audit tail')).not.toContain('always builtin.protected-path');
  });

  it('nothing else is ours', () => {
    expect(ownCommand(['git', 'status'])).toBeUndefined();
    expect(runsOwn([['npx', 'ggen-mcp', 'audit', 'tail']])).toBe(true);
    expect(runsOwn([['git', 'status']])).toBe(false);
    for (const words of [
      ['cd', 'x'],
      ['pushd', 'x'],
      ['env', '-C', 'x', 'y'],
      ['pnpm', '--dir=x', 'exec', 'y'],
    ])
      expect([words, changesFolder([words])]).toEqual([words, true]);
    expect(changesFolder([['ls', '-l', 'cd']])).toBe(false);
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
