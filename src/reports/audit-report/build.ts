import type { AuditStore, StatGroup, StatRow } from '../../audit/index.ts';
import { OPERATION_RESULTS } from '../../model/audit-entry.ts';
import { type Period, stretchesOf, stretchOf, unitFor } from './period.ts';
import { approvals, policyChanges, refusals, type SectionScope } from './sections.ts';
import type { AuditReport, Breakdown, CountRow, GapSection } from './types.ts';

export interface AuditReportOptions {
  readonly period: Period;
  readonly title?: string;
  /** when, in milliseconds; who; with which program */
  readonly made: AuditReport['made'];
  /** rows of a breakdown before `others`; default 15 */
  readonly rows?: number;
  /** entries listed one by one in each section; default 50 */
  readonly listed?: number;
  /** entries of one event type that are looked into for tallies, the newest; default 50,000 */
  readonly examined?: number;
}

/** The part of the store that a report reads. */
export type AuditReportSource = Pick<AuditStore, 'stats' | 'query' | 'read' | 'head'>;

/**
 * The report about a period. Counts come from the log's own statistics, lists from its newest entries, so that time
 * and memory don't grow with the log. Entries that are written meanwhile may be in one part and not in another.
 */
export async function buildAuditReport(source: AuditReportSource, options: AuditReportOptions): Promise<AuditReport> {
  const { period } = options;
  const top = options.rows ?? 15;
  const scope: SectionScope = { source, period, listed: options.listed ?? 50, examined: options.examined ?? 50_000 };
  const head = await source.head();
  const unit = unitFor(period);
  const stats = (groupBy: StatGroup): Promise<StatRow[]> => source.stats({ groupBy, ...period });
  const byEventType = await stats('event_type');
  const totalOf = (...types: string[]): number =>
    byEventType.filter((row) => types.includes(row.key)).reduce((sum, row) => sum + row.recorded, 0);
  const [last] = await source.query({ ...period, limit: 1 });
  return {
    title: options.title ?? 'Audit report',
    period,
    made: options.made,
    log: {
      origin: head.origin,
      size: head.size,
      checkpoint: head.checkpoint,
      firstSeq: last === undefined ? undefined : await firstSeq(source, period),
      lastSeq: last?.seq,
    },
    totals: summed(byEventType),
    byEventType: largest(byEventType, top),
    byOperation: largest(await stats('operation'), top),
    byActor: largest(await stats('actor'), top),
    byResult: largest(resultRows(await stats('result')), top),
    timeline: { unit, rows: timeline(await stats(unit === 'hour' ? 'hour' : 'day'), options.period) },
    violations: await refusals(scope, 'policy_violation', totalOf('policy_violation')),
    incidents: await refusals(scope, 'security_incident', totalOf('security_incident')),
    approvals: await approvals(scope, totalOf('approval_request', 'approval_decision')),
    policyChanges: await policyChanges(scope, totalOf('system_event')),
    gaps: await gaps(source, byEventType, head.erasedTo, options),
  };
}

async function firstSeq(source: AuditReportSource, period: Period): Promise<number | undefined> {
  for await (const page of source.read(period)) return page[0]?.seq;
  return undefined;
}

/** The largest groups; the rest as one sum, unless that is one group, which has a name of its own. */
function largest(rows: readonly StatRow[], top: number): Breakdown {
  if (rows.length <= top + 1) return { rows, others: undefined };
  const rest = rows.slice(top);
  return { rows: rows.slice(0, top), others: { ...summed(rest), groups: rest.length } };
}

function summed(rows: readonly StatRow[]): Omit<CountRow, 'key'> {
  const results: Partial<Record<string, number>> = {};
  let recorded = 0;
  let leftOut = 0;
  for (const row of rows) {
    recorded += row.recorded;
    leftOut += row.leftOut;
    for (const result of OPERATION_RESULTS) {
      const count = row.results[result] ?? 0;
      if (count > 0) results[result] = (results[result] ?? 0) + count;
    }
  }
  return { recorded, leftOut, results };
}

/** In the order in which results are always named, whatever is most. */
function resultRows(rows: readonly StatRow[]): StatRow[] {
  return OPERATION_RESULTS.flatMap((result) => rows.filter((row) => row.key === result));
}

/** Counts by hour or day as counts by the stretches that are drawn. */
function timeline(rows: readonly StatRow[], period: Period): CountRow[] {
  const unit = unitFor(period);
  const byStretch = new Map<string, StatRow[]>(stretchesOf(period, unit).map((key) => [key, []]));
  for (const row of rows) {
    const start = Date.parse(row.key.length === 13 ? `${row.key}:00:00Z` : `${row.key}T00:00:00Z`);
    // A day that the period begins within.
    byStretch.get(stretchOf(Math.max(start, period.from), unit))?.push(row);
  }
  return [...byStretch].map(([key, within]) => ({ key, ...summed(within) }));
}

async function gaps(
  source: AuditReportSource,
  byEventType: readonly StatRow[],
  erasedTo: number,
  { period, made }: AuditReportOptions,
): Promise<GapSection> {
  let oldestKept: number | undefined;
  if (erasedTo > 0) {
    for await (const page of source.read({ afterSeq: erasedTo })) {
      oldestKept = page[0]?.timestamp;
      break;
    }
  }
  return {
    leftOut: byEventType.filter((row) => row.leftOut > 0).map((row) => ({ key: row.key, count: row.leftOut })),
    erasedTo,
    oldestKept,
    erasedInPeriod: erasedTo > 0 && (oldestKept === undefined || oldestKept > period.from),
    periodOpen: made.at < period.to,
  };
}
