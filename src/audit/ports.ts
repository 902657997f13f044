import type { AuditEntry, EventType, OperationResult, RecordedEntry } from '../model/audit-entry.ts';
import type { EntryTexts } from './canonical-entry.ts';
import type { NoteSigner } from './proof/index.ts';

/** Which entries a reader wants; every member narrows. Newest first. */
export interface AuditFilter {
  /** inclusive, milliseconds */
  readonly from?: number;
  /** exclusive, milliseconds */
  readonly to?: number;
  readonly eventType?: EventType;
  readonly actor?: string;
  readonly operation?: string;
  readonly result?: OperationResult;
  readonly correlationId?: string;
  /** found anywhere in target, operation parameters, metadata or the actor's name; ASCII letters in either case */
  readonly text?: string;
  /** entries with a lower sequence number: where the last page ended */
  readonly beforeSeq?: number;
  /** entries with a higher sequence number: what is new since */
  readonly afterSeq?: number;
  readonly limit: number;
}

/** An entry with what its leaf in the tree was made from. */
export interface LoggedEntry extends RecordedEntry {
  /** 32 hex digits */
  readonly salt: string;
}

export const STAT_GROUPS = ['event_type', 'actor', 'operation', 'result', 'hour', 'day'] as const;
export type StatGroup = (typeof STAT_GROUPS)[number];

/** Counts over whole hours. */
export interface StatQuestion {
  readonly groupBy: StatGroup;
  /** milliseconds, inclusive; rounded down to the hour */
  readonly from?: number;
  /** milliseconds, exclusive; rounded up to the hour */
  readonly to?: number;
}

export interface StatRow {
  /** the event type, actor id, operation or result; for hour and day an ISO 8601 text: 2026-01-31T12, 2026-01-31 */
  readonly key: string;
  /** entries on record */
  readonly recorded: number;
  /** events that filters left out: sampled away, or named by never_log */
  readonly leftOut: number;
  readonly results: Readonly<Partial<Record<OperationResult, number>>>;
}

/** The newest signed state of the log. */
export interface LogHead {
  /** names the log, in every checkpoint */
  readonly origin: string;
  readonly size: number;
  /** c2sp.org/tlog-checkpoint in a signed note; undefined before the first entry */
  readonly checkpoint: string | undefined;
  /** entries up to this sequence number have been erased by retention; 0: none */
  readonly erasedTo: number;
  /** the right edge of the tree: the roots of the complete subtrees that its size in binary names, largest first */
  readonly frontier: Uint8Array;
}

/** An entry as it lies in the store, for whoever checks the log. */
export interface StoredEntry {
  readonly seq: number;
  readonly texts: EntryTexts;
  /** 16 bytes */
  readonly salt: Uint8Array;
}

/** One cell of the counts that a store keeps beside its entries. */
export interface CountCell {
  readonly dimension: string;
  /** since 1970 */
  readonly hour: number;
  readonly value: string;
  readonly result: string;
  readonly recorded: number;
}

/** What a store works out beside the entries, as it stood at one moment. */
export interface DerivedState {
  /** entries that the log had then */
  readonly size: number;
  /** up to which entry the counts go */
  readonly countedTo: number;
  /** the index by time: where runs of entries of one hour begin, in their order */
  readonly runs: readonly { readonly firstSeq: number; readonly hour: number }[];
}

/** Why an event was not recorded. */
export type LeftOut = 'sampled' | 'never_log';

/** The audit log as its readers and writers see it. Entries are never changed or removed through this port. */
export interface AuditStore {
  /**
   * Resolves once the entry is durable as `[audit] durability` says, with its sequence number where the order is
   * fixed at once; entries of one tick share a commit. Rejects with STORE_UNAVAILABLE; then the entry MUST NOT be in
   * the log later.
   */
  append(entry: AuditEntry): Promise<number | undefined>;
  /** As append, but joins the next commit that anybody makes, at the latest after 50 ms. For outcomes. */
  appendSoon(entry: AuditEntry): Promise<number | undefined>;
  /** Counts an event that filters left out, with the next commit that anybody makes. */
  countLeftOut(entry: AuditEntry, why: LeftOut): Promise<void>;
  /** Newest first. */
  query(filter: AuditFilter): Promise<RecordedEntry[]>;
  /** The sequence number of the entry with this id, if there is one. */
  seqOf(id: string): Promise<number | undefined>;
  /** Oldest first, some at a time; stops where the log ended when it was called. Bounded memory. */
  read(filter: Omit<AuditFilter, 'limit'>): AsyncIterable<readonly LoggedEntry[]>;
  /** All entries after `afterSeq`, oldest first, as they lie in the store. Bounded memory. */
  replay(afterSeq: number): AsyncIterable<readonly StoredEntry[]>;
  /** Groups by the question's key, the largest first; hours and days in their order. */
  stats(question: StatQuestion): Promise<StatRow[]>;
  /** The index by time: where runs of entries of one hour begin, in their order. */
  timeRuns(): Promise<readonly { readonly firstSeq: number; readonly hour: number }[]>;
  /** values longer than this are counted under their beginning */
  readonly countedLength: number;
  /** Everything that is worked out beside the entries, for whoever checks the log; each count is handed to `see`. */
  derived(see: (cell: CountCell) => void): Promise<DerivedState>;
  head(): Promise<LogHead>;
  /**
   * The first `count` hashes of a tile (c2sp.org/tlog-tiles): level 0 holds leaves, level n the roots of full tiles
   * of level n − 1. Fewer where the log lacks some.
   */
  tile(level: number, index: number, count: number): Promise<readonly Uint8Array[]>;
  /** The first checkpoint of at least this size that was kept for good: one is kept where the key was changed. */
  keptCheckpoint(size: number): Promise<string | undefined>;
  /**
   * Erases what is older than `before` (milliseconds), as far as the store can without touching what is newer; how
   * many entries. `told` makes the entry that is recorded first, from the last number that goes. Leaves of the tree
   * and counts stay. Goes on where an earlier call was cut off.
   */
  erase(before: number, told: (erasedTo: number) => AuditEntry): Promise<number>;
  /**
   * Goes over to a key that `keys` has just made: recorded, and signed by both keys, or by the new one alone where the
   * old one is lost. NOT_AVAILABLE where the store can't.
   */
  changeKey(next: NoteSigner, told: AuditEntry): Promise<void>;
  /** What doesn't hold of the store beside its entries and their tree, a sentence each. */
  selfCheck(): Promise<readonly string[]>;
  /** Compresses some of the oldest entries that are not yet, where the store does so; how many. */
  compact(): Promise<number>;
  /** Resolves when everything handed over before is durable or has failed. */
  flush(): Promise<void>;
}

/** Keys that sign logs; they lie outside the workspace and outside the store. */
export interface LogKeys {
  /** A key for a new log with this origin, kept before it is returned. */
  create(origin: string): NoteSigner;
  /** The key of a log that exists, that with this public key where one is named; undefined where this user has none. */
  find(origin: string, vkey?: string): NoteSigner | undefined;
}

/** Keeps signed checkpoints where the log's owner doesn't look for them: what it has seen can't be unsaid. */
export interface Witness {
  /** what it is called in messages: a path */
  readonly name: string;
  /** Called after each commit with the new checkpoint; never throws, and never makes the caller wait. */
  observe(checkpoint: string): void;
  /** The checkpoints that were seen of this log, oldest first. */
  seen(origin: string): readonly string[];
  /** The logs that it has seen where it is there for one only; none where several may share it. */
  onlyOf?(): readonly string[];
}
