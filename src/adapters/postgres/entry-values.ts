import { type EntryTexts, entryTexts } from '../../audit/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import type { AuditEntry } from '../../model/audit-entry.ts';

/** The largest entry that is recorded, in UTF-16 code units of its texts and JSON. */
export const MAX_ENTRY_LENGTH = 1024 * 1024;
/** The longest id of an entry, in bytes: what fits into an index of Postgres. */
const MAX_ID_BYTES = 1024;

/** An entry as it is going to be written: what the caller does to its object afterwards changes nothing. */
export interface PreparedEntry {
  readonly texts: EntryTexts;
  readonly id: Buffer;
  readonly correlationId: Buffer | null;
  /** roughly what it holds in memory */
  readonly bytes: number;
}

/** Throws INPUT_INVALID for what has no JSON form, names no instant, lacks a text, or is larger than an entry may be. */
export function prepareEntry(entry: AuditEntry): PreparedEntry {
  if (!Number.isSafeInteger(entry.timestamp) || entry.timestamp < 0 || entry.timestamp > 8.64e15) {
    throw new GgenError('INPUT_INVALID', `timestamp ${entry.timestamp} is no instant in milliseconds since 1970`);
  }
  const texts = entryTexts(entry);
  let length = 0;
  for (const [name, value] of Object.entries(texts)) {
    if (value === null || typeof value === 'number') continue;
    if (typeof value !== 'string') throw new GgenError('INPUT_INVALID', `${name} of an entry is no text`);
    length += value.length;
    assertStorable(value, 'an entry');
  }
  if (length > MAX_ENTRY_LENGTH) {
    throw new GgenError('INPUT_INVALID', `an entry of ${length} characters; at most ${MAX_ENTRY_LENGTH} are recorded`);
  }
  const id = packId(texts.id);
  if (id.length > MAX_ID_BYTES) {
    throw new GgenError('INPUT_INVALID', `an id of ${id.length} bytes; at most ${MAX_ID_BYTES} are recorded`);
  }
  const correlationId = texts.correlationId === null ? null : packId(texts.correlationId);
  return { texts, id, correlationId, bytes: 2 * length + 400 };
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const UUID_BYTES = 16;
/** Never a byte of UTF-8: it stands before a text that is no UUID, twice where the text would look like one. */
const TEXT_MARK = 0xff;

/** A UUID in its usual writing as 16 bytes; any other text as a mark and its UTF-8. */
export function packId(id: string): Buffer {
  if (UUID.test(id)) return Buffer.from(id.replaceAll('-', ''), 'hex');
  const text = Buffer.from(id);
  const marks = text.length + 1 === UUID_BYTES ? 2 : 1;
  return Buffer.concat([Buffer.alloc(marks, TEXT_MARK), text]);
}

export function unpackId(bytes: Buffer): string {
  if (bytes.length === UUID_BYTES) {
    const hex = bytes.toString('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }
  let start = 0;
  while (bytes[start] === TEXT_MARK) start += 1;
  return bytes.toString('utf8', start);
}

/** INPUT_INVALID for text that Postgres can't hold as it is. */
export function assertStorable(text: string, what: string): void {
  if (!text.isWellFormed()) {
    throw new GgenError('INPUT_INVALID', `a text of ${what} holds a lone surrogate, which has no UTF-8 form`);
  }
  if (text.includes('\0')) throw new GgenError('INPUT_INVALID', `a text of ${what} holds a NUL character`);
}

/** JSON text of what a caller handed in; INPUT_INVALID for cycles, endless nesting and values without a JSON form. */
export function toJson(value: unknown, what: string): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    throw new GgenError('INPUT_INVALID', `${what} can't be written as JSON`);
  }
  if (text === undefined) throw new GgenError('INPUT_INVALID', `${what} can't be written as JSON`);
  return text;
}
