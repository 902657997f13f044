import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommandLine } from '../../src/cli/run.ts';
import { createFolder, openFolder, type TestFolder } from '../support/test-system.ts';

let folder: TestFolder;
beforeEach(() => {
  folder = createFolder({ 'src/a.ts': 'old' });
});
afterEach(() => folder.remove());

async function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const texts = [text(stdout), text(stderr)];
  const code = await runCommandLine({
    argv: args,
    env: process.env,
    cwd: folder.root,
    stdin: Readable.from([]),
    stdout,
    stderr,
    packageJson: fileURLToPath(new URL('../../package.json', import.meta.url)),
  });
  stdout.end();
  stderr.end();
  return { code, stdout: (await texts[0])!, stderr: (await texts[1])! };
}

const page = (): string => join(folder.root, 'reports/2024/october.html');
const report = (...more: string[]) => run('audit', 'report', '--output', page(), ...more);
/** Two refusals and one attempt, on record. */
async function act(): Promise<void> {
  const system = await openFolder(folder);
  for (const target of ['lib/<b>.ts', '../b.ts', 'src/a.ts']) {
    await system.governor.authorize({ actionType: 'write_file', target, requester: 'writer' });
  }
  await system.close();
}

describe('ggen-mcp audit report', () => {
  it('writes one page about the period, in folders that it makes, for its owner only', async () => {
    await act();
    const end = await report('--last', '24h', '--title', 'A & B');
    expect(end).toMatchObject({ code: 0, stderr: '' });
    expect(end.stdout).toMatch(/^wrote \S*reports\/2024\/october\.html: 3 entries, .* UTC\n$/);
    expect(statSync(page()).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(folder.root, 'reports/2024'))).toEqual(['october.html']);
    const written = readFileSync(page(), 'utf8');
    expect(written).toContain('<h1>A &amp; B</h1>');
    expect(written).toContain('lib/&lt;b&gt;.ts');
    expect(written).toContain('policies.security.path_traversal_protection');
    expect(written).toContain('was not over when this report was made');
  });

  it('replaces the page that stood there, and a link instead of what it points to', async () => {
    await act();
    mkdirSync(join(folder.root, 'reports/2024'), { recursive: true });
    const other = join(folder.root, 'keep.txt');
    writeFileSync(other, 'mine');
    symlinkSync(other, page());
    expect((await report('--from', '2024-10-01')).code).toBe(0);
    expect((await report('--from', '2024-10-01')).code).toBe(0);
    expect(readFileSync(other, 'utf8')).toBe('mine');
    expect(readFileSync(page(), 'utf8')).toMatch(/^<!DOCTYPE html>/);
  });

  it('says that nothing is recorded yet, and writes nothing', async () => {
    const end = await report('--from', '2024-10-01', '--to', '2024-10-31');
    expect(end).toMatchObject({ code: 2, stdout: '' });
    expect(end.stderr).toMatch(/^ggen-mcp audit report: nothing recorded yet: there is no /);
    expect(existsSync(page())).toBe(false);
  });

  it.each([
    [['--last', '7d'], /--output is missing/],
    [['--last', '7d', '--output', 'audit.db'], /doesn't end in \.html/],
    [['--output', 'x.html'], /no period \(give --from/],
    [['--output', 'x.html', '--from', 'october'], /--from "october" is no ISO 8601 time/],
  ])('refuses %j before it reads anything', async (args, message) => {
    const end = await run('audit', 'report', ...args);
    expect(end.code).toBe(2);
    expect(end.stderr).toMatch(message);
  });

  it('refuses a folder, and says why a file can not be written', async () => {
    await act();
    mkdirSync(page(), { recursive: true });
    expect((await report('--last', '1h')).stderr).toMatch(/october\.html is a folder/);
    writeFileSync(join(folder.root, 'file'), '');
    const below = await run('audit', 'report', '--last', '1h', '--output', join(folder.root, 'file/x.html'));
    expect(below.code).toBe(2);
    expect(below.stderr).toMatch(/x\.html can't be written: E(NOTDIR|EXIST)/);
  });
});
