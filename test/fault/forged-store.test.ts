// What somebody who can write the database file may do beside the entries and their tree, so that questions answer
// otherwise, the log signs what it should not, or retention erases what is young; and how that is told or refused.
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogKeys } from '../../src/adapters/keys/index.ts';
import { textsFromRow } from '../../src/adapters/sqlite/entry-row.ts';
import { openSqliteStore } from '../../src/adapters/sqlite/index.ts';
import {
  canonicalEntry,
  type EntryTexts,
  entryLeaf,
  erasureEntry,
  extendFrontier,
  joinHashes,
  verifyLog,
} from '../../src/audit/index.ts';
import type { GovernanceStore } from '../../src/governor/index.ts';
import type { AuditEntry } from '../../src/model/audit-entry.ts';
import { newId, sampleEntry } from '../contract/store-samples.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 5, 1);
let folder: string;
let path: string;
let now: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ggen-forged-store-'));
  path = join(folder, 'audit.db');
  now = NOW;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const keys = () => createLogKeys(join(folder, 'keys'));
const open = (): Promise<GovernanceStore> =>
  openSqliteStore({ path, durability: 'os', clock: () => now, keys: keys(), witnesses: [], compress: false });
async function using<T>(use: (store: GovernanceStore) => Promise<T>): Promise<T> {
  const store = await open();
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}
/** One in ten is evil. */
const entryOf = (i: number, more: Partial<AuditEntry> = {}): AuditEntry =>
  i % 10 === 0
    ? sampleEntry({
        timestamp: now,
        actor: { actorType: 'agent', id: 'evil', name: 'evil' },
        eventType: 'policy_violation',
        operation: { name: 'delete_file' },
        result: 'denied',
        ...more,
      })
    : sampleEntry({ timestamp: now, result: 'success', ...more });
const record = (count: number, more: Partial<AuditEntry> = {}) =>
  using((store) => Promise.all(Array.from({ length: count }, (_, i) => store.append(entryOf(i, more)))));
const check = (store: GovernanceStore) =>
  store
    .head()
    .then(({ origin }) => verifyLog(store, { random: randomBytes, keys: keys().verifiers(origin), witnesses: [] }));
const said = async (): Promise<string[]> => (await using(check)).problems.map(({ message }) => message);

/** The file changed past the store, its triggers put back afterwards. */
function forge(change: (db: DatabaseSync) => void): void {
  const db = new DatabaseSync(path);
  const triggers = db.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").all();
  for (const { name } of triggers) db.exec(`DROP TRIGGER "${String(name)}"`);
  change(db);
  for (const { sql } of triggers) db.exec(String(sql));
  db.close();
}
/** The schema itself changed by hand. */
function forgeSchema(change: (db: DatabaseSync) => void): void {
  const db = new DatabaseSync(path, { defensive: false } as object);
  db.exec('PRAGMA writable_schema = ON');
  change(db);
  db.close();
}
const sql = (text: string): void => forge((db) => db.exec(text));

