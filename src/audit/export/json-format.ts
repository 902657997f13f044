import { canonicalJson } from '../../kernel/canonical-json.ts';
import { GgenError } from '../../kernel/errors.ts';
import type { Json } from '../../kernel/json.ts';
import { parseJson } from '../../kernel/json-scan.ts';
import type { LoggedEntry } from '../ports.ts';
import { loggedEntryFromJson, loggedEntryToJson } from './export-entry.ts';
import { type ExportReader, MAX_EXPORTED_ENTRY, readWhole } from './export-reader.ts';

/** What stands before the first entry, and after the last: together one JSON array, an entry a line. */
export const JSON_START = '[';
export const JSON_END = '\n]\n';

/** Entries as lines of the array; `first` where none was written before. */
export function renderJsonEntries(entries: readonly LoggedEntry[], first: boolean): string {
  return entries
    .map((entry, i) => `${first && i === 0 ? '' : ','}\n${canonicalJson(loggedEntryToJson(entry))}`)
    .join('');
}

/** Reads such an array; other JSON, with the same entries in other lines, is refused. */
export function readJsonExport(): ExportReader {
  let rest = '';
  let expected: 'start' | 'first entry' | 'entry' | 'end' | 'nothing' = 'start';
  let line = 0;
  const take = (text: string): LoggedEntry[] => {
    line += 1;
    if (expected === 'start' && text === JSON_START) {
      expected = 'first entry';
      return [];
    }
    if ((expected === 'end' || expected === 'first entry') && text === ']') {
      expected = 'nothing';
      return [];
    }
    if (expected !== 'entry' && expected !== 'first entry') throw invalid(`line ${line} is not expected there`);
    const another = text.endsWith(',');
    expected = another ? 'entry' : 'end';
    return [loggedEntryFromJson(jsonOf(another ? text.slice(0, -1) : text, line))];
  };
  return {
    push: (text) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop()!;
      if (rest.length > MAX_EXPORTED_ENTRY) throw invalid(`line ${line + lines.length + 1} is too long for an entry`);
      return lines.flatMap(take);
    },
    end: () => {
      if (expected !== 'nothing' || rest !== '') throw invalid('it is cut off, or more follows its end');
    },
  };
}

/** The entries of a whole export. INPUT_INVALID for anything else. */
export function parseJsonExport(text: string): LoggedEntry[] {
  return readWhole(readJsonExport(), text);
}

function jsonOf(text: string, line: number): Json {
  try {
    return parseJson(text) as Json;
  } catch (error) {
    throw invalid(`line ${line} is no JSON object (${(error as Error).message})`);
  }
}

function invalid(why: string): GgenError {
  return new GgenError('INPUT_INVALID', `that is no JSON export: ${why}`);
}
