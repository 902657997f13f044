import type { SQLInputValue } from 'node:sqlite';
import type { CountCell, DerivedState, EntryTexts, StatQuestion, StatRow } from '../../audit/index.ts';
import { TILE_WIDTH } from '../../audit/index.ts';
import type { AuditEntry, OperationResult } from '../../model/audit-entry.ts';
import type { Database, Row } from './database.ts';
import { readHead } from './head-table.ts';

const HOUR_MS = 3_600_000;

/** What is counted by, and the column that it is. */
const DIMENSIONS = { event_type: 'event_type', operation: 'operation', actor: 'actor_id' } as const;
type Dimension = keyof typeof DIMENSIONS;

/** What is counted of an entry. */
export type Counted = Pick<EntryTexts, 'timestamp' | 'eventType' | 'operation' | 'actorId' | 'result'>;

const ROLL_UP =
  'INSERT INTO audit_rollups VALUES (?, ?, ?, ?, ?, 0) ' +
  'ON CONFLICT DO UPDATE SET recorded = recorded + excluded.recorded';
const LEAVE_OUT =
  'INSERT INTO audit_rollups VALUES (?, ?, ?, ?, 0, 1) ON CONFLICT DO UPDATE SET left_out = left_out + 1';

const CELLS_AT_ONCE = 5000;
const CELLS =
  'SELECT dimension, hour, value, result, recorded FROM audit_rollups ' +
  `WHERE (dimension, hour, value, result) > (?, ?, ?, ?) ORDER BY dimension, hour, value, result LIMIT ${CELLS_AT_ONCE}`;

/** Counts these entries, once and for all. Only inside a transaction. */
export function rollUp(db: Database, entries: Iterable<Counted>): void {
  const counts = new Map<string, { readonly key: readonly [Dimension, number, string, string]; count: number }>();
  const count = (dimension: Dimension, hour: number, value: string, result: string): void => {
    const name = `${dimension} ${hour} ${result} ${value}`;
    const found = counts.get(name);
    if (found) found.count += 1;
    else counts.set(name, { key: [dimension, hour, value, result], count: 1 });
  };
  for (const { timestamp, eventType, operation, actorId, result } of entries) {
    const hour = Math.floor(timestamp / HOUR_MS);
    count('event_type', hour, eventType, result);
    count('operation', hour, operation, result);
    count('actor', hour, actorId, result);
  }
  for (const { key, count: recorded } of counts.values()) db.run(ROLL_UP, ...key, recorded);
}

/** Counts an event that is not recorded. Only inside a transaction. */
export function countLeftOut(db: Database, entry: AuditEntry): void {
  const hour = Math.floor(entry.timestamp / HOUR_MS);
  db.run(LEAVE_OUT, 'event_type', hour, entry.eventType, entry.result);
  db.run(LEAVE_OUT, 'operation', hour, entry.operation.name, entry.result);
  db.run(LEAVE_OUT, 'actor', hour, entry.actor.id, entry.result);
}

/** Counts by the question's key: what was rolled up, and the entries that are not yet. */
export function readStats(db: Database, { groupBy, from, to }: StatQuestion): StatRow[] {
  const dimension: Dimension = groupBy in DIMENSIONS ? (groupBy as Dimension) : 'event_type';
  const key = { result: 'result', hour: 'hour', day: 'hour / 24' }[groupBy as string] ?? 'value';
  const firstHour = from === undefined ? 0 : Math.floor(from / HOUR_MS);
  const endHour = to === undefined ? Number.MAX_SAFE_INTEGER : Math.ceil(to / HOUR_MS);
  const rows = db.snapshot(() => {
    const { size } = readHead(db);
    return db.all(
      `SELECT ${key} AS key, result, sum(recorded) AS recorded, sum(left_out) AS left_out FROM (
      SELECT hour, value, result, recorded, left_out FROM audit_rollups
        WHERE dimension = ? AND hour >= ? AND hour < ?
      UNION ALL
      SELECT timestamp / ${HOUR_MS} AS hour, ${DIMENSIONS[dimension]}, result, 1, 0 FROM audit_entries
        WHERE seq > ? AND timestamp >= ? AND timestamp < ?
    ) GROUP BY 1, 2`,
      dimension,
      firstHour,
      endHour,
      size - (size % TILE_WIDTH),
      firstHour * HOUR_MS,
      Math.min(endHour * HOUR_MS, Number.MAX_SAFE_INTEGER),
    );
  });
  return groupRows(rows, groupBy);
}

/** The counts and the index by time as they stand, for whoever checks the log; nobody writes meanwhile. */
export function readDerived(db: Database, see: (cell: CountCell) => void): DerivedState {
  return db.snapshot(() => {
    const { size } = readHead(db);
    for (let last: SQLInputValue[] = ['', 0, '', '']; ; ) {
      const page = db.allValues(CELLS, ...last) as [string, number, string, string, number][];
      for (const [dimension, hour, value, result, recorded] of page) see({ dimension, hour, value, result, recorded });
      if (page.length < CELLS_AT_ONCE) break;
      last = page.at(-1)!.slice(0, 4);
    }
    const runs = db
      .all('SELECT first_seq, hour FROM audit_hours ORDER BY first_seq')
      .map((row) => ({ firstSeq: Number(row.first_seq), hour: Number(row.hour) }));
    return { size, countedTo: size - (size % TILE_WIDTH), runs };
  });
}

/** One row a key, the largest first; hours and days in their order. */
function groupRows(rows: readonly Row[], groupBy: StatQuestion['groupBy']): StatRow[] {
  const groups = new Map<
    string,
    { recorded: number; leftOut: number; results: Partial<Record<OperationResult, number>> }
  >();
  for (const row of rows) {
    const key = renderKey(row.key as string | number, groupBy);
    const group = groups.get(key) ?? { recorded: 0, leftOut: 0, results: {} };
    groups.set(key, group);
    group.recorded += Number(row.recorded);
    group.leftOut += Number(row.left_out);
    if (Number(row.recorded) > 0) group.results[row.result as OperationResult] = Number(row.recorded);
  }
  const found = [...groups].map(([key, group]) => ({ key, ...group }));
  const byTime = groupBy === 'hour' || groupBy === 'day';
  return found.sort((a, b) => (byTime ? 0 : b.recorded - a.recorded) || (a.key < b.key ? -1 : 1));
}

function renderKey(key: string | number, groupBy: StatQuestion['groupBy']): string {
  if (groupBy === 'hour') return new Date(Number(key) * HOUR_MS).toISOString().slice(0, 13);
  if (groupBy === 'day') return new Date(Number(key) * 24 * HOUR_MS).toISOString().slice(0, 10);
  return String(key);
}
