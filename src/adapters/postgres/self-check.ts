import type { Row, Session } from './connections.ts';
import { isPartName } from './partitions.ts';
import { MIGRATIONS, SCHEMA } from './schema.ts';

/** A UUID as text, which is stored as 16 bytes; any other text begins with a mark that is no UTF-8. */
const MISSPELT =
  "id IS NOT NULL AND length(id) <> 16 AND get_byte(id || '\\x00', 0) <> 255 OR " +
  "correlation_id IS NOT NULL AND length(correlation_id) <> 16 AND get_byte(correlation_id || '\\x00', 0) <> 255";

/** Counts of rows that stand where replaying the log doesn't come but a question does. */
const MISPLACED: readonly (readonly [string, (count: number) => string])[] = [
  [
    'audit_entries, audit_head WHERE seq > size',
    (count) => `${count} entries stand beyond the end of the log: they were put there`,
  ],
  [
    'audit_entries, audit_head WHERE seq <= erased_to',
    (count) =>
      `${count} entries stand before the beginning of the log, or where it was erased: put there, or erasing was cut ` +
      'off and `ggen-mcp audit maintain` ends it',
  ],
  // Two of one number lie side by side, where replaying the log comes by only once.
  [
    '(SELECT seq FROM audit_entries GROUP BY seq HAVING count(*) > 1) AS twice',
    (count) => `${count} numbers of the log are there twice: entries were put there`,
  ],
  [
    'audit_entries, audit_head WHERE seq <= packed_to AND metadata IS NOT NULL',
    (count) => `${count} entries stand as written among those that are compressed: they were put there`,
  ],
  [
    `audit_entries WHERE ${MISSPELT}`,
    (count) => `${count} entries have an id in another form than questions look for: they were changed`,
  ],
];

const NAMESPACE = `(SELECT oid FROM pg_namespace WHERE nspname = '${SCHEMA}')`;
const RELATIONS = `SELECT relname AS name, relkind IN ('r', 'p') AND NOT relrowsecurity AND NOT EXISTS
  (SELECT 1 FROM pg_rewrite WHERE ev_class = pg_class.oid) AS plain, relispartition AS part
  FROM pg_class WHERE relnamespace = ${NAMESPACE} AND relkind IN ('r', 'p', 'v', 'm', 'f')`;
const TRIGGERS = `SELECT relname AS on_table, relispartition AS part, tgname AS name, proname AS function, tgenabled AS enabled,
  tgtype AS type FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_proc ON pg_proc.oid = tgfoid
  WHERE relnamespace = ${NAMESPACE} AND tgconstraint = 0`;
const FUNCTIONS = `SELECT proname AS name, prosrc AS body FROM pg_proc WHERE pronamespace = ${NAMESPACE}`;

/** BEFORE, for each row, UPDATE or DELETE, as pg_trigger.h writes it. */
const REFUSING = 1 | 2 | 8 | 16;

const ALL = MIGRATIONS.join('\n');
const TABLES = ['schema_version', ...[...ALL.matchAll(/CREATE TABLE (\w+)/g)].map(([, name]) => name!)];
const REFUSALS = [...ALL.matchAll(/CREATE TRIGGER (\w+) BEFORE UPDATE OR DELETE ON (\w+)\s[^;]*FUNCTION (\w+)\(\);/g)];
const BODIES = new Map(
  [...ALL.matchAll(/FUNCTION (\w+)\(\) RETURNS trigger LANGUAGE plpgsql AS \$\$([\s\S]*?)\$\$;/g)].map(
    ([, name, body]) => [name!, body!],
  ),
);

/**
 * What doesn't hold of the database beside its entries, a sentence each: rows that stand where replaying the log
 * doesn't come but a question does, and tables, views, rules, row policies, triggers or functions of its schema other
 * than those that this program makes.
 */
export async function selfCheck(session: Session): Promise<string[]> {
  const found: string[] = [];
  for (const [rows, say] of MISPLACED) {
    const [row] = await session.query(`SELECT count(*) AS n FROM ${rows}`);
    if (Number(row?.n) > 0) found.push(say(Number(row?.n)));
  }
  const other = [
    ...otherRelations(await session.query(RELATIONS)),
    ...otherTriggers(await session.query(TRIGGERS)),
    ...otherFunctions(await session.query(FUNCTIONS)),
  ];
  if (other.length > 0) {
    const names = [...new Set(other)].sort().join(', ');
    found.push(`tables, views, rules, triggers or functions of the store are not as this program makes them: ${names}`);
  }
  return found;
}

function otherRelations(rows: readonly Row[]): string[] {
  const plain = new Set(rows.filter((row) => row.plain === true).map((row) => String(row.name)));
  const known = (row: Row): boolean =>
    plain.has(String(row.name)) &&
    (TABLES.includes(String(row.name)) || (row.part === true && isPartName(String(row.name))));
  return [
    ...rows.filter((row) => !known(row)).map((row) => String(row.name)),
    ...TABLES.filter((name) => !plain.has(name)),
  ];
}

/** A part of the log has the triggers of the whole. */
function otherTriggers(rows: readonly Row[]): string[] {
  const isRefusal = (row: Row): boolean =>
    REFUSALS.some(
      ([, name, table, called]) =>
        row.name === name &&
        row.function === called &&
        (row.part === true ? isPartName(String(row.on_table)) : row.on_table === table) &&
        row.enabled === 'O' &&
        Number(row.type) === REFUSING,
    );
  const missing = REFUSALS.filter(
    ([, name, table]) => !rows.some((row) => row.name === name && row.on_table === table),
  );
  return [...rows.filter((row) => !isRefusal(row)).map((row) => String(row.name)), ...missing.map(([, name]) => name!)];
}

function otherFunctions(rows: readonly Row[]): string[] {
  const bodies = new Map(rows.map((row) => [String(row.name), row.body]));
  return [
    ...[...bodies].filter(([name, body]) => BODIES.get(name) !== body).map(([name]) => name),
    ...[...BODIES.keys()].filter((name) => !bodies.has(name)),
  ];
}