describe('the index by which questions find entries', () => {
  it('that lacks some of them is told of', async () => {
    await record(40);
    const db = new DatabaseSync(path);
    const triggers = db.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").all();
    for (const { name } of triggers) db.exec(`DROP TRIGGER "${String(name)}"`);
    const rows = db.prepare("SELECT * FROM audit_entries WHERE actor_id = 'evil'").all();
    db.exec("DELETE FROM audit_entries WHERE actor_id = 'evil'");
    db.close();
    const NAMED = "FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'audit_entries' AND sql IS NOT NULL";
    let kept: Record<string, unknown>[] = [];
    forgeSchema((schema) => {
      kept = schema.prepare(`SELECT type, name, tbl_name, rootpage, sql ${NAMED}`).all();
      schema.exec(`DELETE ${NAMED}`);
    });
    const again = new DatabaseSync(path);
    for (const row of rows) {
      const marks = Object.keys(row).map(() => '?');
      again.prepare(`INSERT INTO audit_entries VALUES (${marks})`).run(...(Object.values(row) as SQLInputValue[]));
    }
    again.close();
    forgeSchema((schema) => {
      for (const one of kept)
        schema
          .prepare('INSERT INTO sqlite_schema VALUES (?, ?, ?, ?, ?)')
          .run(...(Object.values(one) as SQLInputValue[]));
    });
    forge(() => {});
    const last = new DatabaseSync(path);
    for (const { sql: text } of triggers) last.exec(String(text));
    last.close();
    // No question finds them, and replaying comes by all of them.
    expect(await using((store) => store.query({ actor: 'evil', limit: 100 }))).toEqual([]);
    expect((await said()).join()).toContain(
      'tables and indexes of the store do not hold the same: wrong # of entries in index',
    );
  });

  it('that is exchanged for another is told of', async () => {
    await record(40);
    forgeSchema((schema) => {
      const [a, b] = schema
        .prepare(
          "SELECT name, rootpage FROM sqlite_schema WHERE name IN ('audit_entries_actor_id', 'audit_entries_operation')",
        )
        .all() as { name: string; rootpage: number }[];
      const set = schema.prepare('UPDATE sqlite_schema SET rootpage = ? WHERE name = ?');
      set.run(b!.rootpage, a!.name);
      set.run(a!.rootpage, b!.name);
    });
    expect((await said()).join()).toContain('tables and indexes of the store do not hold the same');
  });
});

describe('a trigger', () => {
  it('of whatever name is told of', async () => {
    await record(3);
    forgeSchema((schema) =>
      schema
        .prepare("INSERT INTO sqlite_schema VALUES ('trigger', 'sqlite_grant', 'approvals', 0, ?)")
        .run(
          "CREATE TRIGGER sqlite_grant AFTER INSERT ON approvals BEGIN UPDATE approvals SET status = 'approved'; END",
        ),
    );
    expect(await said()).toEqual([
      'tables, views or triggers of the store are not as this program makes them: sqlite_grant',
    ]);
  });

  it('with a name that writes to the terminal does not', async () => {
    await record(3);
    sql('CREATE VIEW "v\u001b[2K" AS SELECT 1');
    expect((await said()).join()).toContain('v\\u{1b}[2K');
  });
});

describe('an entry', () => {
  it('whose text was moved into its salt, so that another text reads as the entry, is told of', async () => {
    const inner = {
      actor: { actor_type: 'system', id: 'system', name: 'system' },
      event_type: 'system_event',
      id: randomUUID(),
      metadata: { erased_to: 256, event: 'audit_erased' },
      operation: { name: 'erase_audit_entries', parameters: { b: 1 } },
    };
    await record(300);
    await record(1, {
      actor: { actorType: 'agent', id: 'mallory', name: 'm' },
      operation: { name: 'o', parameters: { a: inner } },
    });
    forge((db) => {
      const row = db.prepare("SELECT * FROM audit_entries WHERE actor_id = 'mallory'").get() as never;
      const { salt, seq } = row as { salt: Uint8Array; seq: number };
      const text = canonicalEntry(textsFromRow(row));
      const at = text.indexOf('{"actor":{"actor_type":"', 1);
      const rest = text.slice(at);
      const parameters = rest.slice(rest.indexOf(',"parameters":') + 14, rest.indexOf('},"result":"'));
      db.prepare(
        'UPDATE audit_entries SET salt = ?, id = ?, actor_type = ?, actor_id = ?, actor_name = ?, event_type = ?, ' +
          'metadata = ?, operation = ?, operation_parameters = ?, correlation_id = NULL WHERE seq = ?',
      ).run(
        Buffer.concat([salt, Buffer.from(text.slice(0, at))]),
        Buffer.from(inner.id.replaceAll('-', ''), 'hex'),
        'system',
        'system',
        'system',
        'system_event',
        JSON.stringify(inner.metadata),
        inner.operation.name,
        parameters,
        seq,
      );
      db.exec('DELETE FROM audit_entries WHERE seq <= 256; UPDATE audit_head SET erased_to = 256');
    });
    expect(await said()).toContain('entry 301 is not written as entries are: it was changed');
  });

  it('with a text in other bytes that read the same is told of', async () => {
    await record(11, { actor: { actorType: 'agent', id: 'mal\ufffd', name: 'm' } });
    expect(await said()).toEqual([]);
    sql("UPDATE audit_entries SET actor_id = CAST(x'6d616cff' AS TEXT) WHERE seq = 3");
    expect((await said()).join()).toContain(
      '1 entries hold a text in other bytes than it is written in: they were changed',
    );
  });

  it('with a text that ends in NUL is told of', async () => {
    await record(11);
    sql("UPDATE audit_entries SET actor_id = actor_id || char(0) || 'x' WHERE actor_id = 'evil'");
    expect((await said()).join()).toContain('2 entries hold a text in other bytes');
  });
});

