import type { StatQuestion, StatRow } from '../../audit/index.ts';
import { TILE_WIDTH } from '../../audit/index.ts';
import type { AuditEntry, OperationResult } from '../../model/audit-entry.ts';
import type { Database, Row } from './database.ts';
import { readHead } from './head-table.ts';

const HOUR_MS = 3_600_000;

/** What is counted by, and the column that it is. */
const DIMENSIONS = { event_type: 'event_type', operation: 'operation', actor: 'actor_id' } as const;
type Dimension = keyof typeof DIMENSIONS;

const counted = (dimension: Dimension): string =>
  `SELECT '${dimension}', timestamp / ${HOUR_MS}, ${DIMENSIONS[dimension]}, result, count(*), 0 FROM audit_entries ` +
  'WHERE seq > ? AND seq <= ? GROUP BY 2, 3, 4';
const ROLL_UP = (Object.keys(DIMENSIONS) as Dimension[]).map(
  (dimension) =>
    `INSERT INTO audit_rollups ${counted(dimension)} ` +
    'ON CONFLICT DO UPDATE SET recorded = recorded + excluded.recorded',
);
const LEAVE_OUT =
  'INSERT INTO audit_rollups VALUES (?, ?, ?, ?, 0, 1) ON CONFLICT DO UPDATE SET left_out = left_out + 1';

/** Counts the entries after `start` up to `end`, once and for all. Only inside a transaction. */
export function rollUp(db: Database, start: number, end: number): void {
  for (const sql of ROLL_UP) db.run(sql, start, end);
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
