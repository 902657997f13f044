import { isUtf8 } from 'node:buffer';
import { printable } from '../../kernel/text.ts';
import type { Database, Row } from './database.ts';
import { readHead } from './head-table.ts';
import { loadSqlite } from './load-sqlite.ts';
import { MIGRATIONS } from './schema.ts';

/** A UUID as text, which is stored as 16 bytes. */
const UUID_TEXT = ['id', 'correlation_id'].map(
  (column) =>
    `(typeof(${column}) = 'text' AND length(${column}) = 36 AND ${column} NOT GLOB '*[^0-9a-f-]*' AND ${column} GLOB ` +
    "'????????-????-????-????-????????????' AND length(replace(" +
    `${column}, '-', '')) = 32)`,
);
const BYTES = ['id', 'correlation_id'].map((column) => `(typeof(${column}) = 'blob' AND length(${column}) <> 16)`);
const MISSPELT = [...UUID_TEXT, ...BYTES].join(' OR ');

/** THREAT: SQLite takes a trigger of whatever name where it is written into the schema by hand. */
const SCHEMA =
  'SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND ' +
  "NOT (type = 'table' AND name IN ('sqlite_sequence', 'sqlite_stat1', 'sqlite_stat4')) ORDER BY type, name";

/** Texts that questions compare, a row's together; the sign between them keeps each a whole of its own. */
const COMPARED = {
  audit_entries: ['id', 'event_type', 'actor_id', 'operation', 'result', 'correlation_id'],
  audit_packed: ['id', 'event_type', 'actor_id', 'operation', 'result', 'correlation_id'],
} as const;
const textOf = (column: string): string => `iif(typeof(${column}) = 'text', ${column}, '')`;

/**
 * What doesn't hold of the file beside its entries, a sentence each: rows that stand where replaying the log doesn't
 * come but a question does, and tables, views or triggers other than those that this program makes.
 */
export function selfCheck(db: Database): string[] {
  return db.snapshot(() => {
    const found: string[] = [];
    const { size, erasedTo } = readHead(db);
    const rows = (sql: string, ...values: number[]): number =>
      Number(db.get(`SELECT count(*) AS n FROM ${sql}`, ...values)?.n);
    for (const table of ['audit_entries', 'audit_packed']) {
      const beyond = rows(`${table} WHERE seq > ?`, size);
      if (beyond > 0) found.push(`${beyond} entries stand beyond the end of the log: they were put there`);
      const before = rows(`${table} WHERE seq <= ?`, erasedTo);
      if (before > 0) {
        found.push(
          `${before} entries stand before the beginning of the log, or where it was erased: put there, or erasing was cut off and \`ggen-mcp audit maintain\` ends it`,
        );
      }
      const misspelt = rows(`${table} WHERE ${MISSPELT}`);
      if (misspelt > 0) {
        found.push(`${misspelt} entries have an id in another form than questions look for: they were changed`);
      }
    }
    found.push(...misspeltTexts(db), ...brokenIndexes(db));
    const twice = rows('audit_entries WHERE seq <= (SELECT max(seq) FROM audit_packed)');
    if (twice > 0) found.push(`${twice} entries stand among those that are compressed: they were put there`);
    const other = differences(db.all(SCHEMA));
    if (other.length > 0)
      found.push(
        `tables, views or triggers of the store are not as this program makes them: ${other.map((name) => printable(name)).join(', ')}`,
      );
    return found;
  });
}

/** THREAT: bytes that are no UTF-8, or end in NUL, read as the same text, and no question finds them. */
function misspeltTexts(db: Database): string[] {
  db.define('ggen_is_plain', (bytes) => Number(isUtf8(bytes as Uint8Array) && !(bytes as Uint8Array).includes(0)));
  return Object.entries(COMPARED).flatMap(([table, columns]) => {
    const texts = columns.map(textOf).join(" || '|' || ");
    const row = db.get(`SELECT count(*) AS n FROM ${table} WHERE NOT ggen_is_plain(CAST(${texts} AS BLOB))`);
    return Number(row?.n) > 0
      ? [`${row?.n} entries hold a text in other bytes than it is written in: they were changed`]
      : [];
  });
}

/** THREAT: an index that lacks what its table has hides entries from questions, and replaying reads the table. */
function brokenIndexes(db: Database): string[] {
  const said = db.all('PRAGMA integrity_check(5)').map((row) => String(Object.values(row)[0]));
  if (said.length === 1 && said[0] === 'ok') return [];
  return [`tables and indexes of the store do not hold the same: ${printable(said.join('; '), 500)}`];
}

/** Names of what is there and should not be, is missing, or reads otherwise. */
function differences(schema: readonly Row[]): string[] {
  const { DatabaseSync } = loadSqlite();
  const fresh = new DatabaseSync(':memory:');
  try {
    for (const { sql } of MIGRATIONS) fresh.exec(sql);
    // What a step beside the SQL drops.
    fresh.exec('DROP TABLE audit_entries_1; DROP TABLE audit_packed_2; DROP TABLE audit_segments');
    const key = (row: Row): string => `${row.type} ${row.name}\0${row.sql}`;
    const wanted = new Map(
      fresh
        .prepare(SCHEMA)
        .all()
        .map((row) => [key(row as Row), String(row.name)]),
    );
    const there = new Map(schema.map((row) => [key(row), String(row.name)]));
    const names = [
      ...[...there].filter(([one]) => !wanted.has(one)).map(([, name]) => name),
      ...[...wanted].filter(([one]) => !there.has(one)).map(([, name]) => name),
    ];
    return [...new Set(names)];
  } finally {
    fresh.close();
  }
}