describe('retention', () => {
  const maintain = () =>
    using((store) =>
      store.erase(now - 30 * DAY, (erasedTo) =>
        erasureEntry(
          { id: newId(), now, rule: { days: 30, because: 'audit.retention_days', needsApproval: false } },
          erasedTo,
        ),
      ),
    );

  it('erases nothing that is young, whatever the index by time says', async () => {
    await record(600);
    sql('UPDATE audit_hours SET hour = 1');
    await expect(maintain()).rejects.toThrow('nothing was erased: entry 1 is younger than the index by time says');
    expect(await using((store) => store.query({ limit: 1000 }))).toHaveLength(600);
  });

  it.each([
    [
      'made old',
      `UPDATE audit_entries SET timestamp = ${NOW - 99 * DAY} WHERE seq <= 256`,
      'entry 1 is not what was recorded',
    ],
    ['taken away', 'DELETE FROM audit_entries WHERE seq = 200', 'entry 200 is missing'],
    [
      'hidden in a tile of its own',
      'UPDATE audit_tiles SET hashes = zeroblob(8192) WHERE place = 0',
      'the tree around entry 1 is not the one that was signed',
    ],
  ])('erases nothing where entries were %s', async (_, change, message) => {
    await record(300, { timestamp: NOW - 40 * DAY });
    await record(300);
    sql(change);
    sql('UPDATE audit_hours SET hour = 1');
    await expect(maintain()).rejects.toThrow(`nothing was erased: ${message}`);
  });

  it('erases what is old, and what is left is compared to the last count', async () => {
    await record(300, { timestamp: NOW - 40 * DAY });
    await record(300);
    expect(await maintain()).toBe(256);
    expect(await said()).toEqual([]);
    sql(
      "UPDATE audit_rollups SET recorded = recorded + 5000 WHERE dimension = 'actor' AND value = 'evil' AND recorded > 0",
    );
    expect(await said()).toEqual(['the counts by actor are not what the entries make: they were changed']);
    sql(
      "UPDATE audit_rollups SET recorded = recorded - 5000 WHERE dimension = 'actor' AND value = 'evil' AND recorded > 0",
    );
    sql(
      `UPDATE audit_rollups SET recorded = 1 WHERE dimension = 'operation' AND hour < ${Math.floor((NOW - 30 * DAY) / 3_600_000)}`,
    );
    expect(await said()).toEqual(['the counts by operation are not what the entries make: they were changed']);
  });
});

