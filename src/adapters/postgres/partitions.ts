import type { Session } from './connections.ts';
import { sqlState } from './postgres-error.ts';

const DAY_MS = 86_400_000;
/** Months this long past or ahead of now get a partition; what lies further off, by a clock gone wrong, gets none. */
const REACH_MS = 400 * DAY_MS;

/** The month of an instant, in UTC: `2026_11`, and where it begins and ends. */
export function monthOf(timestamp: number): { readonly name: string; readonly start: number; readonly end: number } {
  const date = new Date(timestamp);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  return {
    name: `${year}_${String(month + 1).padStart(2, '0')}`,
    start: Date.UTC(year, month, 1),
    end: Date.UTC(year, month + 1, 1),
  };
}

/** The parts of the log that are there, and what was noted of each. */
export async function partsOf(session: Session): Promise<{ readonly name: string; readonly note: string | null }[]> {
  const rows = await session.query(
    "SELECT relname AS name, obj_description(pg_class.oid, 'pg_class') AS note FROM pg_inherits " +
      "JOIN pg_class ON pg_class.oid = inhrelid WHERE inhparent = 'audit_entries'::regclass",
  );
  return rows
    .map((row) => ({ name: String(row.name), note: row.note as string | null }))
    .filter(({ name }) => isPartName(name));
}

export function isPartName(name: string): boolean {
  return /^audit_entries_(\d{4}_\d{2}|default)$/.test(name);
}

/** True for the part of a month that is past. */
export function isOver(name: string, now: number): boolean {
  return name !== 'audit_entries_default' && name < `audit_entries_${monthOf(now).name}`;
}

export interface Partitions {
  /** Makes what is missing for these instants, for now, and for the month to come. Outside of any transaction. */
  ensure(session: Session, timestamps: Iterable<number>): Promise<void>;
  /** True where an instant's month should have a partition, and it is not known to have one. */
  lacks(timestamp: number): boolean;
}

/** The log's partitions by month. One that can't be made is done without: its entries go into the default one. */
export function createPartitions(clock: () => number): Partitions {
  const known = new Set<string>();

  const isNear = (timestamp: number): boolean => Math.abs(timestamp - clock()) < REACH_MS;

  const make = async (session: Session, timestamp: number): Promise<void> => {
    const { name, start, end } = monthOf(timestamp);
    if (known.has(name)) return;
    try {
      await session.query(
        `CREATE TABLE IF NOT EXISTS audit_entries_${name} PARTITION OF audit_entries FOR VALUES FROM (${start}) TO (${end})`,
      );
    } catch (error) {
      // 23514: the default one has entries of that month, from before it was near. Others: not now, or not by us.
      if (sqlState(error) === undefined) throw error;
      if (sqlState(error) === '55P03') return;
    }
    known.add(name);
  };

  return {
    lacks: (timestamp) => isNear(timestamp) && !known.has(monthOf(timestamp).name),
    ensure: async (session, timestamps) => {
      const now = clock();
      const wanted = new Map<string, number>();
      for (const timestamp of [now, monthOf(now).end, ...timestamps]) {
        if (isNear(timestamp)) wanted.set(monthOf(timestamp).name, timestamp);
      }
      for (const timestamp of wanted.values()) await make(session, timestamp);
    },
  };
}
