import type { SQLInputValue } from 'node:sqlite';
import type { AuditFilter, LoggedEntry, StoredEntry } from '../../audit/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import type { RecordedEntry } from '../../model/audit-entry.ts';
import { OWN_TEXTS } from '../blocks/index.ts';
import type { Database, Row } from './database.ts';
import { entryFromRow, loggedFromRow, packId, storedFromValues } from './entry-row.ts';
import { readHead } from './head-table.ts';
import { createUnpack, type Unpack, unpackRow } from './packed-table.ts';

const HOUR_MS = 3_600_000;

/**
 * The columns with an index, the most selective first. An index on a column holds the sequence number too, so that
 * rows come newest first without sorting. Where a filter names several, the first finds sequence numbers and the
 * others are asked for each of them, all in indexes: only an entry that all of them have is read (50 against 6 ms of
 * one entry in 600). An event type that nearly all entries have is in no index: the newest are soon found without.
 */
const INDEXED = [
  ['correlationId', 'correlation_id'],
  ['result', 'result'],
  ['actor', 'actor_id'],
  ['operation', 'operation'],
  ['eventType', 'event_type'],
] as const;
type Indexed = (typeof INDEXED)[number];

/** What most entries are, and their index leaves out: SQLite must be told that the question does so too. */
const COMMON = { eventType: ['agent_action'], result: ['success', 'unknown'] } as const;
const isRare = <K extends keyof typeof COMMON>(key: K, asked: string | undefined): boolean =>
  asked !== undefined && !(COMMON[key] as readonly string[]).includes(asked);

/** Where the first run of entries begins that are of this hour or a later one. */
const FIRST_SINCE = 'SELECT first_seq FROM audit_hours WHERE hour >= ? ORDER BY first_seq LIMIT 1';
/** Where the run begins that follows the last run of entries of this hour or an earlier one. */
const FIRST_AFTER =
  'SELECT coalesce((SELECT min(next.first_seq) FROM audit_hours next WHERE next.first_seq > run.first_seq), ' +
  `${Number.MAX_SAFE_INTEGER}) FROM audit_hours run WHERE run.hour <= ? ORDER BY run.first_seq DESC LIMIT 1`;

/** How many rows are read at once where each must be looked into. */
const PAGE = 500;

/** The entries that a filter asks for, newest first. */
export function queryEntries(db: Database, filter: AuditFilter, unpack: Unpack): RecordedEntry[] {
  if (filter.text === undefined) return queryRows(db, filter, unpack).map(entryFromRow);
  const wanted = foldAscii(filter.text);
  const found: RecordedEntry[] = [];
  let beforeSeq = filter.beforeSeq;
  while (found.length < filter.limit) {
    const rows = queryRows(db, { ...filter, ...(beforeSeq === undefined ? {} : { beforeSeq }), limit: PAGE }, unpack);
    for (const row of rows) if (rowHolds(row, wanted)) found.push(entryFromRow(row));
    if (rows.length < PAGE) break;
    beforeSeq = Number(rows.at(-1)!.seq);
  }
  return found.slice(0, filter.limit);
}

/** What is packed is older than all that is not. */
function queryRows(db: Database, filter: AuditFilter, unpack: Unpack, order: 'ASC' | 'DESC' = 'DESC'): Row[] {
  const look = (table: 'audit_entries' | 'audit_packed', limit: number): Row[] => {
    const { sql, values } = entryQuery({ ...filter, limit }, table, order);
    const rows = db.all(sql, ...values);
    return table === 'audit_packed' ? rows.map((row) => unpackRow(row, unpack)) : rows;
  };
  // Rows may be moved from one table to the other between two looks.
  return db.snapshot(() => {
    const [first, second] =
      order === 'DESC' ? (['audit_entries', 'audit_packed'] as const) : (['audit_packed', 'audit_entries'] as const);
    const rows = look(first, filter.limit);
    return rows.length >= filter.limit ? rows : [...rows, ...look(second, filter.limit - rows.length)];
  });
}

