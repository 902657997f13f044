import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { logKeys, newId, verifyExport } from '../../src/compose/index.ts';
import type { AuditEntry } from '../../src/model/audit-entry.ts';
import { ROOT } from '../guide/guide.ts';
import { createFolder, homeOf, openFolder, type TestFolder } from '../support/test-system.ts';

const COUNT = 2600;
const MAIN = join(ROOT, 'src/cli/main.ts');
const CHILD = join(ROOT, 'test/fault/export-child.ts');

let folder: TestFolder;
let keys: ReturnType<ReturnType<typeof logKeys>['verifiers']>;
beforeAll(async () => {
  folder = createFolder();
  const { store, places, close } = await openFolder(folder);
  const entry = (i: number): AuditEntry => ({
    id: newId(),
    timestamp: 1_700_000_000_000 + i,
    eventType: 'agent_action',
    actor: { actorType: 'agent', id: 'writer', name: 'writer' },
    operation: { name: 'write_file', parameters: { n: i } },
    target: `src/${i}.ts`,
    result: 'success',
    metadata: { note: 'x'.repeat(i % 90) },
  });
  await Promise.all(Array.from({ length: COUNT }, (_, i) => store.append(entry(i))));
  keys = logKeys(places).verifiers((await store.head()).origin);
  await close();
});
afterAll(() => folder.remove());

interface End {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(program: string, args: readonly string[], onStdout?: (kill: () => void) => void): Promise<End> {
  return new Promise((resolve, reject) => {
    const { GGEN_CONFIG_DIR: _, GGEN_WORKSPACE: __, GGEN_HOME: ___, ...env } = process.env;
    const child = spawn(program, args, { cwd: folder.root, env: { ...env, HOME: homeOf(folder) } });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data) => {
      stdout += String(data);
      onStdout?.(() => child.kill('SIGKILL'));
    });
    child.stderr.on('data', (data) => {
      stderr += String(data);
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

const exporting = (...options: string[]): Promise<End> =>
  start(process.execPath, [MAIN, 'audit', 'export', ...options]);

describe('an export', () => {
  it.each([
    ['json', 0, 1],
    ['json', 3, 1],
    ['json', 4, 200_000],
    ['csv', 1, 1],
    ['csv', 5, 400_000],
  ] as const)(
    'as %s that is killed after %i pages goes on to the same bytes',
    async (format, pages, saveEvery) => {
      const name = `${format}-${pages}`;
      const output = join(folder.root, name);
      const killed = await start(
        process.execPath,
        [CHILD, folder.root, homeOf(folder), output, format, String(pages), String(saveEvery)],
        (kill) => kill(),
      );
      expect(killed).toMatchObject({ code: null, stdout: 'stopped\n' });
      expect(readdirSync(dirname(output)).filter((one) => one.startsWith(name))).toEqual([
        `${name}.partial`,
        `${name}.partial.state`,
      ]);

      const options = ['--format', format, '--output', name];
      const other = await exporting(...options, '--resume', '--actor', 'writer');
      expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining("the export can't go on") });
      const gone = await exporting(...options, '--resume');
      expect(gone).toMatchObject({ code: 0, stderr: '' });
      expect(gone.stdout).toMatch(/2600 entries, .* gone on with where it was cut off\n$/);
      const whole = await exporting('--format', format, '--output', `${name}-whole`);
      expect(whole.code).toBe(0);
      expect(readFileSync(output).equals(readFileSync(`${output}-whole`))).toBe(true);
      expect(await verifyExport(output, keys)).toMatchObject({
        entries: COUNT,
        firstDifference: undefined,
        checksum: true,
      });
    },
    60_000,
  );

  it.each(['json', 'csv', 'parquet'])(
    'as %s that meets the limit of a file’s size leaves no file of its name',
    async (format) => {
      const name = `limited-${format}`;
      const command = `ulimit -f 40; exec "${process.execPath}" "${MAIN}" audit export --format ${format} --output ${name}`;
      const end = await start('bash', ['-c', command]);
      expect(end).toMatchObject({ code: 2, stdout: '' });
      expect(end.stderr).toMatch(/^ggen-mcp audit export: .*limited-\w+ can't be written: EFBIG\n$/);
      expect(readdirSync(folder.root).filter((one) => one.startsWith(name) && !one.includes('.partial'))).toEqual([]);
      const again = await exporting(
        '--format',
        format,
        '--output',
        name,
        ...(format === 'parquet' ? [] : ['--resume']),
      );
      expect(again).toMatchObject({ code: 0, stderr: '' });
      expect(await verifyExport(join(folder.root, name), keys)).toMatchObject({ entries: COUNT, checksum: true });
    },
    60_000,
  );

  it('to where nothing can be written is one line that says so', async () => {
    folder.write('file', 'mine');
    for (const output of ['/proc/ggen/audit.json', 'file/audit.json']) {
      const end = await exporting('--output', output);
      expect(end).toMatchObject({ code: 2, stdout: '' });
      expect(end.stderr).toMatch(/^ggen-mcp audit export: .*audit\.json can't be written: E[A-Z]+\n$/);
    }
    expect(statSync(join(folder.root, 'file')).size).toBe(4);
    expect(existsSync('/proc/ggen')).toBe(false);
  }, 120_000);
});
