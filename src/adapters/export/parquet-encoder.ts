import { brotliCompressSync, constants } from 'node:zlib';
import type { LoggedEntry } from '../../audit/index.ts';
import { PARQUET_SCHEMA, parquetColumns } from './parquet-columns.ts';
import type { EntryEncoder } from './types.ts';

/** Entries in a row group: what is held in memory, and what a reader reads at once. */
const GROUP = 32_768;
const PAGE_BYTES = 16 * 1024 * 1024;
const QUALITY = 5;

/** Entries as Parquet: row groups of columns, each column compressed with Brotli. Loads its writer when it is opened. */
export async function openParquetEncoder(): Promise<EntryEncoder> {
  const { ByteWriter, ParquetWriter } = await import('hyparquet-writer');
  const bytes = new ByteWriter();
  const writer = new ParquetWriter({
    writer: bytes,
    schema: PARQUET_SCHEMA,
    codec: 'BROTLI',
    compressors: { BROTLI: compress },
    createdBy: 'ggen-governance',
  });
  /** What was written since the last time. */
  const taken = (): Uint8Array => {
    const written = bytes.getBytes().slice();
    bytes.index = 0;
    return written;
  };
  let waiting: LoggedEntry[] = [];
  const writeGroup = (): void => {
    if (waiting.length > 0)
      void writer.write({ columnData: parquetColumns(waiting), rowGroupSize: GROUP, pageSize: PAGE_BYTES });
    waiting = [];
  };
  return {
    start: taken(),
    add: (entries) => {
      for (const entry of entries) {
        waiting.push(entry);
        if (waiting.length === GROUP) writeGroup();
      }
      return taken();
    },
    end: () => {
      writeGroup();
      void writer.finish();
      return taken();
    },
  };
}

function compress(input: Uint8Array): Uint8Array {
  return brotliCompressSync(input, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: QUALITY,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: input.length,
    },
  });
}
