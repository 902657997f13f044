import type { FileHandle } from 'node:fs/promises';
import { brotliDecompressSync } from 'node:zlib';
import type { LoggedEntry } from '../../audit/index.ts';
import { GgenError, isGgenError } from '../../kernel/errors.ts';
import { entryFromRow } from './parquet-columns.ts';

/** What one page of one column may hold, so that a small file doesn't fill the memory: bytes. */
const MAX_PAGE = 256 * 1024 * 1024;
const MAX_GROUP = 1_000_000;
const ENCODINGS: ReadonlySet<string> = new Set(['PLAIN', 'RLE', 'RLE_DICTIONARY']);

/**
 * The entries of a Parquet file, a row group at a time. INPUT_INVALID where it is no export.
 * THREAT: a damaged page can make hyparquet loop for ever, so a file is compared with its checksum before it is read
 * here. Who forges both can stall a reader; an entry that was not recorded still can't be made to hold.
 */
export async function* readParquet(file: FileHandle): AsyncGenerator<LoggedEntry> {
  const { parquetMetadataAsync, parquetReadObjects } = await import('hyparquet');
  const { size } = await file.stat();
  const buffer = {
    byteLength: size,
    slice: async (start: number, end: number = size): Promise<ArrayBuffer> => {
      if (start < 0 || start > end || end > size) throw invalid('it points outside itself');
      const bytes = new Uint8Array(end - start);
      let at = 0;
      while (at < bytes.length) {
        const { bytesRead } = await file.read(bytes, at, bytes.length - at, start + at);
        if (bytesRead === 0) throw invalid('it ends too early');
        at += bytesRead;
      }
      return bytes.buffer;
    },
  };
  const metadata = await reading(() => parquetMetadataAsync(buffer));
  let rowStart = 0;
  for (const { num_rows, columns } of metadata.row_groups) {
    if (num_rows > MAX_GROUP) throw invalid('a row group is too large');
    const foreign = columns.flatMap((column) => column.meta_data?.encodings ?? []).find((one) => !ENCODINGS.has(one));
    if (foreign !== undefined) throw invalid(`encoding ${foreign} is not read`);
    const rowEnd = rowStart + Number(num_rows);
    const rows = await reading(() =>
      parquetReadObjects({ file: buffer, metadata, rowStart, rowEnd, compressors: { BROTLI: decompress } }),
    );
    for (const row of rows) yield entryFromRow(row);
    rowStart = rowEnd;
  }
}

async function reading<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw isGgenError(error)
      ? error
      : invalid(error instanceof Error ? error.message.split('\n', 1)[0]! : 'unreadable');
  }
}

function decompress(input: Uint8Array, outputLength: number): Uint8Array {
  if (outputLength > MAX_PAGE) throw invalid('a page is too large');
  return brotliDecompressSync(input, { maxOutputLength: Math.max(1, outputLength) });
}

function invalid(why: string): GgenError {
  return new GgenError('INPUT_INVALID', `that is no Parquet export: ${why}`);
}
