import type { AuditFilter, EntryTexts, LoggedEntry } from '../../audit/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import type { RecordedEntry } from '../../model/audit-entry.ts';
import type { Connections, Row, Session } from './connections.ts';
import { reading } from './connections.ts';
import { entryFromRow, loggedFromRow, textsFromRow } from './entry-row.ts';
import { packId } from './entry-values.ts';
import { readHead } from './log-tables.ts';
import { unpackRows } from './packed-entries.ts';

const HOUR_MS = 3_600_000;
const MAX_TIME = 8.64e15;

/** How many rows are read at once where each must be looked into, or handed on. */
const PAGE = 500;

/** The columns with an index, which has their beginning and the sequence number. */
const INDEXED = [
  ['actor', 'actor_id', 100],
  ['operation', 'operation', 100],
  ['eventType', 'event_type', 100],
] as const;

/** The entries that a filter asks for, newest first. */
export async function queryEntries(session: Session, filter: AuditFilter): Promise<RecordedEntry[]> {
  if (filter.text === undefined) return (await queryRows(session, filter)).map(entryFromRow);
  const wanted = foldAscii(filter.text);
  const found: RecordedEntry[] = [];
  let beforeSeq = filter.beforeSeq;
  while (found.length < filter.limit) {
    const rows = await queryRows(session, {
      ...filter,
      ...(beforeSeq === undefined ? {} : { beforeSeq }),
      limit: PAGE,
    });
    for (const row of rows) if (rowHolds(row, wanted)) found.push(entryFromRow(row));
    if (rows.length < PAGE) break;
    beforeSeq = Number(rows.at(-1)!.seq);
  }
  return found.slice(0, filter.limit);
}

/** The entries that a filter asks for, oldest first, some at a time; stops where the log ended when it was called. */
export async function* readPages(
  db: Connections,
  filter: Omit<AuditFilter, 'limit'>,
): AsyncGenerator<readonly LoggedEntry[]> {
  const wanted = filter.text === undefined ? undefined : foldAscii(filter.text);
  for await (const rows of pages(db, filter)) {
    const entries = wanted === undefined ? rows : rows.filter((row) => rowHolds(row, wanted));
    if (entries.length > 0) yield entries.map(loggedFromRow);
  }
}

/** The sequence number of the entry with this id, a UUID in either case or another text. */
export async function seqOf(session: Session, id: string): Promise<number | undefined> {
  if (!isText(id)) return undefined;
  const [row] = await session.query('SELECT seq FROM audit_entries WHERE id = $1', [packId(id.toLowerCase())]);
  return row === undefined ? undefined : Number(row.seq);
}

/** All entries after `afterSeq`, oldest first, as they lie in the store. */
export async function* replayPages(
  db: Connections,
  afterSeq: number,
): AsyncGenerator<readonly { readonly seq: number; readonly texts: EntryTexts; readonly salt: Uint8Array }[]> {
  for await (const rows of pages(db, { afterSeq })) {
    yield rows.map((row) => ({ seq: Number(row.seq), texts: textsFromRow(row), salt: row.salt as Buffer }));
  }
}

async function* pages(db: Connections, filter: Omit<AuditFilter, 'limit'>): AsyncGenerator<readonly Row[]> {
  const { size } = await reading(db, readHead);
  const beforeSeq = Math.min(size + 1, filter.beforeSeq ?? Number.MAX_SAFE_INTEGER);
  for (let afterSeq = filter.afterSeq ?? 0; ; ) {
    const rows = await reading(db, (session) =>
      queryRows(session, { ...filter, afterSeq, beforeSeq, limit: PAGE }, 'ASC'),
    );
    if (rows.length > 0) yield rows;
    if (rows.length < PAGE) return;
    afterSeq = Number(rows.at(-1)!.seq);
  }
}

