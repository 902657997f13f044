// What somebody who can write the database file may do to the log, and how verify tells of it.
import { randomBytes } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packBlocks } from '../../src/adapters/blocks/index.ts';
import { createLogKeys } from '../../src/adapters/keys/index.ts';
import { openSqliteStore, type SqliteStoreOptions } from '../../src/adapters/sqlite/index.ts';
import { createFileWitness } from '../../src/adapters/witness/index.ts';
import {
  canonicalEntry,
  entryLeaf,
  entryTexts,
  extendFrontier,
  joinHashes,
  type LogVerification,
  openCheckpoint,
  proveConsistency,
  rootOf,
  signCheckpoint,
  splitHashes,
  subtreeRoot,
  verifyLog,
} from '../../src/audit/index.ts';
import type { GovernanceStore } from '../../src/governor/index.ts';
import { sampleEntry } from '../contract/store-samples.ts';

const ENTRIES = 600;
let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ggen-forged-'));
  path = join(folder, 'audit.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const keys = () => createLogKeys(join(folder, 'keys'));
const witness = () => createFileWitness({ path: join(folder, 'state', 'w.notes'), everyMs: 0 });
const open = (more: Partial<SqliteStoreOptions> = {}): Promise<GovernanceStore> =>
  openSqliteStore({ path, durability: 'os', clock: Date.now, keys: keys(), witnesses: [witness()], ...more });

async function record(count: number, first = 1): Promise<string> {
  const store = await open();
  try {
    for (let i = first; i < first + count; i += 100) {
      const many = Math.min(100, first + count - i);
      await Promise.all(Array.from({ length: many }, (_, k) => store.append(sampleEntry({ target: `t${i + k}` }))));
    }
    return (await store.head()).origin;
  } finally {
    await store.close();
  }
}

async function verify(from?: string): Promise<LogVerification> {
  const store = await open({ witnesses: [] });
  try {
    const { origin } = await store.head();
    const options = { random: randomBytes, keys: keys().verifiers(origin), witnesses: [witness()] };
    return await verifyLog(store, from === undefined ? options : { ...options, from });
  } finally {
    await store.close();
  }
}

/** The file changed past the store, with its triggers out of the way. */
function forge(change: (db: DatabaseSync) => void): void {
  const db = new DatabaseSync(path);
  const triggers = db
    .prepare("SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND name <> 'audit_entries_hour'")
    .all();
  for (const row of db.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").all()) {
    if (row.name !== 'audit_entries_hour') db.exec(`DROP TRIGGER "${String(row.name)}"`);
  }
  change(db);
  // Whoever forges puts them back.
  for (const { sql } of triggers) db.exec(String(sql));
  db.close();
}

const COPIED =
  "INSERT INTO audit_entries SELECT %, randomblob(16), timestamp, event_type, actor_id, operation, 'denied', correlation_id, salt, leaf, " +
  'actor_type, actor_name, ip_address, operation_parameters, target, metadata FROM audit_entries WHERE seq = (SELECT max(seq) FROM audit_entries)';
const said = ({ problems }: LogVerification): string => problems.map(({ message }) => message).join('\n');

describe('a log that nobody touched', () => {
  it('holds, whatever its size', async () => {
    for (const count of [1, 254, 1, 1, 255, 1]) {
      const before = (await open().then(async (store) => [await store.head(), await store.close()] as const))[0].size;
      await record(count, before + 1);
      expect(await verify()).toMatchObject({ ok: true, size: before + count, replayed: before + count, problems: [] });
    }
  });

  it('holds from a checkpoint that was trusted before, which is not hashed again', async () => {
    await record(300);
    const store = await open();
    const { checkpoint } = await store.head();
    await store.close();
    await record(300, 301);
    expect(await verify(checkpoint)).toMatchObject({ ok: true, size: 600, replayed: 600 - 256 });
  });

  it('holds after older entries were compressed', async () => {
    await record(600);
    const store = await open({ compress: true });
    while ((await store.compact()) > 0);
    await store.close();
    forge((db) => {
      expect(db.prepare('SELECT count(*) AS n FROM audit_packed').get()).toEqual({ n: 512 });
      expect(db.prepare('SELECT count(*) AS n FROM audit_entries').get()).toEqual({ n: 88 });
      expect(db.prepare('SELECT count(*) AS n FROM audit_blocks').get()).toEqual({ n: 16 });
    });
    expect(await verify()).toMatchObject({ ok: true, replayed: 600 });
    const put = COPIED.replace('%', '9');
    forge((db) => db.exec(put));
    expect(said(await verify())).toBe('1 entries stand among those that are compressed: they were put there');
    forge((db) => db.exec('DELETE FROM audit_entries WHERE seq = 9'));
    forge((db) => db.exec("UPDATE audit_packed SET result = 'success' WHERE seq = 7"));
    expect(said(await verify())).toBe('entry 7 is not what was recorded: it was changed');
  });

  it('names the entry whose block was damaged or exchanged, and so does a question', async () => {
    await record(600);
    const store = await open({ compress: true });
    while ((await store.compact()) > 0);
    await store.close();
    forge((db) =>
      db.exec(
        'UPDATE audit_blocks SET texts = (SELECT texts FROM audit_blocks WHERE first_seq = 1) WHERE first_seq = 65',
      ),
    );
    const changed = (await verify()).problems.map(({ seq }) => seq);
    expect(changed).toEqual(Array.from({ length: 32 }, (_, i) => 65 + i));
    // A question that begins in the middle of a block must not be answered from another one than verify reads.
    const put = packBlocks(Array.from({ length: 25 }, () => ['user', 'Eve', null, null, 'forged', '{}']))[0]!.block;
    forge((db) => {
      db.prepare('INSERT INTO audit_blocks VALUES (200, ?)').run(put);
    });
    expect((await verify()).problems.map(({ seq }) => seq)).toEqual([
      ...changed,
      ...Array.from({ length: 25 }, (_, i) => 200 + i),
    ]);
    forge((db) => db.exec("UPDATE audit_blocks SET texts = x'0102' WHERE first_seq = 65"));
    const damaged = { code: 'STORE_UNAVAILABLE', message: expect.stringContaining('the texts of entry 65 can') };
    await expect(verify()).rejects.toMatchObject(damaged);
    forge((db) => db.exec('DELETE FROM audit_blocks WHERE first_seq = 65'));
    await expect(verify()).rejects.toMatchObject(damaged);
    forge((db) => db.exec("UPDATE audit_entries SET metadata = '{' WHERE seq = 590"));
    const reader = await open();
    await expect(reader.query({ limit: 1000, afterSeq: 580 })).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('entry 590 can'),
    });
    expect(await reader.query({ limit: 1000, afterSeq: 590 })).toHaveLength(10);
    await reader.close();
  });

  it('finds an edge of the tree that was changed, before the next entry is built on it', async () => {
    await record(300);
    forge((db) => db.exec('UPDATE audit_head SET frontier = randomblob(length(frontier))'));
    expect(said(await verify())).toBe(
      'the right edge of the tree, on which the next entries are built, is not what its entries make',
    );
    const store = await open();
    await expect(store.append(sampleEntry())).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('its tree is not the one that was signed'),
    });
    await store.close();
  });

  it('signs nothing on top of entries that were changed with their leaves and the edge', async () => {
    await record(300);
    forge((db) => {
      const leaf = Buffer.alloc(32, 7);
      db.prepare("UPDATE audit_entries SET result = 'success', leaf = ? WHERE seq = 300").run(leaf);
      const { size, frontier } = db.prepare('SELECT size, frontier FROM audit_head').get() as {
        size: number;
        frontier: Uint8Array;
      };
      expect(size).toBe(300);
      db.prepare('UPDATE audit_head SET frontier = ?').run(
        Buffer.concat([Buffer.from(frontier).subarray(0, 64), leaf, Buffer.from(frontier).subarray(96)]),
      );
    });
    const store = await open();
    await expect(store.append(sampleEntry())).rejects.toMatchObject({
      message: expect.stringContaining('not the one that was signed'),
    });
    await store.close();
    expect((await verify()).ok).toBe(false);
  });

  it('whose tiles were changed proves and signs no earlier size', async () => {
    const origin = await record(600);
    forge((db) => db.exec('UPDATE audit_tiles SET hashes = randomblob(length(hashes))'));
    const store = await open();
    await expect(proveConsistency(store, 10, 300, keys().find(origin)!)).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: 'the tree of the log is damaged: it does not begin as the one that was signed',
    });
    await store.close();
  });

  it('that begins anew in the same place is told by the witness of this place', async () => {
    const old = await record(10);
    rmSync(path);
    for (const more of ['-wal', '-shm']) rmSync(path + more, { force: true });
    const origin = await record(5);
    const store = await open({ witnesses: [] });
    const own = createFileWitness({ path: join(folder, 'state', 'w.notes'), ofOne: true });
    const result = await verifyLog(store, { random: randomBytes, keys: keys().verifiers(origin), witnesses: [own] });
    await store.close();
    expect(said(result)).toBe(`${own.name} has seen another log in this place, ${old}: this one was put there instead`);
  });

  it('that says more was erased than anybody recorded is found, from a trusted checkpoint too', async () => {
    await record(600);
    const store = await open();
    const { checkpoint } = await store.head();
    await store.close();
    await record(600, 601);
    forge((db) => db.exec('UPDATE audit_head SET erased_to = 1024; DELETE FROM audit_entries WHERE seq <= 1024'));
    for (const from of [undefined, checkpoint]) {
      expect(said(await verify(from))).toContain(
        'entries 1 to 1024 are erased, and no entry of the log says that retention did so',
      );
    }
  });

  it('with a trigger whose name only looks like one of SQLite’s own is found', async () => {
    await record(3);
    const db = new DatabaseSync(path);
    db.exec(
      "CREATE TRIGGER sqliteX_grant AFTER INSERT ON approvals BEGIN UPDATE approvals SET status = 'approved'; END",
    );
    db.close();
    expect(said(await verify())).toContain('are not as this program makes them: sqliteX_grant');
  });

  it('holds where a witness has seen nothing of it, and names that witness', async () => {
    const origin = await record(3);
    const store = await open({ witnesses: [] });
    const silent = createFileWitness({ path: join(folder, 'elsewhere.notes') });
    const result = await verifyLog(store, {
      random: randomBytes,
      keys: keys().verifiers(origin),
      witnesses: [silent, witness()],
    });
    await store.close();
    expect(result).toMatchObject({ ok: true, silent: [silent.name] });
  });

  it('is told of a witness that can’t be read, and not stopped by it', async () => {
    const origin = await record(3);
    const store = await open({ witnesses: [] });
    const unreadable = createFileWitness({ path: folder, ofOne: true });
    const result = await verifyLog(store, {
      random: randomBytes,
      keys: keys().verifiers(origin),
      witnesses: [unreadable, witness()],
    });
    await store.close();
    expect(result).toMatchObject({ ok: false, silent: [], replayed: 3 });
    expect(said(result)).toMatch(/ can't be read: EISDIR/);
  });

  it('keeps nothing in its file of what was moved: it is overwritten', async () => {
    const store = await open({ compress: true });
    const secret = 'moved-and-overwritten';
    await Promise.all(Array.from({ length: 300 }, () => store.append(sampleEntry({ target: secret }))));
    while ((await store.compact()) > 0);
    await store.close();
    expect(readFileSync(path).toString('latin1').split(secret).length - 1).toBe(300 - 256);
  });

  it('whose ids are spelt so that questions miss them is found', async () => {
    await record(300);
    const id = '0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b';
    const store = await open();
    await store.append(sampleEntry({ correlationId: id }));
    await store.close();
    forge((db) => db.prepare('UPDATE audit_entries SET correlation_id = ? WHERE seq = 301').run(id));
    expect(said(await verify())).toBe(
      '1 entries have an id in another form than questions look for: they were changed',
    );
  });

  it('whose texts were cut at other places than between them is found, though all together reads the same', async () => {
    await record(3);
    const store = await open();
    await store.append(
      sampleEntry({
        result: 'success',
        metadata: { a: 1 },
        operation: { name: 'x', parameters: { b: 2 } },
        target: 't',
      }),
    );
    await store.close();
    forge((db) => {
      const row = db
        .prepare('SELECT metadata, operation, operation_parameters FROM audit_entries WHERE seq = 4')
        .get()!;
      const metadata = `${row.metadata},"operation":{"name":"x","parameters":{"b":2}},"result":"success","target":"t`;
      expect(String(metadata)).toContain('"target"');
      // The same bytes, with everything in one text, and words that no entry has.
      db.prepare('UPDATE audit_entries SET event_type = ? WHERE seq = 4').run('agent_action","x":"');
    });
    expect(said(await verify())).toContain('entry 4 is not written as entries are: it was changed');
  });

  it('whose texts were cut where metadata holds what stands between them is found, though the bytes are the same', async () => {
    await record(2);
    const store = await open();
    const metadata = { a: { b: 1, operation: { name: 'x', parameters: { c: 2 } }, result: 'success' } };
    const entry = sampleEntry({ metadata, operation: { name: 'read_file' }, result: 'denied' });
    await store.append(entry);
    await store.close();
    expect((await verify()).ok).toBe(true);
    const cut = {
      metadata: '{"a":{"b":1',
      operation: 'x',
      parameters: '{"c":2}},"result":"success"}},"operation":{"name":"read_file"',
    };
    expect(canonicalEntry({ ...entryTexts(entry), ...cut })).toBe(canonicalEntry(entryTexts(entry)));
    forge((db) =>
      db
        .prepare('UPDATE audit_entries SET metadata = ?, operation = ?, operation_parameters = ? WHERE seq = 3')
        .run(cut.metadata, cut.operation, cut.parameters),
    );
    expect(said(await verify())).toContain('entry 3 is not written as entries are: it was changed');
  });
});

