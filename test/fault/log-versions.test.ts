// Two versions of the program on one file: an old log is taken over whole or not at all, a newer one is left alone.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { deflateRawSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { APPLICATION_ID, MIGRATIONS, SCHEMA_VERSION } from '../../src/adapters/sqlite/schema.ts';
import type { AuditEntry } from '../../src/model/audit-entry.ts';
import { sampleEntry, seededRandom } from '../contract/store-samples.ts';
import {
  expectGoesOn,
  expectWhole,
  fillLog,
  readOrder,
  SEED,
  SOAK,
  startLogWriter,
  verifyAt,
  withLog,
} from './log-check.ts';
import { databaseOf, openLog } from './log-place.ts';

const STRACE = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;
const ENTRIES = 600;

let folder: string;
let raw: DatabaseSync[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ggen-log-versions-'));
});
afterEach(() => {
  for (const db of raw) if (db.isOpen) db.close();
  raw = [];
  rmSync(folder, { recursive: true, force: true });
});

function openRaw(place: string): DatabaseSync {
  const db = new DatabaseSync(databaseOf(place));
  raw.push(db);
  return db;
}

const OLD_INSERT =
  'INSERT INTO audit_entries (seq, id, timestamp, event_type, actor_type, actor_id, actor_name, ip_address, operation, ' +
  'operation_parameters, target, result, metadata, correlation_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)';

function insertOld(db: DatabaseSync, seq: number | null, entry: AuditEntry): void {
  const { actor, operation } = entry;
  const parameters = operation.parameters === undefined ? null : JSON.stringify(operation.parameters);
  db.prepare(OLD_INSERT).run(
    seq,
    entry.id,
    entry.timestamp,
    entry.eventType,
    actor.actorType,
    actor.id,
    actor.name,
    actor.ipAddress ?? null,
    operation.name,
    parameters,
    entry.target ?? null,
    entry.result,
    JSON.stringify(entry.metadata),
    entry.correlationId ?? null,
  );
}

