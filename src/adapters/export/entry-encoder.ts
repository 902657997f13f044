import {
  CSV_START,
  JSON_END,
  JSON_START,
  type LoggedEntry,
  renderCsvEntries,
  renderJsonEntries,
} from '../../audit/index.ts';
import { openParquetEncoder } from './parquet-encoder.ts';
import type { ExportFormat } from './types.ts';

/** Turns entries into the bytes of a file, piece by piece. */
export interface EntryEncoder {
  readonly start: string | Uint8Array;
  add(entries: readonly LoggedEntry[]): string | Uint8Array;
  end(): string | Uint8Array;
}

/** `before`: entries that are in the file already. */
export async function openEncoder(format: ExportFormat, before: number): Promise<EntryEncoder> {
  if (format === 'parquet') return openParquetEncoder();
  if (format === 'csv') return { start: CSV_START, add: renderCsvEntries, end: () => '' };
  let first = before === 0;
  return {
    start: JSON_START,
    add: (entries) => {
      const text = renderJsonEntries(entries, first);
      if (entries.length > 0) first = false;
      return text;
    },
    end: () => JSON_END,
  };
}
