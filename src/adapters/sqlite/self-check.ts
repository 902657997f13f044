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

const SCHEMA =
  "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite@_%' ESCAPE '@' ORDER BY type, name";

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
    const twice = rows('audit_entries WHERE seq <= (SELECT max(seq) FROM audit_packed)');
    if (twice > 0) found.push(`${twice} entries stand among those that are compressed: they were put there`);
    const other = differences(db.all(SCHEMA));
    if (other.length > 0)
      found.push(`tables, views or triggers of the store are not as this program makes them: ${other.join(', ')}`);
    return found;
  });
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
