import { canonicalJson } from '../../kernel/canonical-json.ts';
import { GgenError } from '../../kernel/errors.ts';
import type { Json } from '../../kernel/json.ts';
import { parseJson } from '../../kernel/json-scan.ts';
import { auditEntryToJson } from '../entry-json.ts';
import type { LoggedEntry } from '../ports.ts';
import { loggedEntryFromJson } from './export-entry.ts';
import { type ExportReader, MAX_EXPORTED_ENTRY, readWhole } from './export-reader.ts';

const COLUMNS =
  'seq,id,timestamp,event_type,actor_type,actor_id,actor_name,ip_address,operation,operation_parameters,target,' +
  'result,metadata,correlation_id,salt';
const WIDTH = COLUMNS.split(',').length;

/** The first record of a CSV export. */
export const CSV_START = `${COLUMNS}\r\n`;

/** Entries as records of RFC 4180. An absent value is an empty field, an empty text is `""`. */
export function renderCsvEntries(entries: readonly LoggedEntry[]): string {
  return entries.map((entry) => `${cells(entry).map(renderCell).join(',')}\r\n`).join('');
}

function cells(entry: LoggedEntry): (string | undefined)[] {
  const { actor, operation } = entry;
  return [
    String(entry.seq),
    entry.id,
    String(auditEntryToJson(entry).timestamp),
    entry.eventType,
    actor.actorType,
    actor.id,
    actor.name,
    actor.ipAddress,
    operation.name,
    operation.parameters === undefined ? undefined : canonicalJson(operation.parameters),
    entry.target,
    entry.result,
    canonicalJson(entry.metadata),
    entry.correlationId,
    entry.salt,
  ];
}

// THREAT: a spreadsheet runs a cell that begins so as a formula. An apostrophe before it makes it text; one is put
// before a text that begins with an apostrophe too, so that taking one off always gives the text back. Where a
// spreadsheet splits at semicolons, quotes keep what stands behind one from being a cell of its own.
const GUARDED = /^[=+\-@\t\r\n'＝＋－＠]/;

function renderCell(value: string | undefined): string {
  if (value === undefined) return '';
  const text = GUARDED.test(value) ? `'${value}` : value;
  return text === '' || /[",;\t\r\n]/.test(text) || text !== value ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Reads such records, with the names of the columns before them. */
export function readCsvExport(): ExportReader {
  let rest = '';
  let started = false;
  let count = 0;
  const records = (): LoggedEntry[] => {
    const entries: LoggedEntry[] = [];
    const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
    let record: (string | undefined)[] = [];
    let end = 0;
    for (let match = cell.exec(rest); match; match = cell.exec(rest)) {
      record.push(match[1] === undefined ? match[2] || undefined : match[1].replaceAll('""', '"'));
      if (match[3] === ',') continue;
      count += 1;
      entries.push(entryFrom(record, count));
      record = [];
      end = cell.lastIndex;
    }
    rest = rest.slice(end);
    if (rest.length > MAX_EXPORTED_ENTRY) throw invalid(`record ${count + 1} is too long for an entry`);
    return entries;
  };
  return {
    push: (text) => {
      rest += text;
      if (!started) {
        if (rest.length < CSV_START.length) return [];
        if (!rest.startsWith(CSV_START)) throw invalid('its first line does not name the columns of an export');
        started = true;
        rest = rest.slice(CSV_START.length);
      }
      return records();
    },
    end: () => {
      if (!started) throw invalid('its first line does not name the columns of an export');
      if (rest !== '') throw invalid(`record ${count + 1} is torn`);
    },
  };
}

/** The entries of a whole CSV export. INPUT_INVALID, naming the record, for anything else. */
export function parseCsvExport(text: string): LoggedEntry[] {
  return readWhole(readCsvExport(), text);
}

function entryFrom(record: readonly (string | undefined)[], number: number): LoggedEntry {
  if (record.length !== WIDTH) throw invalid(`record ${number} has ${record.length} fields, not ${WIDTH}`);
  const [seq, id, timestamp, eventType, actorType, actorId, actorName, ip, operation, parameters, target, ...rest] =
    record.map((text) => (text?.startsWith("'") ? text.slice(1) : text) ?? null);
  const [result, metadata, correlationId, salt] = rest;
  const json: Json = {
    seq: Number(seq),
    id: id!,
    timestamp: timestamp!,
    event_type: eventType!,
    actor: { actor_type: actorType!, id: actorId!, name: actorName!, ip_address: ip! },
    operation: { name: operation!, parameters: parameters == null ? null : (parseJson(parameters) as Json) },
    target: target!,
    result: result!,
    metadata: metadata == null ? null : (parseJson(metadata) as Json),
    correlation_id: correlationId!,
    salt: salt!,
  };
  return loggedEntryFromJson(json);
}

function invalid(why: string): GgenError {
  return new GgenError('INPUT_INVALID', `that is no CSV export: ${why}`);
}
