import type { SQLInputValue } from 'node:sqlite';
import { type EntryTexts, entryFromTexts, entryTexts, type LoggedEntry, type StoredEntry } from '../../audit/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import type { ActorType } from '../../model/actor.ts';
import type { AuditEntry, EventType, OperationResult, RecordedEntry } from '../../model/audit-entry.ts';
import type { Database, Row } from './database.ts';

/** The largest entry that is recorded, in UTF-16 code units of its texts and JSON. */
export const MAX_ENTRY_LENGTH = 1024 * 1024;

const INSERT =
  'INSERT INTO audit_entries (seq, id, timestamp, event_type, actor_id, operation, result, correlation_id, salt, leaf, ' +
  'actor_type, actor_name, ip_address, operation_parameters, target, metadata) ' +
  'VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)';

/** An entry as it is going to be written: what the caller does to its object afterwards changes nothing. */
export interface PreparedEntry {
  readonly texts: EntryTexts;
  /** roughly what it holds in memory */
  readonly bytes: number;
}

/** Throws INPUT_INVALID for what has no JSON form, names no instant, or is larger than an entry may be. */
export function prepareEntry(entry: AuditEntry): PreparedEntry {
  if (!Number.isSafeInteger(entry.timestamp) || entry.timestamp < 0 || entry.timestamp > 8.64e15) {
    throw new GgenError('INPUT_INVALID', `timestamp ${entry.timestamp} is no instant in milliseconds since 1970`);
  }
  const texts = entryTexts(entry);
  let length = 0;
  for (const value of Object.values(texts)) {
    if (typeof value !== 'string') continue;
    length += value.length;
    assertStorable(value, 'an entry');
  }
  if (length > MAX_ENTRY_LENGTH) {
    throw new GgenError('INPUT_INVALID', `an entry of ${length} characters; at most ${MAX_ENTRY_LENGTH} are recorded`);
  }
  return { texts, bytes: 2 * length + 200 };
}

/** Writes a row of the log. Only inside a transaction, by the log's writer. */
export function insertEntry(
  db: Database,
  seq: number,
  { texts }: PreparedEntry,
  salt: Uint8Array,
  leaf: Uint8Array,
): void {
  db.run(
    INSERT,
    seq,
    packId(texts.id),
    texts.timestamp,
    texts.eventType,
    texts.actorId,
    texts.operation,
    texts.result,
    texts.correlationId === null ? null : packId(texts.correlationId),
    salt,
    leaf,
    texts.actorType,
    texts.actorName,
    texts.ipAddress,
    texts.parameters,
    texts.target,
    texts.metadata,
  );
}

/** The texts of a row; what is packed must have been unpacked into its columns. */
export function textsFromRow(row: Row): EntryTexts {
  return {
    id: unpackId(row.id),
    timestamp: Number(row.timestamp),
    eventType: row.event_type as EventType,
    actorType: row.actor_type as ActorType,
    actorId: row.actor_id as string,
    actorName: row.actor_name as string,
    ipAddress: row.ip_address as string | null,
    operation: row.operation as string,
    parameters: row.operation_parameters as string | null,
    target: row.target as string | null,
    result: row.result as OperationResult,
    metadata: row.metadata as string,
    correlationId: row.correlation_id === null ? null : unpackId(row.correlation_id),
  };
}

/**
 * An entry from values in this order: seq, salt, id, timestamp, event_type, actor_id, operation, result,
 * correlation_id; `own` are its actor_type, actor_name, ip_address, operation_parameters, target and metadata.
 */
export function storedFromValues(
  values: readonly Row[string][],
  own: readonly (Row[string] | undefined)[],
): StoredEntry {
  const [seq, salt, id, timestamp, eventType, actorId, operation, result, correlationId] = values;
  const [actorType, actorName, ipAddress, parameters, target, metadata] = own;
  return {
    seq: Number(seq),
    salt: salt as Uint8Array,
    texts: {
      id: unpackId(id),
      timestamp: Number(timestamp),
      eventType: eventType as EventType,
      actorType: actorType as ActorType,
      actorId: actorId as string,
      actorName: actorName as string,
      ipAddress: ipAddress as string | null,
      operation: operation as string,
      parameters: parameters as string | null,
      target: target as string | null,
      result: result as OperationResult,
      metadata: metadata as string,
      correlationId: correlationId === null ? null : unpackId(correlationId),
    },
  };
}

/** STORE_UNAVAILABLE where its JSON is none: somebody has been at the file. */
export function entryFromRow(row: Row): RecordedEntry {
  const seq = Number(row.seq);
  try {
    return { seq, ...entryFromTexts(textsFromRow(row)) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new GgenError('STORE_UNAVAILABLE', `the governance database is damaged: entry ${seq} can't be read`, {
      hint: '`ggen-mcp audit verify` says what else was changed',
    });
  }
}

export function loggedFromRow(row: Row): LoggedEntry {
  return { ...entryFromRow(row), salt: Buffer.from(row.salt as Uint8Array).toString('hex') };
}

const UUID_LENGTH = 36;
const DASHES: ReadonlySet<number> = new Set([8, 13, 18, 23]);
/** Where the bytes of a UUID stand in its writing. */
const BYTES_AT = Array.from({ length: UUID_LENGTH }, (_, at) => at).filter(
  (at) => !DASHES.has(at) && [...DASHES].filter((dash) => dash < at).length % 2 === at % 2,
);
/** What a digit is worth, by its code; capitals are none. */
const WORTH = new Int8Array(128).fill(-1);
for (const [worth, digit] of [...'0123456789abcdef'].entries()) WORTH[digit.charCodeAt(0)] = worth;

/** A UUID in its usual writing as 16 bytes; any other text as itself. */
export function packId(id: string): SQLInputValue {
  if (id.length !== UUID_LENGTH) return id;
  for (const at of DASHES) if (id.charCodeAt(at) !== 0x2d) return id;
  const bytes = Buffer.allocUnsafe(BYTES_AT.length);
  for (let i = 0; i < BYTES_AT.length; i += 1) {
    const at = BYTES_AT[i]!;
    const worth = ((WORTH[id.charCodeAt(at)] ?? -1) << 4) | (WORTH[id.charCodeAt(at + 1)] ?? -1);
    if (worth < 0) return id;
    bytes[i] = worth;
  }
  return bytes;
}

function unpackId(value: Row[string] | undefined): string {
  if (typeof value === 'string') return value;
  const { buffer, byteOffset, length } = value as Uint8Array;
  const hex = Buffer.from(buffer, byteOffset, length).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
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
