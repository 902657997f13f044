import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verifyExport, writeExport } from '../adapters/export/index.ts';
import { createLogKeys } from '../adapters/keys/index.ts';
import { openSqliteStore } from '../adapters/sqlite/index.ts';
import type { AuditConfig } from '../model/configuration.ts';

import { exportIfDue } from './scheduled-export.ts';

const HOUR = 3_600_000;
let root: string;
let folder: string;
let store: Awaited<ReturnType<typeof openSqliteStore>>;
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'ggen-scheduled-'));
  folder = join(root, 'exports');
  store = await openLog('audit.db');
});
afterEach(async () => {
  await store.close();
  rmSync(root, { recursive: true, force: true });
});

const keys = () => createLogKeys(join(root, 'keys'));
const openLog = (name: string) =>
  openSqliteStore({
    path: join(root, name),
    durability: 'os',
    clock: Date.now,
    keys: keys(),
    witnesses: [],
    compress: false,
  });

const record = (count: number) =>
  Promise.all(
    Array.from({ length: count }, () =>
      store.append({
        id: randomUUID(),
        timestamp: Date.now(),
        eventType: 'agent_action',
        actor: { actorType: 'agent', id: 'writer', name: 'writer' },
        operation: { name: 'read_file' },
        result: 'success',
        metadata: {},
      }),
    ),
  );

type Settings = AuditConfig['export'];
const run = (now: number, settings: Partial<Settings> = {}) =>
  exportIfDue(
    store,
    { export: { enabled: true, format: 'json', intervalHours: 24, destination: './exports/', ...settings } },
    { storePath: (path) => join(root, path) },
    now,
  );
const holds = async (name: string) => {
  const { origin } = await store.head();
  const { entries, firstDifference, checksum } = await verifyExport(join(folder, name), keys().verifiers(origin));
  return firstDifference === undefined && checksum ? entries : undefined;
};

describe('a scheduled export', () => {
  it('covers what is new, when it is due, and nothing twice', async () => {
    const now = Date.now();
    expect(await run(now, { enabled: false })).toBeUndefined();
    expect(await run(now)).toBeUndefined();
    expect(existsSync(folder)).toBe(false);

    await record(3);
    expect(await run(now)).toMatchObject({ output: join(folder, 'audit-1-3.json'), entries: 3, first: 1, last: 3 });
    await record(2);
    const { mtimeMs } = statSync(join(folder, 'audit-1-3.json'));
    expect(await run(mtimeMs + 24 * HOUR - 1)).toBeUndefined();
    expect(await run(mtimeMs + 24 * HOUR, { format: 'csv' })).toMatchObject({ first: 4, last: 5, entries: 2 });
    expect(await run(mtimeMs + 99 * HOUR)).toBeUndefined();
    expect(readdirSync(folder).filter((name) => !/\.(proof|sha256)$/.test(name))).toEqual([
      '.exported',
      'audit-1-3.json',
      'audit-4-5.csv',
    ]);
    expect([await holds('audit-1-3.json'), await holds('audit-4-5.csv')]).toEqual([3, 2]);
  });

  it('is not put off by a file from the future, one beyond the log, or one of another log', async () => {
    await record(3);
    const now = Date.now();
    await run(now);
    await record(1);
    utimesSync(join(folder, 'audit-1-3.json'), now / 1000 + 9e6, now / 1000 + 9e6);
    mkdirSync(join(folder, 'audit-1-9.json'));
    writeFileSync(join(folder, 'audit-1-99.json'), '[');
    writeFileSync(join(folder, 'audit-1-4.json'), '[');
    expect(await run(now)).toMatchObject({ first: 4, last: 4, entries: 1 });

    await store.close();
    store = await openLog('another.db');
    await record(5);
    expect(await run(now)).toMatchObject({ output: join(folder, 'audit-1-5.json'), entries: 5 });
    expect(await holds('audit-1-5.json')).toBe(5);
  });

  it('goes on after the last one where what is finished was moved away', async () => {
    await record(3);
    const now = Date.now();
    await run(now);
    const away = () => {
      for (const name of readdirSync(folder))
        if (name.startsWith('audit-')) rmSync(join(folder, name), { recursive: true });
    };
    away();
    await record(2);
    expect(await run(now + 23 * HOUR)).toBeUndefined();
    expect(await run(now + 24 * HOUR)).toMatchObject({ first: 4, last: 5, entries: 2 });
    away();
    for (const forged of ['null', '{"origin"', JSON.stringify({ origin: (await store.head()).origin, last: 'x' })]) {
      writeFileSync(join(folder, '.exported'), forged);
      expect(await run(now + 99 * HOUR)).toMatchObject({ first: 1, last: 5, entries: 5 });
      away();
    }
    await store.close();
    store = await openLog('another.db');
    await record(7);
    expect(await run(now)).toMatchObject({ first: 1, last: 7, entries: 7 });
  });

  it('goes on with one that was cut off, unless another process is at it', async () => {
    await record(1200);
    const output = join(folder, 'audit-1-1200.json');
    const control = new AbortController();
    const cut = writeExport({
      store,
      filter: { afterSeq: 0 },
      format: 'json',
      output,
      saveEvery: 1,
      signal: control.signal,
      onProgress: () => control.abort(new Error('cut off')),
    });
    await expect(cut).rejects.toThrow('cut off');
    await record(10);
    const now = Date.now();
    expect(await run(now)).toBeUndefined();
    expect(await run(now + HOUR)).toMatchObject({ output, last: 1200, entries: 1200 });
    expect(await holds('audit-1-1200.json')).toBe(1200);
  });

  it('begins anew where what was cut off is of no use', async () => {
    await record(2);
    mkdirSync(folder);
    for (const name of ['audit-1-1.json.partial', 'audit-1-2.json.partial', 'audit-1-1.parquet.partial']) {
      writeFileSync(join(folder, name), '[');
    }
    writeFileSync(join(folder, 'audit-1-2.json.partial.state'), 'torn');
    expect(await run(Date.now() + HOUR)).toMatchObject({ first: 1, last: 2, entries: 2 });
    expect(readdirSync(folder)).toEqual([
      '.exported',
      'audit-1-2.json',
      'audit-1-2.json.proof',
      'audit-1-2.json.sha256',
    ]);
  });
});