describe('what is counted beside the entries', () => {
  const CHANGED = (by: string) => `the counts by ${by} are not what the entries make: they were changed`;
  it.each([
    [
      'under another hour',
      "UPDATE audit_rollups SET hour = hour - 10000 WHERE dimension = 'actor'",
      [CHANGED('actor')],
    ],
    [
      'with a sum that is right',
      "INSERT INTO audit_rollups SELECT dimension, hour, value, 'x', -recorded, 0 FROM audit_rollups WHERE value = 'evil'",
      [CHANGED('actor')],
    ],
    [
      'of hours and event types that change places',
      `INSERT INTO audit_rollups SELECT dimension, hour + 1, value, result, 3, 0 FROM audit_rollups WHERE dimension = 'event_type';
       UPDATE audit_rollups SET recorded = recorded - 3 WHERE dimension = 'event_type' AND recorded > 3`,
      [CHANGED('event_type')],
    ],
    [
      'under a value that is long',
      "INSERT INTO audit_rollups SELECT dimension, hour, printf('%.*c', 600, 'a'), result, 99999, 0 FROM audit_rollups WHERE value = 'evil'",
      [CHANGED('actor')],
    ],
    [
      'of something else',
      "INSERT INTO audit_rollups SELECT 'else', hour, value, result, 1, 0 FROM audit_rollups WHERE value = 'evil'",
      ['there are counts of something that is not counted'],
    ],
    [
      'as an hour beyond the log',
      'INSERT INTO audit_hours VALUES (601, 5)',
      ['the index by time is not what the entries make: it was changed, and questions about a time answer wrongly'],
    ],
  ])('is told of where it is %s', async (_, change, expected) => {
    await record(600);
    expect(await said()).toEqual([]);
    sql(change);
    expect(await said()).toEqual(expected);
  });

  it('is compared also while others record', async () => {
    await record(600);
    sql('UPDATE audit_rollups SET recorded = 1');
    const store = await open();
    let recording = true;
    const writing = (async () => {
      while (recording) await store.append(entryOf(1));
    })();
    try {
      const { problems } = await using(check);
      expect(problems.map(({ message }) => message)).toEqual(['event_type', 'operation', 'actor'].map(CHANGED));
    } finally {
      recording = false;
      await writing;
      await store.close();
    }
  });

  it('is right also while others record', async () => {
    await record(600);
    const store = await open();
    let recording = true;
    const writing = (async () => {
      for (let round = 0; recording; round += 1)
        await Promise.all(
          Array.from({ length: 50 }, (_, i) =>
            store.append(entryOf(i, { timestamp: now + round * 600_000 + i * 60_000 })),
          ),
        );
    })();
    try {
      for (let i = 0; i < 5; i += 1) expect((await using(check)).problems).toEqual([]);
    } finally {
      recording = false;
      await writing;
      await store.close();
    }
  });
});

describe('nothing is signed on top', () => {
  const bend = (db: DatabaseSync, seq: number): void => {
    const row = db.prepare('SELECT * FROM audit_entries WHERE seq = ?').get(seq) as never;
    const texts: EntryTexts = { ...textsFromRow(row), result: 'success' };
    const leaf = entryLeaf(canonicalEntry(texts), (row as { salt: Uint8Array }).salt);
    db.prepare("UPDATE audit_entries SET result = 'success', leaf = ? WHERE seq = ?").run(leaf, seq);
  };

  it('of leaves that were changed before their tile is full', async () => {
    await record(200);
    forge((db) => bend(db, 1));
    await expect(record(100)).rejects.toThrow('its tree is not the one that was signed');
    await record(10);
    expect((await said()).join()).toContain('entries were changed and their leaves with them');
  });

  it('of an edge that was changed under a process that runs', async () => {
    const store = await open();
    try {
      for (let i = 0; i < 20; i += 1) await store.append(entryOf(i));
      forge((db) => {
        bend(db, 1);
        const leaves = db.prepare('SELECT leaf FROM audit_entries ORDER BY seq').all();
        const { roots } = extendFrontier(
          { size: 0, roots: [] },
          leaves.map(({ leaf }) => leaf as Uint8Array),
        );
        db.prepare('UPDATE audit_head SET frontier = ?').run(joinHashes(roots));
      });
      await expect(store.append(entryOf(1))).rejects.toThrow('its tree is not the one that was signed');
    } finally {
      await store.close();
    }
  });
});
