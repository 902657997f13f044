import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const MAIN = resolve(import.meta.dirname, '../../src/cli/main.ts');
// In two pieces, so that this file holds no secret.
const SECRET = ['sk_live', '_4eC39HqLyjWDarjtT1zdp7dc'].join('');
const OTHER = ['npm', '_b7Kq2ZpX9mLw4RtYv8NcJ3hGf6DsAe03jGbf'].join('');

let folder: string;
const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
const git = (...args: string[]) =>
  spawnSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], { cwd: folder, encoding: 'utf8' });
const run = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, GGEN_LAUNCHER: MAIN },
  });
  return { status, stdout, stderr };
};

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'ggen-scan-')));
  git('init', '-q');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('security scan', () => {
  it('finds secrets in files, with place and rule, and prints none of them', () => {
    write('a.ts', `// one\nconst key = '${SECRET}';\n`);
    write('b.bin', `\0${SECRET}`);
    write('c.ts', `const key = '${SECRET}'; // ggen:allow-secret\n`);
    const { status, stdout } = run('security', 'scan');
    expect(stdout).toBe('a.ts:2:14  Stripe key [stripe-key]\n3 files searched, 1 finding\n');
    expect(status).toBe(1);
    expect(run('security', 'scan', 'c.ts')).toMatchObject({ status: 0, stdout: '1 file searched, 0 findings\n' });
  });

  it('finds what is staged, and what history has', () => {
    write('a.ts', `k = '${SECRET}'\n`);
    git('add', 'a.ts');
    git('commit', '-qm', 'x');
    write('a.ts', 'clean\n');
    git('add', 'a.ts');
    expect(run('security', 'scan', '--staged')).toMatchObject({ status: 0, stdout: '1 file searched, 0 findings\n' });
    git('commit', '-qm', 'y');
    const lines = run('security', 'scan', '--history', '--json').stdout.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { path: 'a.ts', line: 1, rule: 'stripe-key', commit: expect.stringMatching(/^[0-9a-f]{40}$/) },
    ]);
    expect(run('security', 'scan', '--full').stdout).toMatch(
      /^a\.ts:1:6 {2}Stripe key \[stripe-key\] in [0-9a-f]{12}\n/,
    );
  });

  it('does not tell again what a baseline knows, which holds no secret', () => {
    write('a.ts', `k = '${SECRET}'\n`);
    expect(run('security', 'scan', '--write-baseline', 'known.json')).toMatchObject({ status: 0 });
    expect(readFileSync(join(folder, 'known.json'), 'utf8')).not.toContain(SECRET.slice(8, 20));
    expect(run('security', 'scan', '--baseline', 'known.json').status).toBe(0);
    write('b.ts', `k = '${OTHER}'\n`);
    expect(run('security', 'scan', '--baseline', 'known.json')).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('b.ts:1:6  npm token [npm-token]'),
    });
  });

  it('keeps what a baseline knew, and leaves out its paths', () => {
    write('a.ts', `k = '${SECRET}'\n`);
    run('security', 'scan', '--write-baseline', 'known.json');
    write('b.ts', `k = '${OTHER}'\n`);
    run('security', 'scan', '--baseline', 'known.json', '--write-baseline', 'known.json');
    const known = JSON.parse(readFileSync(join(folder, 'known.json'), 'utf8'));
    expect(known.fingerprints).toHaveLength(2);
    write('known.json', JSON.stringify({ ...known, fingerprints: [], paths: ['./a.ts'] }));
    expect(run('security', 'scan', '--baseline', 'known.json').stdout).toMatch(/^b\.ts:1:6 .*\n2 files searched/);
    write('known.json', JSON.stringify({ ...known, paths: 'a.ts' }));
    expect(run('security', 'scan', '--baseline', 'known.json').stderr).toMatch(/is no baseline/);
  });

  it('reads UTF-16 that says so', () => {
    writeFileSync(join(folder, 'le.txt'), Buffer.from(`\ufeffk = '${SECRET}'\r\n`, 'utf16le'));
    writeFileSync(join(folder, 'be.txt'), Buffer.from(`\ufeffk = '${SECRET}'\r\n`, 'utf16le').swap16());
    expect(run('security', 'scan').stdout).toMatch(/^be\.txt:1:6 .*\nle\.txt:1:6 /);
  });

  it('prints SARIF', () => {
    write('a b.ts', `k = '${SECRET}'\n`);
    const sarif = JSON.parse(run('security', 'scan', '--sarif').stdout);
    expect(sarif.runs[0].results[0]).toMatchObject({
      ruleId: 'stripe-key',
      locations: [
        { physicalLocation: { artifactLocation: { uri: 'a%20b.ts' }, region: { startLine: 1, startColumn: 6 } } },
      ],
    });
  });

  it('finds the patterns of the configuration too', () => {
    run('init');
    write('x.txt', 'password: hunter2hunter2\n');
    expect(run('security', 'scan', 'x.txt').stdout).toContain(
      'x.txt:1:1  a pattern of the configuration [secret_patterns[1]]',
    );
  });

  it.each([
    [['security', 'scan', 'nowhere'], /there is no .*nowhere/],
    [['security', 'scan', 'a', 'b'], /one PATH is taken/],
    [['security', 'scan', '--staged', '--history'], /different things/],
    [['security', 'scan', '--json', '--sarif'], /different forms/],
    [['security', 'scan', '--baseline', 'none.json'], /none\.json can't be read/],
  ])('%j is refused in one line', (args, why) => {
    const { status, stderr } = run(...args);
    expect(status).toBe(2);
    expect(stderr).toMatch(why);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it('says so where there is no repository', () => {
    rmSync(join(folder, '.git'), { recursive: true });
    expect(run('security', 'scan', '--staged').stderr).toMatch(/not a git repository/);
  });
});

describe('install git', () => {
  it('stops a commit with a secret, calls the hook that was there, and goes without a trace', () => {
    const hook = join(folder, '.git/hooks/pre-commit');
    writeFileSync(hook, '#!/bin/sh\ntouch called\n', { mode: 0o755 });
    expect(run('install', 'git')).toMatchObject({ status: 0, stdout: 'hook written to .git/hooks/pre-commit\n' });
    expect(run('install', 'git').stdout).toMatch(/already/);
    write('a.ts', `k = '${SECRET}'\n`);
    git('add', 'a.ts');
    expect(git('commit', '-qm', 'x').status).not.toBe(0);
    expect(existsSync(join(folder, 'called'))).toBe(true);
    write('a.ts', 'clean\n');
    git('add', 'a.ts');
    expect(git('commit', '-qm', 'x').status).toBe(0);
    write('a.ts', `k = '${SECRET}'\n`);
    // Git prepares these commits in an index of their own.
    expect(git('commit', '-qam', 'y').status).not.toBe(0);
    expect(git('commit', '-qm', 'y', 'a.ts').status).not.toBe(0);
    expect(run('uninstall', 'git')).toMatchObject({ status: 0 });
    expect(readFileSync(hook, 'utf8')).toBe('#!/bin/sh\ntouch called\n');
    expect(run('uninstall', 'git').stdout).toMatch(/no hook of ours/);
  });
});
