import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createNoteSigner, type NoteVerifier } from '../../audit/index.ts';
import { createIdSource } from '../../kernel/ids.ts';
import type { AuditEntry } from '../../model/audit-entry.ts';
import { createLogKeys } from '../keys/index.ts';
import { randomBytes } from '../random/index.ts';
import { openSqliteStore } from '../sqlite/index.ts';
import { EXPORT_FORMATS, type ExportOptions, verifyExport, writeExport } from './index.ts';

const COUNT = 1500;
const newId = createIdSource(() => 1_700_000_000_000, randomBytes);
const sample = (i: number): AuditEntry => ({
  id: newId(),
  timestamp: 1_700_000_000_000 + i * 1000,
  eventType: i % 3 === 0 ? 'policy_violation' : 'agent_action',
  actor: { actorType: 'agent', id: i % 2 ? 'writer' : 'reader', name: 'Ärger, "=1"' },
  operation: { name: 'write_file', parameters: { n: i } },
  target: `notes/${i}.md`,
  result: 'success',
  metadata: { line: `a\nb ${i}` },
});

let home: string;
let store: Awaited<ReturnType<typeof openSqliteStore>>;
let keys: NoteVerifier[];
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'ggen-export-'));
  const logKeys = createLogKeys(join(home, 'keys'));
  store = await openSqliteStore({
    path: join(home, 'audit.db'),
    durability: 'os',
    clock: Date.now,
    keys: logKeys,
    witnesses: [],
    compress: false,
  });
  await Promise.all(Array.from({ length: COUNT }, (_, i) => store.append(sample(i))));
  keys = logKeys.verifiers((await store.head()).origin);
});
afterAll(async () => {
  await store.close();
  rmSync(home, { recursive: true, force: true });
});

let folder: string;
let output: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ggen-export-'));
  output = join(folder, 'out');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const run = (more: Partial<ExportOptions> = {}) => writeExport({ store, filter: {}, format: 'json', output, ...more });

/** A signal that aborts after `pages` pages. */
function cutAfter(pages: number): Pick<ExportOptions, 'signal' | 'onProgress'> {
  const control = new AbortController();
  let seen = 0;
  return {
    signal: control.signal,
    onProgress: () => {
      seen += 1;
      if (seen === pages) control.abort(new Error('cut off'));
    },
  };
}

describe.each(EXPORT_FORMATS)('an export as %s', (format) => {
  it('holds against its proof, with the checksum that sha256sum reads', async () => {
    const done = await run({ format });
    expect(done).toMatchObject({ entries: COUNT, first: 1, last: COUNT, size: COUNT, resumed: false });
    expect(done.bytes).toBe(statSync(output).size);
    expect(done.sha256).toBe(createHash('sha256').update(readFileSync(output)).digest('hex'));
    expect(readFileSync(`${output}.sha256`, 'utf8')).toBe(`${done.sha256}  out\n`);
    expect(await verifyExport(output, keys)).toMatchObject({
      entries: COUNT,
      firstDifference: undefined,
      checksum: true,
    });
    expect(readdirSync(folder).sort()).toEqual(['out', 'out.proof', 'out.sha256']);
    expect(statSync(output).mode & 0o777).toBe(0o600);
  });

  it('has what the filter asks for, and just the tiles that prove it', async () => {
    const done = await run({
      format,
      filter: { eventType: 'policy_violation', afterSeq: 600, to: sample(800).timestamp },
    });
    expect(done).toMatchObject({ entries: 67, first: 601 });
    expect(await verifyExport(output, keys)).toMatchObject({ entries: 67, firstDifference: undefined });
    const tiles = readdirSync(`${output}.proof/tile`, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(`${output}.proof/`.length));
    expect(tiles.sort()).toEqual(['tile/0/002', 'tile/0/003', 'tile/0/005.p/220', 'tile/1/000.p/5']);
  });

  it('may be empty', async () => {
    expect(await run({ format, filter: { actor: 'nobody' } })).toMatchObject({ entries: 0, first: undefined });
    expect(await verifyExport(output, keys)).toMatchObject({ entries: 0, size: COUNT, firstDifference: undefined });
  });

  it('leaves no file of that name where it fails', async () => {
    await expect(run({ format, ...cutAfter(2) })).rejects.toThrow('cut off');
    const left = readdirSync(folder).sort();
    expect(left).toEqual(format === 'parquet' ? [] : ['out.partial', 'out.partial.state']);
  });

  it('is refused with another key, with a byte changed, and without its proof', async () => {
    await run({ format });
    const bytes = readFileSync(output);
    const bent = Buffer.from(bytes);
    bent[bent.length >> 1]! ^= 1;
    writeFileSync(output, bent);
    const answer = await verifyExport(output, keys).catch((error: Error) => error.message);
    if (format === 'parquet') expect(answer).toMatch('is not the file that');
    else if (typeof answer !== 'string') expect(answer).toMatchObject({ checksum: false });
    writeFileSync(output, bytes);
    const other = createNoteSigner(keys[0]!.name, Buffer.alloc(32, 1)).verifier;
    await expect(verifyExport(output, [other])).rejects.toThrow();
    rmSync(`${output}.proof/tile/0/000`);
    await expect(verifyExport(output, keys)).rejects.toThrow("tile/0/000 can't be read: ENOENT");
  });
});

