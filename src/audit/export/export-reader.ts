import type { LoggedEntry } from '../ports.ts';

/** What an entry may take of an export, so that a file that is none doesn't fill the memory: characters. */
export const MAX_EXPORTED_ENTRY = 4 * 1024 * 1024;

/** Reads an export as its text comes in. Both throw INPUT_INVALID for what is none. */
export interface ExportReader {
  /** The entries that are complete with this further text. */
  push(text: string): LoggedEntry[];
  /** After the last text: throws where an entry is torn, or the end is missing. */
  end(): void;
}

/** The entries of a whole export. */
export function readWhole(reader: ExportReader, text: string): LoggedEntry[] {
  const entries = reader.push(text);
  reader.end();
  return entries;
}
