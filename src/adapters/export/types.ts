import type { AuditFilter, AuditStore, LoggedEntry } from '../../audit/index.ts';

export const EXPORT_FORMATS = ['json', 'csv', 'parquet'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** Which entries are exported: everything that matches, up to the log's end when the export began. */
export type ExportFilter = Omit<AuditFilter, 'limit' | 'beforeSeq'>;

export interface ExportOptions {
  readonly store: Pick<AuditStore, 'head' | 'tile' | 'read'>;
  readonly filter: ExportFilter;
  readonly format: ExportFormat;
  /** the file; `.sha256` and `.proof/` stand beside it */
  readonly output: string;
  /** replaces a file of that name; else CONFLICT */
  readonly replace?: boolean;
  /**
   * Goes on where a run that was cut off ended, with that run's filter and end of the log; begins anew where there is
   * none. INPUT_INVALID where that run was asked for something else.
   */
  readonly resume?: boolean;
  /** what the filter was made from, held against it when an export goes on; default: the filter */
  readonly asked?: Readonly<Record<string, string | number>>;
  /** bytes between two points that a run can go on from; default 16 MiB */
  readonly saveEvery?: number;
  /** called after each page */
  readonly onProgress?: (entries: number, seq: number, size: number) => void;
  /** an aborted export throws, and can be resumed */
  readonly signal?: AbortSignal;
}

export interface Exported {
  readonly entries: number;
  /** sequence numbers; undefined where no entry matched */
  readonly first: number | undefined;
  readonly last: number | undefined;
  readonly bytes: number;
  /** of the file, as hex digits */
  readonly sha256: string;
  /** entries in the log that the proof's checkpoint signs */
  readonly size: number;
  /** it went on where another run ended */
  readonly resumed: boolean;
}

/** Turns entries into the bytes of a file, piece by piece. */
export interface EntryEncoder {
  readonly start: string | Uint8Array;
  add(entries: readonly LoggedEntry[]): string | Uint8Array;
  end(): string | Uint8Array;
}