/** A log as version 1 left it. Its JSON is as it was handed over: in any order, with any numbers. */
function makeVersion1(place: string): AuditEntry[] {
  mkdirSync(place, { recursive: true });
  const db = openRaw(place);
  db.exec('PRAGMA page_size = 2048; PRAGMA journal_mode = WAL');
  db.exec(`BEGIN; ${MIGRATIONS[0]!.sql}`);
  const written: AuditEntry[] = [];
  for (let i = 1; i <= ENTRIES; i += 1) {
    const entry = sampleEntry({
      timestamp: Date.UTC(2026, 0, 1) + Math.floor(i / 100) * 3_600_000 - (i % 7),
      target: i % 5 === 0 ? 'ünïcödé \u2028 "quoted"' : `t${i}`,
      metadata: { z: i, a: [1e21, 0.1, -0, null, { y: 'ä', b: true }], é: '\u0007', event: 'attempt' },
      operation: i % 3 === 0 ? { name: 'read_file' } : { name: 'write_file', parameters: { z: 1, b: { y: 2, a: 3 } } },
      result: i % 2 === 0 ? 'success' : 'unknown',
    });
    insertOld(db, i, entry);
    written.push(entry);
  }
  db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = 1; COMMIT`);
  return written;
}

const versionOf = (db: DatabaseSync): number => Number(db.prepare('PRAGMA user_version').get()?.user_version);

it('a log of version 1 is taken over: the same entries in the same order, counted and proven', async () => {
  const written = makeVersion1(folder);
  raw[0]!.close();
  expect(await expectWhole(folder, [])).toBe(ENTRIES);
  await withLog(folder, async (store) => {
    expect([...(await readOrder(store)).keys()]).toEqual(written.map(({ id }) => id));
    const read = (await store.query({ limit: 1000 })).reverse();
    // JSON knows no negative zero.
    const wanted = JSON.parse(JSON.stringify(written.map((entry, i) => ({ seq: i + 1, ...entry }))));
    expect(read).toEqual(wanted);
    const results = await store.stats({ groupBy: 'result' });
    expect(results.map(({ key, recorded }) => [key, recorded])).toEqual([
      ['success', 300],
      ['unknown', 300],
    ]);
    const hours = await store.stats({ groupBy: 'hour' });
    expect(hours.reduce((sum, { recorded }) => sum + recorded, 0)).toBe(ENTRIES);
    expect(await store.query({ from: Date.UTC(2026, 0, 1, 3), limit: 1000 })).toHaveLength(
      written.filter(({ timestamp }) => timestamp >= Date.UTC(2026, 0, 1, 3)).length,
    );
  });
  await expectGoesOn(folder, ENTRIES);
});

/** What version 2 made of the log's `upTo` oldest entries: a blob each, against a dictionary for every 4,096 of them. */
function packAsVersion2(place: string, upTo: number): void {
  const db = openRaw(place);
  const made = (what: RegExp): string[] => [...MIGRATIONS[1]!.sql.matchAll(what)].map(([sql]) => sql);
  db.exec('BEGIN; DROP TABLE audit_blocks; DROP TABLE audit_packed; DROP TRIGGER audit_entries_id');
  db.exec('DROP TRIGGER audit_entries_no_delete; DROP INDEX audit_entries_result');
  db.exec('ALTER TABLE approvals DROP COLUMN votes');
  db.exec('DROP INDEX approvals_idempotency_key; ALTER TABLE approvals DROP COLUMN idempotency_key');
  db.exec('DROP TABLE jobs; DROP TABLE notice_endpoints; DROP TABLE standing_grants');
  const own = 'actor_type, actor_name, ip_address, operation_parameters, target, metadata';
  for (const sql of made(/CREATE (TABLE|INDEX) audit_(packed|segments)[^;]*;/g)) db.exec(sql);
  const rows = db.prepare(`SELECT seq, ${own} FROM audit_entries WHERE seq <= ? ORDER BY seq`).all(upTo);
  const texts = rows.map(({ seq: _, ...row }) => JSON.stringify(Object.values(row)));
  const dictionary = Buffer.from(texts.slice(0, 16).join(''));
  db.prepare('INSERT INTO audit_segments VALUES (1, ?, ?)').run(upTo, dictionary);
  const move = db.prepare(
    'INSERT INTO audit_packed SELECT seq, id, timestamp, event_type, actor_id, operation, result, correlation_id, ' +
      'salt, ? FROM audit_entries WHERE seq = ?',
  );
  rows.forEach(({ seq }, i) => {
    move.run(deflateRawSync(texts[i]!, { dictionary }), Number(seq));
  });
  db.prepare('DELETE FROM audit_entries WHERE seq <= ?').run(upTo);
  for (const sql of made(/CREATE TRIGGER audit_(entries_id|entries_no_delete|packed)[\s\S]*?END;/g)) db.exec(sql);
  db.exec('PRAGMA user_version = 2; COMMIT');
  db.close();
}

it('the compressed entries of version 2 are taken over, and one that can’t be read is named, not in the way', async () => {
  await fillLog(folder, 700);
  const written = await withLog(folder, (store) => store.query({ limit: 1000 }));
  packAsVersion2(folder, 512);
  expect(await expectWhole(folder, [])).toBe(700);
  expect(await withLog(folder, (store) => store.query({ limit: 1000 }))).toEqual(written);
  await expectGoesOn(folder, 700);

  const other = join(folder, 'other');
  mkdirSync(other);
  await fillLog(other, 700);
  packAsVersion2(other, 512);
  const db = openRaw(other);
  db.exec('DROP TRIGGER audit_packed_no_update; DROP TRIGGER audit_packed_no_delete');
  db.exec("UPDATE audit_packed SET packed = x'00ff' WHERE seq = 300; DELETE FROM audit_packed WHERE seq = 400");
  for (const [sql] of MIGRATIONS[1]!.sql.matchAll(/CREATE TRIGGER audit_packed[\s\S]*?END;/g)) db.exec(sql);
  db.close();
  await withLog(other, async (store) => {
    const { problems } = await verifyAt(other, store);
    expect(problems.map(({ message }) => message)).toEqual([
      'entry 300 is not what was recorded: it was changed',
      'entry 400 is missing',
    ]);
    expect(await store.query({ limit: 1000 })).toHaveLength(699);
  });
});

it('an old program that has the file open finds another version, and can’t write past it', async () => {
  makeVersion1(folder);
  const old = raw[0]!;
  expect(versionOf(old)).toBe(1);
  const store = await openLog(folder);
  try {
    // What every program asks, under the lock, before it writes; it goes no further where the answer is above its own.
    old.exec('BEGIN IMMEDIATE');
    expect(versionOf(old)).toBe(SCHEMA_VERSION);
    expect(SCHEMA_VERSION).toBeGreaterThan(1);
    expect(() => insertOld(old, null, sampleEntry())).toThrow(/constraint/i);
    old.exec('ROLLBACK');
    expect(await store.append(sampleEntry())).toBe(ENTRIES + 1);
  } finally {
    await store.close();
  }
  old.close();
  expect(await expectWhole(folder, [])).toBe(ENTRIES + 1);
});

it('a log of a newer version is refused and left as it is, by one that opens it and by one that has it open', async () => {
  const store = await openLog(folder);
  await store.append(sampleEntry());
  const newer = openRaw(folder);
  newer.exec(`PRAGMA user_version = ${SCHEMA_VERSION + 1}`);
  const incompatible = {
    code: 'STORE_INCOMPATIBLE',
    message: expect.stringContaining(`database version ${SCHEMA_VERSION + 1}`),
  };
  await expect(store.append(sampleEntry())).rejects.toMatchObject(incompatible);
  await expect(openLog(folder)).rejects.toMatchObject(incompatible);
  await store.close();
  expect(versionOf(newer)).toBe(SCHEMA_VERSION + 1);
  newer.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
  newer.close();
  expect(await expectWhole(folder, [])).toBe(1);
});

it('two processes that take an old log over at the same moment do so once, and both go on', async () => {
  const written = makeVersion1(folder);
  raw[0]!.close();
  const work = { folder, writes: 10, callers: 2 };
  const ended = await Promise.all([1, 2].map((seed) => startLogWriter({ ...work, seed }).ended));
  expect(ended.map(({ how, said }) => [how, said.closed, said.failed.size])).toEqual([
    [0, true, 0],
    [0, true, 0],
  ]);
  const size = await expectWhole(
    folder,
    ended.map(({ said }) => said),
  );
  expect(size).toBe(ENTRIES + ended.reduce((sum, { said }) => sum + said.acked.size, 0));
  await withLog(folder, async (store) => {
    expect([...(await readOrder(store)).keys()].slice(0, ENTRIES)).toEqual(written.map(({ id }) => id));
  });
});

it.skipIf(!STRACE)(
  'killed while it takes an old log over: nothing is lost, whoever comes next does it',
  async () => {
    const random = seededRandom(SEED);
    const outcomes = { before: 0, after: 0, unharmed: 0 };
    for (let i = 0; i < (SOAK ? 100 : 8); i += 1) {
      const place = join(folder, String(i));
      const written = makeVersion1(place);
      raw.at(-1)!.close();
      const [call, most] = (
        [
          ['pwrite64', 900],
          ['fsync', 12],
          ['rename', 2],
        ] as const
      )[i % 3]!;
      const when = 1 + Math.floor(random() * most);
      const before = ['strace', '-o', '/dev/null', '-e', `trace=${call}`];
      before.push('-e', `inject=${call}:signal=SIGKILL:when=${when}`);
      const { said, how } = await startLogWriter({ folder: place, seed: i, writes: 1, callers: 1 }, { before }).ended;
      const left = openRaw(place);
      const version = versionOf(left);
      left.close();
      if (how === 0) outcomes.unharmed += 1;
      else if (version === 1) outcomes.before += 1;
      else outcomes.after += 1;
      expect([1, SCHEMA_VERSION]).toContain(version);
      const size = await expectWhole(place, [said]);
      await withLog(place, async (store) => {
        expect([...(await readOrder(store)).keys()].slice(0, ENTRIES)).toEqual(written.map(({ id }) => id));
      });
      await expectGoesOn(place, size);
      rmSync(place, { recursive: true });
    }
    console.log(`taking a log of version 1 over, seed ${SEED}: killed ${JSON.stringify(outcomes)}`);
    expect(outcomes.before).toBeGreaterThan(0);
  },
  900_000,
);