describe('a log whose key was changed', () => {
  const told = () => sampleEntry({ eventType: 'system_event', metadata: { event: 'log_key_changed' } });

  it('holds under both keys at the change, under the new one from then on; other processes go over to it', async () => {
    const origin = await record(300);
    const other = await open();
    const store = await open();
    const old = keys().find(origin)!;
    const next = keys().create(origin);
    await store.changeKey(next, told());
    keys().retire(old);
    const { checkpoint } = await store.head();
    for (const verifier of [old.verifier, next.verifier])
      expect(openCheckpoint(checkpoint!, [verifier]).checkpoint.size).toBe(301);
    await other.append(sampleEntry());
    const later = (await other.head()).checkpoint!;
    expect(() => openCheckpoint(later, [old.verifier])).toThrow(/not signed by a key/);
    expect(openCheckpoint(later, [next.verifier]).checkpoint.size).toBe(302);
    await store.close();
    await other.close();
    expect(keys().verifiers(origin)).toHaveLength(2);
    expect(await verify()).toMatchObject({ ok: true, size: 302 });
  });

  it('takes nothing more where the key is gone, until it is changed as lost', async () => {
    const origin = await record(10);
    rmSync(join(folder, 'keys'), { recursive: true });
    const store = await open();
    await expect(store.append(sampleEntry())).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('the key that signs'),
    });
    expect((await store.head()).size).toBe(10);
    await store.changeKey(keys().create(origin), told());
    await store.append(sampleEntry());
    await store.close();
    const result = await verify();
    expect(result).toMatchObject({ ok: false, size: 12 });
    // What witnesses saw was signed by a key that nobody has any more.
    expect(said(result)).toMatch(/^\S+w.notes: the checkpoint of \S+ is not signed by a key that was given$/m);
  });
});

