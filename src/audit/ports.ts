import type { AuditEntry, EventType, OperationResult, RecordedEntry } from '../model/audit-entry.ts';

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
  /** entries with a lower sequence number: where the last page ended */
  readonly beforeSeq?: number;
  /** entries with a higher sequence number: what is new since */
  readonly afterSeq?: number;
  readonly limit: number;
}

/** The audit log as its readers and writers see it. Entries are never changed or removed through this port. */
export interface AuditStore {
  /**
   * Resolves with the entry's sequence number once it is durable as `[audit] durability` says; entries of one tick
   * share a commit. Rejects with STORE_UNAVAILABLE; then the entry MUST NOT be in the log later.
   */
  append(entry: AuditEntry): Promise<number>;
  /** As append, but joins the next commit that anybody makes, at the latest after 50 ms. For outcomes. */
  appendSoon(entry: AuditEntry): Promise<number>;
  query(filter: AuditFilter): RecordedEntry[];
  /** Resolves when everything handed over before is durable or has failed. */
  flush(): Promise<void>;
}
