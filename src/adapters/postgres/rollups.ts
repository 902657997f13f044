import type { CountCell, DerivedState, StatQuestion, StatRow } from '../../audit/index.ts';
import type { OperationResult } from '../../model/audit-entry.ts';
import type { Row, Session } from './connections.ts';

const HOUR_MS = 3_600_000;
/** Values longer than this are counted under their beginning. */
export const MAX_VALUE = 500;
const MAX_HOUR = Math.floor(8.64e15 / HOUR_MS) + 1;

type Dimension = 'event_type' | 'operation' | 'actor';

/** What is counted of an entry, or of an event that was left out. */
export interface Counted {
  readonly hour: number;
  readonly eventType: string;
  readonly operation: string;
  readonly actorId: string;
  readonly result: string;
}

export interface RollUp {
  add(counted: Counted, recorded: number, leftOut: number): void;
  /** Adds what was counted to the table. Only inside the sequencer's transaction. */
  write(session: Session): Promise<void>;
}

export function createRollUp(): RollUp {
  const cells = new Map<
    string,
    { key: readonly [Dimension, number, string, string]; recorded: number; leftOut: number }
  >();
  const count = (key: readonly [Dimension, number, string, string], recorded: number, leftOut: number): void => {
    const name = key.join('\0');
    const cell = cells.get(name) ?? { key, recorded: 0, leftOut: 0 };
    cells.set(name, cell);
    cell.recorded += recorded;
    cell.leftOut += leftOut;
  };
  return {
    add: ({ hour, eventType, operation, actorId, result }, recorded, leftOut) => {
      const cut = shorten(result);
      count(['event_type', hour, shorten(eventType), cut], recorded, leftOut);
      count(['operation', hour, shorten(operation), cut], recorded, leftOut);
      count(['actor', hour, shorten(actorId), cut], recorded, leftOut);
    },
    write: async (session) => {
      if (cells.size === 0) return;
      const all = [...cells.values()];
      await session.write(
        'INSERT INTO audit_rollups AS known SELECT * FROM ' +
          'unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::bigint[]) ' +
          'ON CONFLICT (dimension, hour, value, result) DO UPDATE ' +
          'SET recorded = known.recorded + excluded.recorded, left_out = known.left_out + excluded.left_out',
        [
          all.map(({ key }) => key[0]),
          all.map(({ key }) => key[1]),
          all.map(({ key }) => key[2]),
          all.map(({ key }) => key[3]),
          all.map((cell) => cell.recorded),
          all.map((cell) => cell.leftOut),
        ],
        'rollups',
      );
    },
  };
}

function shorten(value: string): string {
  return value.length <= MAX_VALUE ? value : value.slice(0, MAX_VALUE).toWellFormed();
}

/** Counts by the question's key. */
export async function readStats(session: Session, { groupBy, from, to }: StatQuestion): Promise<StatRow[]> {
  const dimension = groupBy === 'operation' || groupBy === 'actor' ? groupBy : 'event_type';
  const key = { result: 'result', hour: 'hour', day: 'hour / 24' }[groupBy as string] ?? 'value';
  const rows = await session.query(
    `SELECT ${key} AS key, result, sum(recorded)::bigint AS recorded, sum(left_out)::bigint AS left_out ` +
      'FROM audit_rollups WHERE dimension = $1 AND hour >= $2 AND hour < $3 GROUP BY 1, 2',
    [
      dimension,
      from === undefined ? 0 : clamp(Math.floor(from / HOUR_MS)),
      to === undefined ? MAX_HOUR : clamp(Math.ceil(to / HOUR_MS)),
    ],
  );
  return groupRows(rows, groupBy);
}

/** The counts and the index by time as they stand at one moment, for whoever checks the log. */
export async function readDerived(session: Session, see: (cell: CountCell) => void): Promise<DerivedState> {
  // One statement sees one moment.
  const rows = await session.query(
    "SELECT 'head' AS dimension, size AS hour, NULL AS value, NULL AS result, 0 AS recorded FROM audit_head " +
      "UNION ALL SELECT 'run', hour, NULL, NULL, first_seq FROM audit_hours " +
      'UNION ALL SELECT dimension, hour, value, result, recorded FROM audit_rollups',
  );
  let size = 0;
  const runs: { firstSeq: number; hour: number }[] = [];
  for (const row of rows) {
    const [hour, recorded] = [Number(row.hour), Number(row.recorded)];
    if (row.value !== null)
      see({ dimension: String(row.dimension), hour, value: String(row.value), result: String(row.result), recorded });
    else if (row.dimension === 'run') runs.push({ firstSeq: recorded, hour });
    else size = hour;
  }
  runs.sort((a, b) => a.firstSeq - b.firstSeq);
  return { size, countedTo: size, runs };
}

function clamp(hour: number): number {
  return Math.min(Math.max(hour, 0), MAX_HOUR);
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