describe('a forged log does not hold:', () => {
  beforeEach(() => record(ENTRIES));

  it.each([
    [
      'an entry in a full tile is edited, its leaf left as it was',
      5,
      "UPDATE audit_entries SET result = 'denied' WHERE seq = 5",
    ],
    ['an entry at the edge is edited', 599, "UPDATE audit_entries SET target = 'x' WHERE seq = 599"],
    ['the actor is exchanged', 100, "UPDATE audit_entries SET actor_id = 'other' WHERE seq = 100"],
    ['metadata is edited', 100, "UPDATE audit_entries SET metadata = '{}' WHERE seq = 100"],
    ['the time is moved', 100, 'UPDATE audit_entries SET timestamp = timestamp - 86400000 WHERE seq = 100'],
    ['the correlation id is taken off', 100, 'UPDATE audit_entries SET correlation_id = NULL WHERE seq = 100'],
    ['the salt is exchanged', 100, 'UPDATE audit_entries SET salt = zeroblob(16) WHERE seq = 100'],
  ])('%s', async (_what, seq, sql) => {
    forge((db) => db.exec(sql));
    const result = await verify();
    expect(result.ok).toBe(false);
    expect(result.problems).toEqual([{ message: `entry ${seq} is not what was recorded: it was changed`, seq }]);
  });

  it('an entry is edited and its leaf with it, in row and tile', async () => {
    forge((db) => {
      const leaf = entryLeaf(canonicalEntry(entryTexts(sampleEntry())), new Uint8Array(16));
      db.prepare('UPDATE audit_entries SET leaf = ? WHERE seq = 590').run(leaf);
      const tile = db.prepare('SELECT hashes FROM audit_tiles WHERE place = 0').get()!.hashes as Uint8Array;
      const hashes = splitHashes(tile);
      hashes[4] = leaf;
      db.prepare('UPDATE audit_tiles SET hashes = ?, root = ? WHERE place = 0').run(
        joinHashes(hashes),
        subtreeRoot(hashes),
      );
    });
    const result = await verify();
    expect(result.problems.slice(0, -1).flatMap(({ seq }) => seq ?? [])).toEqual([5, 590]);
    expect(said(result)).toContain('not the one that was signed');
  });

  it('a leaf at the edge is exchanged', async () => {
    forge((db) => db.exec('UPDATE audit_entries SET leaf = zeroblob(32) WHERE seq = 590'));
    const result = await verify();
    expect(result.problems[0]).toMatchObject({ seq: 590 });
    expect(said(result)).toContain('not the one that was signed');
  });

  it('an entry is removed', async () => {
    forge((db) => db.exec('DELETE FROM audit_entries WHERE seq = 77'));
    expect(said(await verify())).toContain('entry 77 is missing');
  });

  it('the newest entries are removed', async () => {
    forge((db) => db.exec('DELETE FROM audit_entries WHERE seq > 590'));
    expect(said(await verify())).toContain('entries 591 to 600 are missing');
  });

  it('two entries change places', async () => {
    forge((db) =>
      db.exec(
        'UPDATE audit_entries SET seq = -1 WHERE seq = 10; UPDATE audit_entries SET seq = 10 WHERE seq = 11; UPDATE audit_entries SET seq = 11 WHERE seq = -1',
      ),
    );
    expect((await verify()).problems.map(({ seq }) => seq)).toEqual([10, 11]);
  });

  it('old entries are removed, and the store says that retention did it', async () => {
    forge((db) => db.exec('DELETE FROM audit_entries WHERE seq <= 256; UPDATE audit_head SET erased_to = 256'));
    expect(said(await verify())).toBe(
      'entries 1 to 256 are erased, and no entry of the log says that retention did so',
    );
  });

  it('an entry comes back that stands where it was erased', async () => {
    forge((db) => db.exec('UPDATE audit_head SET erased_to = 256'));
    expect(said(await verify())).toContain('entries 1 to 256 are erased');
  });

  it.each([
    ['before the beginning', '-5', 'before the beginning'],
    ['beyond the end', '100000', 'beyond the end'],
  ])('an entry is put where only a question finds it: %s', async (_where, seq, message) => {
    forge((db) => db.exec(COPIED.replace('%', seq)));
    expect(said(await verify())).toContain(message);
  });

  it('a table is put out of the way, and a view in its place', async () => {
    forge((db) => db.exec('CREATE VIEW more AS SELECT 1; DROP TRIGGER audit_entries_hour'));
    expect(said(await verify())).toContain('not as this program makes them: more, audit_entries_hour');
  });

  it('only what is worked out from entries is changed, so that questions don’t find them', async () => {
    forge((db) => db.exec('UPDATE audit_hours SET hour = hour + 24'));
    expect(said(await verify())).toContain('the index by time is not what the entries make');
    forge((db) =>
      db.exec(
        "UPDATE audit_hours SET hour = hour - 24; UPDATE audit_rollups SET recorded = recorded - 1 WHERE dimension = 'actor'",
      ),
    );
    expect(said(await verify())).toBe('the counts by actor are not what the entries make: they were changed');
    forge((db) =>
      db.exec(
        "UPDATE audit_rollups SET recorded = recorded + 1 WHERE dimension = 'actor'; UPDATE audit_rollups SET hour = hour + 1 WHERE dimension = 'event_type'",
      ),
    );
    expect(said(await verify())).toBe('the counts by event_type are not what the entries make: they were changed');
  });

  it('a tile of an upper level is changed', async () => {
    forge((db) => db.exec('UPDATE audit_tiles SET root = zeroblob(32) WHERE place = 1'));
    expect(said(await verify())).toBe('tile 0 of level 1 of the tree is not what its entries make: it was changed');
  });

  it('the checkpoint is edited, unsigned, or signed by another key', async () => {
    forge((db) => db.exec("UPDATE audit_head SET checkpoint = replace(checkpoint, '600', '599')"));
    expect(said(await verify())).toContain('does not hold');
    forge((db) => db.exec('UPDATE audit_head SET checkpoint = NULL'));
    expect(said(await verify())).toBe('the log has entries and no signed checkpoint');
    const stranger = createLogKeys(join(folder, 'stranger'));
    forge((db) => {
      const { origin, frontier } = db.prepare('SELECT origin, frontier FROM audit_head').get() as {
        origin: string;
        frontier: Uint8Array;
      };
      const root = rootOf({ size: 600, roots: splitHashes(frontier) });
      db.prepare('UPDATE audit_head SET checkpoint = ?').run(
        signCheckpoint({ origin, size: 600, root }, stranger.create(origin)),
      );
    });
    expect(said(await verify())).toContain('not signed by a key that was given');
  });

  it('an older copy of the store is put in its place', async () => {
    const checkpointed = new DatabaseSync(path);
    checkpointed.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    checkpointed.close();
    copyFileSync(path, `${path}.old`);
    await record(50, 601);
    for (const suffix of ['-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
    copyFileSync(`${path}.old`, path);
    expect(said(await verify())).toMatch(/has seen 650 entries, the log has 600: it was cut, or an older copy/);
    // It goes on and grows beyond what was seen: now it is another log.
    await record(60, 601);
    expect(said(await verify())).toContain('are not those that');
  });

  it('it is cut and everything made to fit, with the log’s own key', async () => {
    const origin = (await verify()).origin;
    forge((db) => {
      const leaves = db
        .prepare('SELECT leaf FROM audit_entries WHERE seq <= 500 ORDER BY seq')
        .all()
        .map((row) => row.leaf as Uint8Array);
      const frontier = extendFrontier({ size: 0, roots: [] }, leaves);
      const note = signCheckpoint({ origin, size: 500, root: rootOf(frontier) }, keys().find(origin)!);
      db.exec('DELETE FROM audit_entries WHERE seq > 500');
      db.prepare('UPDATE audit_head SET size = 500, frontier = ?, checkpoint = ?').run(
        joinHashes(frontier.roots),
        note,
      );
    });
    expect(said(await verify())).toMatch(/has seen 600 entries, the log has 500/);
  });

  it('it is rewritten from the start with a fresh tree and the log’s own key: two logs, one seen', async () => {
    const origin = (await verify()).origin;
    forge((db) => {
      const rows = db.prepare('SELECT seq FROM audit_entries ORDER BY seq').all();
      db.exec("UPDATE audit_entries SET result = 'success'");
      const leaves = rows.map(({ seq }) => {
        const leaf = entryLeaf(canonicalEntry(textsOf(db, Number(seq))), saltOf(db, Number(seq)));
        db.prepare('UPDATE audit_entries SET leaf = ? WHERE seq = ?').run(leaf, Number(seq));
        return leaf;
      });
      for (const place of [0, 1]) {
        const hashes = leaves.slice(place * 256, place * 256 + 256);
        db.prepare('UPDATE audit_tiles SET hashes = ?, root = ? WHERE place = ?').run(
          joinHashes(hashes),
          subtreeRoot(hashes),
          place,
        );
      }
      const frontier = extendFrontier({ size: 0, roots: [] }, leaves);
      const note = signCheckpoint({ origin, size: 600, root: rootOf(frontier) }, keys().find(origin)!);
      db.prepare('UPDATE audit_head SET frontier = ?, checkpoint = ?').run(joinHashes(frontier.roots), note);
    });
    const result = await verify();
    expect(result.ok).toBe(false);
    for (const { message } of result.problems)
      expect(message).toMatch(/the first \d+ entries are not those that .* has seen/);
  });
});

const rowOf = (db: DatabaseSync, seq: number) => db.prepare('SELECT * FROM audit_entries WHERE seq = ?').get(seq)!;
const saltOf = (db: DatabaseSync, seq: number) => rowOf(db, seq).salt as Uint8Array;
function textsOf(db: DatabaseSync, seq: number) {
  const row = rowOf(db, seq);
  const uuid = (value: unknown): string =>
    Buffer.from(value as Uint8Array)
      .toString('hex')
      .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return {
    id: uuid(row.id),
    timestamp: Number(row.timestamp),
    eventType: 'agent_action' as const,
    actorType: 'agent' as const,
    actorId: String(row.actor_id),
    actorName: String(row.actor_name),
    ipAddress: null,
    operation: String(row.operation),
    parameters: row.operation_parameters as string | null,
    target: row.target as string | null,
    result: 'success' as const,
    metadata: String(row.metadata),
    correlationId: uuid(row.correlation_id),
  };
}