async function queryRows(
  session: Session,
  filter: AuditFilter,
  order: 'ASC' | 'DESC' = 'DESC',
): Promise<readonly Row[]> {
  const question = entryQuery(filter, order);
  return question === undefined ? [] : unpackRows(session, await session.query(question.sql, question.values));
}

/**
 * A filter as SQL; undefined where nothing can match it. A range of time becomes a range of sequence numbers too,
 * through the hours it touches, so that a far end of the log is not read from its near end on.
 */
export function entryQuery(
  filter: AuditFilter,
  order: 'ASC' | 'DESC' = 'DESC',
): { sql: string; values: readonly unknown[] } | undefined {
  if (!Number.isInteger(filter.limit) || filter.limit < 0) {
    throw new GgenError('INPUT_INVALID', `limit ${filter.limit} is no whole number from 0`);
  }
  const where: string[] = [];
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  for (const [key, column, length] of INDEXED) {
    const wanted = filter[key];
    if (wanted === undefined) continue;
    if (!isText(wanted)) return undefined;
    const bound = bind(wanted);
    where.push(`left(${column}, ${length}) = left(${bound}::text, ${length})`, `${column} = ${bound}`);
    // The index leaves these out, and Postgres must be told that the question does so too.
    if (key === 'eventType' && wanted !== 'agent_action') where.push("event_type <> 'agent_action'");
  }
  if (filter.correlationId !== undefined) {
    if (!isText(filter.correlationId)) return undefined;
    const bound = bind(packId(filter.correlationId));
    where.push(
      `substring(correlation_id FROM 1 FOR 64) = substring(${bound}::bytea FROM 1 FOR 64)`,
      `correlation_id = ${bound}`,
    );
  }
  if (filter.result !== undefined) {
    where.push(`result = ${bind(filter.result)}`);
    // As above: nearly all entries are one of these.
    if (filter.result !== 'success' && filter.result !== 'unknown') where.push("result NOT IN ('success', 'unknown')");
  }
  if (filter.afterSeq !== undefined) where.push(`seq > ${bind(whole(filter.afterSeq))}`);
  if (filter.beforeSeq !== undefined) where.push(`seq < ${bind(whole(filter.beforeSeq))}`);
  if (filter.from !== undefined) {
    const from = instant(filter.from);
    const hour = bind(Math.floor(from / HOUR_MS));
    where.push(`seq >= (SELECT min(first_seq) FROM audit_hours WHERE hour >= ${hour})`);
    where.push(`timestamp >= ${bind(from)}`);
  }
  if (filter.to !== undefined) {
    const to = instant(filter.to);
    const hour = bind(Math.floor(to / HOUR_MS));
    // The run that follows the last one of this hour or an earlier one.
    where.push(
      `seq < coalesce((SELECT min(first_seq) FROM audit_hours WHERE first_seq > ` +
        `(SELECT max(first_seq) FROM audit_hours WHERE hour <= ${hour})), ${Number.MAX_SAFE_INTEGER})`,
    );
    where.push(`timestamp < ${bind(to)}`);
  }
  const condition = where.length > 0 ? ` WHERE ${where.join(' AND ')}` : '';
  return { sql: `SELECT * FROM audit_entries${condition} ORDER BY seq ${order} LIMIT ${bind(filter.limit)}`, values };
}

/** Text that Postgres can't hold is in no entry. */
function isText(value: string): boolean {
  return value.isWellFormed() && !value.includes('\0');
}

function whole(seq: number): number {
  return Math.min(Math.max(Math.trunc(seq), -1), Number.MAX_SAFE_INTEGER);
}

function instant(time: number): number {
  return Math.min(Math.max(Math.ceil(time), 0), MAX_TIME);
}

function foldAscii(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function rowHolds(row: Row, wanted: string): boolean {
  const texts = [row.target, row.parameters, row.metadata, row.actor_name];
  return texts.some((text) => typeof text === 'string' && foldAscii(text).includes(wanted));
}
