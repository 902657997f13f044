import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../guide/guide.ts';

interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}
interface Lock {
  readonly packages: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

// The scripts are plain JavaScript, which any Node runs before anything is installed.
const load = (name: string) => import(`${ROOT}scripts/lib/${name}.mjs`);

describe('the last line of npm test', async () => {
  const { tally, renderTally } = (await load('tally')) as {
    tally: (report: object) => Tally;
    renderTally: (counts: Tally) => string;
  };
  const report = (more: object) => ({
    success: true,
    numPassedTests: 3,
    numFailedTests: 0,
    numPendingTests: 0,
    numTodoTests: 0,
    testResults: [{ status: 'passed', assertionResults: [{}, {}, {}] }],
    ...more,
  });

  it('counts what passed and failed', () => {
    expect(renderTally(tally(report({})))).toBe('3 passed, 0 failed');
    expect(renderTally(tally(report({ success: false, numFailedTests: 2 })))).toBe('3 passed, 2 failed');
  });

  it('names skipped tests only where there are some', () => {
    expect(renderTally(tally(report({ numPendingTests: 1, numTodoTests: 1 })))).toBe('3 passed, 0 failed, 2 skipped');
  });

  it('counts a file that could not be loaded as a failure', () => {
    const testResults = [{ status: 'failed', assertionResults: [] }];
    expect(tally(report({ success: false, testResults })).failed).toBe(1);
  });

  it('counts a run that failed outside any test as a failure', () => {
    expect(tally(report({ success: false })).failed).toBe(1);
  });
});

describe('the install step', async () => {
  const { lockIsInstalled } = (await load('install')) as {
    lockIsInstalled: (lock: Lock | undefined, installed: Lock | undefined) => boolean;
  };
  const lock: Lock = {
    packages: {
      '': { version: '0.1.0' },
      'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
      'node_modules/a-darwin': { version: '1.0.0', integrity: 'sha512-d', optional: true },
    },
  };
  const installed = (a: Readonly<Record<string, unknown>>): Lock => ({ packages: { 'node_modules/a': a } });

  it('takes an install made by hand as it is where it equals the lock file', () => {
    expect(lockIsInstalled(lock, installed({ version: '1.0.0', integrity: 'sha512-a' }))).toBe(true);
  });

  it('installs where a package is missing, of another version or of other content', () => {
    expect(lockIsInstalled(lock, undefined)).toBe(false);
    expect(lockIsInstalled(undefined, installed({}))).toBe(false);
    expect(lockIsInstalled(lock, { packages: {} })).toBe(false);
    expect(lockIsInstalled(lock, installed({ version: '1.0.1', integrity: 'sha512-a' }))).toBe(false);
    expect(lockIsInstalled(lock, installed({ version: '1.0.0', integrity: 'sha512-b' }))).toBe(false);
  });
});

describe('the version check', async () => {
  const { isNewEnough } = (await load('bootstrap')) as { isNewEnough: (version: string) => boolean };

  it('wants a Node that runs TypeScript files as they are', () => {
    expect(['22.18.0', '22.19.1', '24.0.0'].map(isNewEnough)).toEqual([true, true, true]);
    expect(['18.20.0', '20.20.2', '22.17.9'].map(isNewEnough)).toEqual([false, false, false]);
  });
});

describe('the check of the pure floors', async () => {
  const { findImpurities } = (await load('pure-floors')) as { findImpurities: (root: string) => readonly string[] };

  it('finds a clock that is read below the governor, and leaves tests and comments alone', () => {
    const root = mkdtempSync(join(tmpdir(), 'ggen-floors-'));
    const floors = 'kernel model config policy security consensus audit jobs approvals validators governor';
    for (const floor of floors.split(' ')) mkdirSync(join(root, 'src', floor), { recursive: true });
    writeFileSync(
      join(root, 'src/policy/limits.ts'),
      '// Date.now() would be wrong\nexport const a = 1;\nDate.now();\n',
    );
    writeFileSync(join(root, 'src/policy/limits.test.ts'), 'Date.now();\n');
    expect(findImpurities(root)).toEqual(['src/policy/limits.ts:3: Date.now();']);
    rmSync(root, { recursive: true });
  });
});
