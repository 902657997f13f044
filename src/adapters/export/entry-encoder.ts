import { CSV_START, JSON_END, JSON_START, renderCsvEntries, renderJsonEntries } from '../../audit/index.ts';
import { openParquetEncoder } from './parquet-encoder.ts';
import type { EntryEncoder, ExportFormat } from './types.ts';

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
