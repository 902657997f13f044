import { type FileHandle, open } from 'node:fs/promises';
import { type LoggedEntry, readCsvExport, readJsonExport } from '../../audit/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import { readParquet } from './read-parquet.ts';
import type { ExportFormat } from './types.ts';

const PIECE = 256 * 1024;

/** The format of an exported file. USAGE where it can't be read. */
export async function readFormat(path: string): Promise<ExportFormat> {
  const file = await opened(path);
  try {
    return await formatOf(file);
  } finally {
    await file.close();
  }
}

/** An export's entries, oldest first as they stand in the file; its format shows by how it begins. Bounded memory. */
export async function* readExport(path: string): AsyncGenerator<LoggedEntry> {
  const file = await opened(path);
  try {
    const format = await formatOf(file);
    yield* format === 'parquet' ? readParquet(file) : readText(file, format);
  } finally {
    await file.close();
  }
}

async function opened(path: string): Promise<FileHandle> {
  try {
    const file = await open(path, 'r');
    if ((await file.stat()).isFile()) return file;
    await file.close();
  } catch (error) {
    throw new GgenError('USAGE', `${path} can't be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown reason'}`);
  }
  throw new GgenError('USAGE', `${path} is no file`);
}

/** By the file's first bytes. */
async function formatOf(file: FileHandle): Promise<ExportFormat> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
  const start = buffer.toString('latin1', 0, bytesRead);
  if (start === 'PAR1') return 'parquet';
  return start.startsWith('[') ? 'json' : 'csv';
}

async function* readText(file: FileHandle, format: ExportFormat): AsyncGenerator<LoggedEntry> {
  const reader = format === 'json' ? readJsonExport() : readCsvExport();
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const decode = (bytes?: Uint8Array): string => {
    try {
      return bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode();
    } catch {
      throw new GgenError('INPUT_INVALID', 'that is no export: it is not UTF-8 text');
    }
  };
  const piece = Buffer.alloc(PIECE);
  for (let at = 0; ; ) {
    const { bytesRead } = await file.read(piece, 0, PIECE, at);
    if (bytesRead === 0) break;
    at += bytesRead;
    yield* reader.push(decode(piece.subarray(0, bytesRead)));
  }
  yield* reader.push(decode());
  reader.end();
}
