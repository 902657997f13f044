import { canonicalJson } from '../../kernel/canonical-json.ts';
import { GgenError } from '../../kernel/errors.ts';
import { parseJson } from '../../kernel/json-scan.ts';
import type { LoggedEntry } from '../ports.ts';
import { loggedEntryFromJson, loggedEntryToJson } from './export-entry.ts';

/** What stands before the first entry, and after the last: together one JSON array, an entry a line. */
export const JSON_START = '[';
export const JSON_END = '\n]\n';

/** Entries as lines of the array; `first` where none was written before. */
export function renderJsonEntries(entries: readonly LoggedEntry[], first: boolean): string {
  return entries
    .map((entry, i) => `${first && i === 0 ? '' : ','}\n${canonicalJson(loggedEntryToJson(entry))}`)
    .join('');
}

/** The entries of a whole export. INPUT_INVALID for anything else. */
export function parseJsonExport(text: string): LoggedEntry[] {
  const value = parseJson(text);
  if (!Array.isArray(value)) throw new GgenError('INPUT_INVALID', 'that is no JSON export: it must be an array');
  return value.map(loggedEntryFromJson);
}
