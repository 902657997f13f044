import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommandLine } from '../../src/cli/run.ts';
import { createDatabase, dropDatabase, query } from '../support/postgres-database.ts';
import { whyNoPostgres } from '../support/postgres-server.ts';
import { createFolder, homeOf, type TestFolder } from '../support/test-system.ts';

const missing = whyNoPostgres();
const title = missing === undefined ? 'audit commands on Postgres' : `audit commands on Postgres (${missing})`;

describe.skipIf(missing !== undefined)(title, () => {
  let connectionString: string;
  let folder: TestFolder;
  beforeEach(async () => {
    connectionString = await createDatabase();
    folder = createFolder({
      'config/audit.toml':
        '[audit]\nenabled = true\ndurability = "os"\ncompression_enabled = true\n[audit.storage]\nbackend = "postgres"\n' +
        `connection_string = "${connectionString}"\n`,
    });
  });
  afterEach(async () => {
    folder.remove();
    await dropDatabase(connectionString);
  });

  const ggen = async (argv: string[], input = ''): Promise<{ code: number; out: string; err: string }> => {
    const said = { out: '', err: '' };
    const sink = (name: 'out' | 'err') =>
      new Writable({
        write(chunk, _encoding, done) {
          said[name] += String(chunk);
          done();
        },
      });
    const code = await runCommandLine({
      argv,
      cwd: folder.root,
      env: { GGEN_HOME: homeOf(folder) },
      stdin: Readable.from([Buffer.from(input)]),
      stdout: sink('out'),
      stderr: sink('err'),
      packageJson: 'package.json',
    });
    return { code, ...said };
  };
  const entry = {
    event_type: 'system_event',
    actor: { actor_type: 'system', id: 'builder', name: 'Builder' },
    operation: { name: 'build' },
    result: 'success',
    metadata: { event: 'built' },
  };
  const ingest = (count: number) => ggen(['audit', 'ingest'], `${JSON.stringify(entry)}\n`.repeat(count));
  const changes = () => query(connectionString, 'SELECT size FROM ggen_governance.audit_checkpoints ORDER BY size');
  const keyFiles = (kind: string): string[] =>
    readdirSync(join(homeOf(folder), 'keys')).filter((name) => name.endsWith(`.${kind}`));

  it('rotate-key hands the log over to a new key, and goes on where the old one is lost', async () => {
    expect(await ingest(3)).toMatchObject({ code: 0, err: '' });
    const first = await ggen(['audit', 'rotate-key']);
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(await changes()).toEqual([{ size: '4' }]);
    expect([keyFiles('key').length, keyFiles('retired').length]).toEqual([1, 1]);
    expect((await ggen(['audit', 'key'])).out).toContain(first.out.trim());
    expect(await ingest(300)).toMatchObject({ code: 0, err: '' });
    expect(await ggen(['audit', 'verify'])).toMatchObject({ code: 0, err: '' });

    for (const name of keyFiles('key')) rmSync(join(homeOf(folder), 'keys', name));
    expect(await ggen(['audit', 'rotate-key'])).toMatchObject({ code: 2, err: expect.stringContaining('--lost') });
    const second = await ggen(['audit', 'rotate-key', '--lost']);
    expect(second).toMatchObject({ code: 0, err: '' });
    expect(second.out).not.toBe(first.out);
    expect(await changes()).toEqual([{ size: '4' }, { size: '305' }]);
    expect(await ingest(1)).toMatchObject({ code: 0, err: '' });
    expect(await ggen(['audit', 'verify'])).toMatchObject({ code: 0, err: '' });
  }, 60_000);
});