function foldAscii(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function rowHolds(row: Row, wanted: string): boolean {
  const texts = [row.target, row.operation_parameters, row.metadata, row.actor_name];
  return texts.some((text) => typeof text === 'string' && foldAscii(text).includes(wanted));
}

/** The entries that a filter asks for, oldest first, some at a time; stops where the log ended when it was called. */
export function* readPages(db: Database, filter: Omit<AuditFilter, 'limit'>, unpack: Unpack): Generator<LoggedEntry[]> {
  const beforeSeq = Math.min(readHead(db).size + 1, filter.beforeSeq ?? Number.MAX_SAFE_INTEGER);
  const wanted = filter.text === undefined ? undefined : foldAscii(filter.text);
  for (let afterSeq = filter.afterSeq ?? 0; ; ) {
    const rows = queryRows(db, { ...filter, afterSeq, beforeSeq, limit: PAGE }, unpack, 'ASC');
    const entries = wanted === undefined ? rows : rows.filter((row) => rowHolds(row, wanted));
    if (entries.length > 0) yield entries.map(loggedFromRow);
    if (rows.length < PAGE) return;
    afterSeq = Number(rows.at(-1)!.seq);
  }
}

const SHARED_VALUES = 'seq, salt, id, timestamp, event_type, actor_id, operation, result, correlation_id';
/** How many they are. */
const SHARED = 9;
const replayOf = (table: string, own: string): string =>
  `SELECT ${SHARED_VALUES}${own} FROM ${table} WHERE seq > ? AND seq < ? ORDER BY seq LIMIT ?`;
const REPLAY_PACKED = replayOf('audit_packed', '');
const REPLAY = replayOf('audit_entries', `, ${OWN_TEXTS.join(', ')}`);

/** As readPages, of every entry from then to now, and without reading JSON. */
export function* replayPages(db: Database, afterSeq: number): Generator<StoredEntry[]> {
  const unpack = createUnpack(db);
  const beforeSeq = readHead(db).size + 1;
  for (let after = afterSeq; ; ) {
    // Rows may be moved from one table to the other between two looks.
    const entries = db.snapshot(() => {
      const packed = db.allValues(REPLAY_PACKED, after, beforeSeq, PAGE);
      const rest = packed.length < PAGE ? db.allValues(REPLAY, after, beforeSeq, PAGE - packed.length) : [];
      return [
        ...packed.map((row) => storedFromValues(row, unpack(Number(row[0])))),
        ...rest.map((row) => storedFromValues(row, row.slice(SHARED) as (string | null)[])),
      ];
    });
    if (entries.length > 0) yield entries;
    if (entries.length < PAGE) return;
    after = entries.at(-1)!.seq;
  }
}

export function seqOf(db: Database, id: string): number | undefined {
  const wanted = packId(id.toLowerCase());
  return db.snapshot(() => {
    const row =
      db.get('SELECT seq FROM audit_entries WHERE id = ?', wanted) ??
      db.get('SELECT seq FROM audit_packed WHERE id = ?', wanted);
    return row === undefined ? undefined : Number(row.seq);
  });
}

/** A filter as SQL. A range of time becomes a range of sequence numbers first, through the hours it touches. */
export function entryQuery(
  filter: AuditFilter,
  table: 'audit_entries' | 'audit_packed',
  order: 'ASC' | 'DESC' = 'DESC',
): { sql: string; values: readonly SQLInputValue[] } {
  if (!Number.isInteger(filter.limit) || filter.limit < 0) {
    throw new GgenError('INPUT_INVALID', `limit ${filter.limit} is no whole number from 0`);
  }
  const where: string[] = [];
  const values: SQLInputValue[] = [];
  const add = (sql: string, ...bound: SQLInputValue[]): void => {
    where.push(sql);
    values.push(...bound);
  };
  const named = INDEXED.filter(([key]) => filter[key] !== undefined);
  const finding = findersOf(named, filter);
  const joined = finding.length > 1;
  /** whose sequence numbers are in a range and in order */
  const first = joined ? 'found_0' : table;
  for (const [key, column] of named) {
    const bound = key === 'correlationId' ? packId(filter[key]!) : filter[key]!;
    const place = finding.findIndex((one) => one[0] === key);
    // `+` keeps SQLite from taking another index.
    if (place === -1) add(`+${table}.${column} = ?`, bound);
    else add(`${joined ? `found_${place}` : table}.${column} = ?`, bound);
    if (joined && place > 0) where.push(`found_${place}.seq = found_0.seq`);
  }
  if (joined) where.push(`${table}.seq = found_0.seq`);
  for (const [place, [key, column]] of finding.entries()) {
    if (!(key in COMMON)) continue;
    const common = COMMON[key as keyof typeof COMMON];
    for (const value of common) where.push(`${joined ? `found_${place}` : table}.${column} <> '${value}'`);
  }
  if (filter.afterSeq !== undefined) add(`${first}.seq > ?`, filter.afterSeq);
  if (filter.beforeSeq !== undefined) add(`${first}.seq < ?`, filter.beforeSeq);
  if (filter.from !== undefined) {
    add(`${first}.seq >= (${FIRST_SINCE})`, Math.floor(filter.from / HOUR_MS));
    add(`+${table}.timestamp >= ?`, filter.from);
  }
  if (filter.to !== undefined) {
    add(`${first}.seq < (${FIRST_AFTER})`, Math.floor(filter.to / HOUR_MS));
    add(`+${table}.timestamp < ?`, filter.to);
  }
  const condition = where.length > 0 ? ` WHERE ${where.join(' AND ')}` : '';
  // CROSS JOIN keeps this order.
  const from = joined
    ? [...finding.map(([, column], i) => `${table} found_${i} INDEXED BY ${table}_${column}`), table].join(
        ' CROSS JOIN ',
      )
    : table;
  return {
    sql: `SELECT ${table}.* FROM ${from}${condition} ORDER BY ${first}.seq ${order} LIMIT ?`,
    values: [...values, filter.limit],
  };
}

/** Those of the columns named that find entries through their index. A correlation id has few: it needs no others. */
function findersOf(named: readonly Indexed[], filter: AuditFilter): readonly Indexed[] {
  const [most] = named;
  if (most?.[0] === 'correlationId') return [most];
  return named.filter(([key]) => !(key in COMMON) || isRare(key as keyof typeof COMMON, filter[key]));
}