describe('an export', () => {
  it('is of the log as it was when it began', async () => {
    let appended = false;
    const growing: ExportOptions['store'] = {
      head: store.head,
      tile: store.tile,
      read: async function* (filter) {
        if (!appended) await store.append(sample(COUNT));
        appended = true;
        yield* store.read(filter);
      },
    };
    const { size } = await store.head();
    expect(await run({ store: growing })).toMatchObject({ entries: size, size });
    expect((await store.head()).size).toBe(size + 1);
    expect(await verifyExport(output, keys)).toMatchObject({ entries: size, size, firstDifference: undefined });
  });

  it('replaces nothing unasked', async () => {
    for (const name of ['out', 'out.sha256', 'out.proof']) {
      writeFileSync(join(folder, name), 'mine');
      await expect(run()).rejects.toThrow(`${name} is there already`);
      rmSync(join(folder, name));
    }
    mkdirSync(output);
    await expect(run({ replace: true })).rejects.toThrow('is a folder');
    rmSync(output, { recursive: true });
    writeFileSync(output, 'old');
    await run({ replace: true });
    await run({ replace: true, format: 'csv' });
    expect(await verifyExport(output, keys)).toMatchObject({ firstDifference: undefined, checksum: true });
  });

  it('follows no link that lies where it writes', async () => {
    const precious = join(folder, 'precious');
    writeFileSync(precious, 'mine');
    for (const name of ['out', 'out.partial', 'out.partial.state', 'out.sha256'])
      symlinkSync(precious, join(folder, name));
    await run({ replace: true });
    expect(readFileSync(precious, 'utf8')).toBe('mine');
    expect(await verifyExport(output, keys)).toMatchObject({ checksum: true });
  });

  it('that another one to the same name overtook gives up', async () => {
    const rival = { ...cutAfter(0), onProgress: () => rmSync(`${output}.partial`, { force: true }) };
    await expect(run(rival)).rejects.toThrow('another export');
    expect(existsSync(output)).toBe(false);
  });

  it('that another one goes on with gives up, and spoils nothing', async () => {
    const whole = await run({ output: join(folder, 'whole') });
    let other: ReturnType<typeof run> | undefined;
    const slow: ExportOptions['store'] = {
      head: store.head,
      tile: store.tile,
      read: async function* (filter) {
        for await (const page of store.read(filter)) {
          if (other) await other;
          yield page;
          other ??= run({ resume: true });
        }
      },
    };
    await expect(run({ store: slow, saveEvery: 1 })).rejects.toThrow('another export');
    expect(await other).toEqual({ ...whole, resumed: true });
    expect(readdirSync(folder).sort()).toEqual([
      'out',
      'out.proof',
      'out.sha256',
      'whole',
      'whole.proof',
      'whole.sha256',
    ]);
    expect(await verifyExport(output, keys)).toMatchObject({ firstDifference: undefined, checksum: true });
  });

  it('says where it can not write', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(run({ output: join(folder, 'file/out') })).rejects.toThrow(
      /file\/out can't be written: E(NOTDIR|EXIST)/,
    );
    expect(await run({ output: join(folder, 'a/b/c/out') })).toMatchObject({ entries: expect.any(Number) });
  });

  it('shows what was changed, left out or moved in it', async () => {
    await run();
    const text = readFileSync(output, 'utf8');
    writeFileSync(output, text.replace('notes/299.md', 'notes/298.md'));
    expect(await verifyExport(output, keys)).toMatchObject({ firstDifference: 300, checksum: false });
    const lines = text.split('\n');
    writeFileSync(output, lines.toSpliced(300, 1).join('\n'));
    expect(await verifyExport(output, keys)).toMatchObject({ firstDifference: undefined, checksum: false });
    writeFileSync(output, lines.toSpliced(300, 2, lines[301]!, lines[300]!).join('\n'));
    await expect(verifyExport(output, keys)).rejects.toThrow('comes after');
  });
});

describe.each(['json', 'csv'] as const)('an export as %s that was cut off', (format) => {
  it.each([1, 2, 3])('after page %i goes on to the same bytes', async (pages) => {
    const whole = await run({ format, output: join(folder, 'whole') });
    await expect(run({ format, saveEvery: 1000, ...cutAfter(pages) })).rejects.toThrow('cut off');
    writeFileSync(`${output}.partial`, 'torn at the e', { flag: 'a' });
    await store.append(sample(COUNT + 1));
    const done = await run({ format, resume: true });
    expect(done).toEqual({ ...whole, resumed: true });
    expect(readFileSync(output, 'utf8')).toBe(readFileSync(join(folder, 'whole'), 'utf8'));
    expect(await verifyExport(output, keys)).toMatchObject({ entries: whole.entries, firstDifference: undefined });
  });

  it('does not go on as another one', async () => {
    const asked = { last: '24h' };
    await expect(run({ format, asked, saveEvery: 1000, ...cutAfter(1) })).rejects.toThrow('cut off');
    for (const other of [
      { asked: { last: '25h' } },
      { asked: {} },
      { asked, format: format === 'csv' ? 'json' : 'csv' },
    ] as const) {
      await expect(run({ format, resume: true, ...other })).rejects.toThrow("can't go on");
    }
    const foreign = { ...store, head: async () => ({ ...(await store.head()), origin: 'other' }) };
    await expect(run({ format, asked, resume: true, store: foreign })).rejects.toThrow('of another log');
    writeFileSync(`${output}.partial`, 'short');
    await expect(run({ format, asked, resume: true })).rejects.toThrow('bytes where');
    writeFileSync(`${output}.partial.state`, '{"version":1');
    await expect(run({ format, asked, resume: true })).rejects.toThrow('no state of an export');
    expect(existsSync(output)).toBe(false);
  });

  it('begins anew where it was not begun, or --resume is left out', async () => {
    expect(await run({ format, resume: true })).toMatchObject({ resumed: false });
    await expect(run({ format, replace: true, saveEvery: 1000, ...cutAfter(1) })).rejects.toThrow('cut off');
    expect(await run({ format, replace: true })).toMatchObject({ resumed: false });
    expect(await verifyExport(output, keys)).toMatchObject({ firstDifference: undefined, checksum: true });
  });
});
