import type { SQLInputValue } from 'node:sqlite';
import type { AuditFilter } from '../../audit/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import type { JsonObject } from '../../kernel/json.ts';
import type { ActorType } from '../../model/actor.ts';
import type { AuditEntry, EventType, OperationResult, RecordedEntry } from '../../model/audit-entry.ts';
import type { Database, Row } from './database.ts';

/** The largest entry that is recorded, in UTF-16 code units of its texts and JSON. */
export const MAX_ENTRY_LENGTH = 1024 * 1024;
const HOUR_MS = 3_600_000;

const INSERT =
  'INSERT INTO audit_entries (id, timestamp, event_type, actor_type, actor_id, actor_name, ip_address, operation, ' +
  'operation_parameters, target, result, metadata, correlation_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)';

/** An entry as it is going to be written: what the caller does to its object afterwards changes nothing. */
export interface PreparedEntry {
  readonly values: readonly SQLInputValue[];
  readonly bytes: number;
}

/** Throws INPUT_INVALID for what has no JSON form, names no instant, or is larger than an entry may be. */
export function prepareEntry(entry: AuditEntry): PreparedEntry {
  if (!Number.isSafeInteger(entry.timestamp) || entry.timestamp < 0) {
    throw new GgenError('INPUT_INVALID', `timestamp ${entry.timestamp} is no instant in milliseconds since 1970`);
  }
  const { actor, operation } = entry;
  const values = [
    entry.id,
    entry.timestamp,
    entry.eventType,
    actor.actorType,
    actor.id,
    actor.name,
    actor.ipAddress ?? null,
    operation.name,
    operation.parameters === undefined ? null : toJson(operation.parameters, 'operation parameters'),
    entry.target ?? null,
    entry.result,
    toJson(entry.metadata, 'metadata'),
    entry.correlationId ?? null,
  ];
  let length = 0;
  for (const value of values) {
    if (typeof value !== 'string') continue;
    length += value.length;
    assertStorable(value, 'an entry');
  }
  if (length > MAX_ENTRY_LENGTH) {
    throw new GgenError('INPUT_INVALID', `an entry of ${length} characters; at most ${MAX_ENTRY_LENGTH} are recorded`);
  }
  return { values, bytes: 2 * length + 200 };
}

/** Appends to the log; its sequence number. Only inside a transaction. */
export function insertEntry(db: Database, { values }: PreparedEntry): number {
  return Number(db.run(INSERT, ...values).lastInsertRowid);
}

/**
 * The columns with an index, the most selective first: the first that a filter names finds the rows, and `+` keeps
 * SQLite from taking another. An index on a column holds the sequence number too, so that rows come newest first
 * without sorting. An event type that nearly all entries have is in no index: the newest are soon found without.
 */
const INDEXED = [
  ['correlationId', 'correlation_id'],
  ['actor', 'actor_id'],
  ['operation', 'operation'],
  ['eventType', 'event_type'],
] as const;

/** Where the first run of entries begins that are of this hour or a later one. */
const FIRST_SINCE = 'SELECT first_seq FROM audit_hours WHERE hour >= ? ORDER BY first_seq LIMIT 1';
/** Where the run begins that follows the last run of entries of this hour or an earlier one. */
const FIRST_AFTER =
  'SELECT coalesce((SELECT min(next.first_seq) FROM audit_hours next WHERE next.first_seq > run.first_seq), ' +
  `${Number.MAX_SAFE_INTEGER}) FROM audit_hours run WHERE run.hour <= ? ORDER BY run.first_seq DESC LIMIT 1`;

/** The entries that a filter asks for, newest first. */
export function queryEntries(db: Database, filter: AuditFilter): RecordedEntry[] {
  const { sql, values } = entryQuery(filter);
  return db.all(sql, ...values).map(entryFromRow);
}

/** A filter as SQL. A range of time becomes a range of sequence numbers first, through the hours it touches. */
export function entryQuery(filter: AuditFilter): { sql: string; values: readonly SQLInputValue[] } {
  if (!Number.isInteger(filter.limit) || filter.limit < 0) {
    throw new GgenError('INPUT_INVALID', `limit ${filter.limit} is no whole number from 0`);
  }
  const where: string[] = [];
  const values: SQLInputValue[] = [];
  const add = (sql: string, ...bound: SQLInputValue[]): void => {
    where.push(sql);
    values.push(...bound);
  };
  let driven = false;
  for (const [key, column] of INDEXED) {
    const wanted = filter[key];
    if (wanted === undefined) continue;
    add(`${driven ? '+' : ''}${column} = ?`, wanted);
    driven = true;
  }
  // The index leaves these out, and SQLite must be told that the question does so too.
  if (filter.eventType !== undefined && filter.eventType !== 'agent_action') where.push("event_type <> 'agent_action'");
  if (filter.result !== undefined) add('+result = ?', filter.result);
  if (filter.afterSeq !== undefined) add('seq > ?', filter.afterSeq);
  if (filter.beforeSeq !== undefined) add('seq < ?', filter.beforeSeq);
  if (filter.from !== undefined) {
    add(`seq >= (${FIRST_SINCE})`, Math.floor(filter.from / HOUR_MS));
    add('+timestamp >= ?', filter.from);
  }
  if (filter.to !== undefined) {
    add(`seq < (${FIRST_AFTER})`, Math.floor(filter.to / HOUR_MS));
    add('+timestamp < ?', filter.to);
  }
  const condition = where.length > 0 ? ` WHERE ${where.join(' AND ')}` : '';
  return {
    sql: `SELECT * FROM audit_entries${condition} ORDER BY seq DESC LIMIT ?`,
    values: [...values, filter.limit],
  };
}

function entryFromRow(row: Row): RecordedEntry {
  const ipAddress = row.ip_address as string | null;
  const parameters = row.operation_parameters as string | null;
  const target = row.target as string | null;
  const correlationId = row.correlation_id as string | null;
  return {
    seq: Number(row.seq),
    id: row.id as string,
    timestamp: Number(row.timestamp),
    eventType: row.event_type as EventType,
    actor: {
      actorType: row.actor_type as ActorType,
      id: row.actor_id as string,
      name: row.actor_name as string,
      ...(ipAddress === null ? {} : { ipAddress }),
    },
    operation: {
      name: row.operation as string,
      ...(parameters === null ? {} : { parameters: JSON.parse(parameters) as JsonObject }),
    },
    ...(target === null ? {} : { target }),
    result: row.result as OperationResult,
    metadata: JSON.parse(row.metadata as string) as JsonObject,
    ...(correlationId === null ? {} : { correlationId }),
  };
}

/** INPUT_INVALID for text that would be recorded, or read back, as something else than it is. */
export function assertStorable(text: string, what: string): void {
  if (!text.isWellFormed()) {
    throw new GgenError('INPUT_INVALID', `a text of ${what} holds a lone surrogate, which has no UTF-8 form`);
  }
  // node:sqlite of Node 22 ends a text at its first NUL
  if (text.includes('\0')) throw new GgenError('INPUT_INVALID', `a text of ${what} holds a NUL character`);
}

/** JSON text of what a caller handed in; INPUT_INVALID for cycles, endless nesting and values without a JSON form. */
export function toJson(value: unknown, what: string): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    throw new GgenError('INPUT_INVALID', `${what} can't be written as JSON`, { cause: error });
  }
  if (text === undefined) throw new GgenError('INPUT_INVALID', `${what} can't be written as JSON`);
  return text;
}
