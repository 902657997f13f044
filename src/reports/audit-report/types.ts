import type { LogHead } from '../../audit/index.ts';
import type { OperationResult } from '../../model/audit-entry.ts';
import type { Period, TimeUnit } from './period.ts';

/** Numbers by result; a result that never came is absent. */
export type Results = Readonly<Partial<Record<OperationResult, number>>>;

/** One line of a breakdown: an event type, an operation, an actor, a stretch of time, or a result. */
export interface CountRow {
  readonly key: string;
  readonly recorded: number;
  /** events that filters kept out of the log */
  readonly leftOut: number;
  readonly results: Results;
}

/** The largest groups, and the sum of those that are not among them. */
export interface Breakdown {
  readonly rows: readonly CountRow[];
  /** undefined where every group has its row */
  readonly others: (Omit<CountRow, 'key'> & { readonly groups: number }) | undefined;
}

/** What a rule, a person or an event is named, and how often. */
export interface Tally {
  readonly key: string;
  readonly count: number;
}

/** One entry as a report shows it. Text is as it was recorded: renderers must treat it as hostile. */
export interface ShownEntry {
  readonly seq: number;
  readonly id: string;
  readonly timestamp: number;
  /** id of whoever acted */
  readonly actor: string;
  readonly actorName: string;
  readonly operation: string;
  readonly target: string | undefined;
  /** `metadata.event`, where it is text */
  readonly event: string | undefined;
  /** the rules that decided; where none is named, a reason or message of the entry */
  readonly reason: string;
}

/** Entries of one kind: how many there are, what was counted among the newest of them, and the newest themselves. */
export interface EntrySection {
  /** entries of this kind in the period */
  readonly total: number;
  /** how many of them, the newest, the tallies are made from; less than `total` where there are very many */
  readonly examined: number;
  readonly newest: readonly ShownEntry[];
}

export interface RefusalSection extends EntrySection {
  readonly byRule: readonly Tally[];
  readonly byActor: readonly Tally[];
}

export interface ApprovalSection extends EntrySection {
  readonly requested: number;
  readonly approved: number;
  readonly rejected: number;
  readonly expired: number;
  readonly consumed: number;
  /** who decided, the busiest first */
  readonly deciders: readonly { readonly key: string; readonly approved: number; readonly rejected: number }[];
}

export interface PolicyChangeSection extends EntrySection {
  readonly byEvent: readonly Tally[];
}

/** What a log that is complete by itself doesn't show. */
export interface GapSection {
  /** events that filters kept out, by event type; none: nothing was left out */
  readonly leftOut: readonly Tally[];
  /** entries up to this sequence number have been erased by retention; 0: none */
  readonly erasedTo: number;
  /** when the oldest entry that is still there was made */
  readonly oldestKept: number | undefined;
  /** true where entries of the period may be among those erased: counts have them, lists don't */
  readonly erasedInPeriod: boolean;
  /** true where the period was not over yet when the report was made */
  readonly periodOpen: boolean;
}

/** Everything that an audit report says, for whatever renders it: plain data, no markup. */
export interface AuditReport {
  readonly title: string;
  readonly period: Period;
  readonly made: { readonly at: number; readonly by: string; readonly program: string };
  readonly log: Pick<LogHead, 'origin' | 'size' | 'checkpoint'> & {
    /** lowest and highest sequence number of the period's entries; undefined where it has none */
    readonly firstSeq: number | undefined;
    readonly lastSeq: number | undefined;
  };
  readonly totals: Omit<CountRow, 'key'>;
  readonly byEventType: Breakdown;
  readonly byOperation: Breakdown;
  readonly byActor: Breakdown;
  readonly byResult: Breakdown;
  /** every stretch of the period in its order, also those without entries */
  readonly timeline: { readonly unit: TimeUnit; readonly rows: readonly CountRow[] };
  readonly violations: RefusalSection;
  readonly incidents: RefusalSection;
  readonly approvals: ApprovalSection;
  readonly policyChanges: PolicyChangeSection;
  readonly gaps: GapSection;
}
