import type { AuditFilter, LoggedEntry, LogHead, StatQuestion, StatRow } from '../../audit/index.ts';
import type { AuditEntry } from '../../model/audit-entry.ts';
import type { AuditReportSource } from './build.ts';

const HOUR = 3_600_000;

/** An audit log that is a list, oldest first, and answers by looking at each entry. */
export interface ListedSource extends AuditReportSource {
  /** how many entries queries and reads gave back */
  given(): number;
}

export interface ListedLog {
  readonly entries: readonly AuditEntry[];
  /** events that filters left out */
  readonly leftOut?: readonly AuditEntry[];
  readonly erasedTo?: number;
  readonly origin?: string;
  readonly checkpoint?: string;
}

export function listedSource({ entries, leftOut = [], erasedTo = 0, ...head }: ListedLog): ListedSource {
  const logged: LoggedEntry[] = entries.map((entry, i) => ({ ...entry, seq: i + 1, salt: '0'.repeat(32) }));
  const kept = logged.slice(erasedTo);
  let given = 0;
  const matching = (filter: Omit<AuditFilter, 'limit'>): LoggedEntry[] =>
    kept.filter(
      (entry) =>
        (filter.from === undefined || entry.timestamp >= filter.from) &&
        (filter.to === undefined || entry.timestamp < filter.to) &&
        (filter.eventType === undefined || entry.eventType === filter.eventType) &&
        (filter.beforeSeq === undefined || entry.seq < filter.beforeSeq) &&
        (filter.afterSeq === undefined || entry.seq > filter.afterSeq),
    );
  return {
    given: () => given,
    query: async (filter) => {
      const found = matching(filter).reverse().slice(0, filter.limit);
      given += found.length;
      return found;
    },
    async *read(filter) {
      const found = matching(filter);
      for (let at = 0; at < found.length; at += 10) {
        given += 10;
        yield found.slice(at, at + 10);
      }
    },
    stats: async (question) => statsOf(logged, leftOut, question),
    head: async (): Promise<LogHead> => ({
      origin: head.origin ?? 'ggen-governance/test',
      size: logged.length,
      checkpoint:
        logged.length === 0 ? undefined : (head.checkpoint ?? `log\n${logged.length}\nAAAA=\n\n— log BBBB=\n`),
      erasedTo,
      frontier: new Uint8Array(),
    }),
  };
}

function statsOf(entries: readonly AuditEntry[], leftOut: readonly AuditEntry[], question: StatQuestion): StatRow[] {
  const from = question.from === undefined ? 0 : Math.floor(question.from / HOUR) * HOUR;
  const to = question.to === undefined ? Number.POSITIVE_INFINITY : Math.ceil(question.to / HOUR) * HOUR;
  const keyOf = (entry: AuditEntry): string => {
    const iso = new Date(entry.timestamp).toISOString();
    if (question.groupBy === 'event_type') return entry.eventType;
    if (question.groupBy === 'actor') return entry.actor.id;
    if (question.groupBy === 'operation') return entry.operation.name;
    if (question.groupBy === 'result') return entry.result;
    return iso.slice(0, question.groupBy === 'hour' ? 13 : 10);
  };
  const rows = new Map<string, { key: string; recorded: number; leftOut: number; results: Record<string, number> }>();
  const rowOf = (entry: AuditEntry) => {
    const key = keyOf(entry);
    const row = rows.get(key) ?? { key, recorded: 0, leftOut: 0, results: {} };
    rows.set(key, row);
    return row;
  };
  const within = (entry: AuditEntry): boolean => entry.timestamp >= from && entry.timestamp < to;
  for (const entry of entries.filter(within)) {
    const row = rowOf(entry);
    row.recorded += 1;
    row.results[entry.result] = (row.results[entry.result] ?? 0) + 1;
  }
  for (const entry of leftOut.filter(within)) rowOf(entry).leftOut += 1;
  const byTime = question.groupBy === 'hour' || question.groupBy === 'day';
  return [...rows.values()].sort((a, b) => (byTime ? 0 : b.recorded - a.recorded) || (a.key < b.key ? -1 : 1));
}
