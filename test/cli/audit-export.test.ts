import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ROOT } from '../guide/guide.ts';
import { createFolder, homeOf, openFolder, type TestFolder } from '../support/test-system.ts';

const MAIN = join(ROOT, 'src/cli/main.ts');
const { GGEN_CONFIG_DIR: _, GGEN_WORKSPACE: __, GGEN_HOME: ___, ...ENV } = process.env;

let folder: TestFolder;
let stranger: string;
beforeAll(async () => {
  folder = createFolder();
  stranger = mkdtempSync(join(tmpdir(), 'ggen-stranger-'));
  const { governor, close } = await openFolder(folder);
  for (const target of ['src/a.ts', 'src/b.ts', '/etc/passwd']) {
    await governor.run({ actionType: 'write_file', target, requester: 'writer' }, async () => undefined);
  }
  await close();
});
afterAll(() => {
  folder.remove();
  rmSync(stranger, { recursive: true, force: true });
});

function ggen(cwd: string, home: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    cwd,
    encoding: 'utf8',
    env: { ...ENV, HOME: home },
  });
  return { status, stdout, stderr };
}

it.each(['json', 'csv', 'parquet'])(
  'an export as %s is checked by a stranger, who has neither log nor configuration',
  (format) => {
    const name = `audit.${format}`;
    const home = homeOf(folder);
    const done = ggen(folder.root, home, 'audit', 'export', '--format', format, '--output', name, '--actor', 'writer');
    expect(done).toMatchObject({ status: 0, stderr: '' });
    const [, entries] = /^wrote audit\.\w+: (\d+) entries, proof in audit\.\w+\.proof\/, sha256 [0-9a-f]{64}\n$/.exec(
      done.stdout,
    )!;
    expect(Number(entries)).toBeGreaterThan(3);
    const again = ggen(folder.root, home, 'audit', 'export', '--format', format, '--output', name);
    expect(again).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/is there already \(--force replaces it\)\n$/),
    });

    for (const one of [name, `${name}.sha256`, `${name}.proof`]) {
      cpSync(join(folder.root, one), join(stranger, one), { recursive: true });
    }
    writeFileSync(join(stranger, 'key'), ggen(folder.root, home, 'audit', 'key').stdout);
    const verify = () => ggen(stranger, stranger, 'audit', 'verify-export', name, '--key', 'key');
    expect(verify()).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(new RegExp(`^holds: ${entries} entries of \\d+ in ggen-governance/log/`)),
      stderr: '',
    });
    const sum = createHash('sha256')
      .update(readFileSync(join(stranger, name)))
      .digest('hex');
    expect(readFileSync(join(stranger, `${name}.sha256`), 'utf8')).toBe(`${sum}  ${name}\n`);

    if (format === 'parquet') return;
    const text = readFileSync(join(stranger, name), 'utf8');
    writeFileSync(join(stranger, name), text.replace('src/b.ts', 'src/c.ts'));
    expect(verify()).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/^NOT AS RECORDED {2}entry \d+ of audit/),
    });
    const lines = text.split('\n');
    writeFileSync(join(stranger, name), lines.toSpliced(2, 1).join('\n'));
    expect(verify()).toMatchObject({ status: 1, stdout: expect.stringMatching(/^NOT AS EXPORTED {2}audit/) });
  },
  60_000,
);

it('the hook, which starts with every call of a tool, has no Parquet in it', () => {
  expect(readFileSync(join(ROOT, 'dist/bin/hook.cjs'), 'utf8')).not.toContain('RLE_DICTIONARY');
  expect(readFileSync(join(ROOT, 'dist/bin/cli.js'), 'utf8')).toContain('RLE_DICTIONARY');
});
