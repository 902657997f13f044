import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { TILE_WIDTH } from '../../audit/index.ts';
import type { Database, Row } from './database.ts';
import { readHead } from './head-table.ts';

/** How many entries share a dictionary; a dictionary is made of its own segment, and is erased with it. */
export const SEGMENT = 4096;
const DICTIONARY_BYTES = 16 * 1024;
/** How many entries move in one transaction: bounds how long others wait. */
const CHUNK = 256;
/** Segments whose dictionaries are kept in memory. */
const MAX_KEPT = 16;
/** A texts' blob never inflates to more: an entry has at most 1 Mi characters, 3 bytes each, plus escapes. */
const MAX_INFLATED = 16 * 1024 * 1024;

/** The texts of an entry in `audit_packed`, in the order of PACKED. */
export type Unpack = (seq: number, packed: Uint8Array) => readonly (string | null)[];

/** What most entries inflate to, in bytes: zlib reserves as much, 16 KiB where nothing is said, for each of them. */
const INFLATED = 2048;

/** The columns that an entry in `audit_packed` has in its blob. */
export const PACKED = ['actor_type', 'actor_name', 'ip_address', 'operation_parameters', 'target', 'metadata'] as const;
const DICTIONARY =
  'SELECT first_seq, dictionary FROM audit_segments WHERE first_seq <= ? ORDER BY first_seq DESC LIMIT 1';
const MOVE =
  'INSERT OR IGNORE INTO audit_packed SELECT seq, id, timestamp, event_type, actor_id, operation, result, ' +
  'correlation_id, salt, ? FROM audit_entries WHERE seq = ?';

export function createUnpack(db: Database): Unpack {
  const kept = new Map<number, Uint8Array>();
  const dictionaryOf = (seq: number): Uint8Array => {
    const first = seq - ((seq - 1) % SEGMENT);
    let dictionary = kept.get(first);
    if (!dictionary) {
      dictionary = (db.get(DICTIONARY, seq)?.dictionary as Uint8Array | undefined) ?? new Uint8Array();
      if (kept.size >= MAX_KEPT) kept.delete(kept.keys().next().value!);
      kept.set(first, dictionary);
    }
    return dictionary;
  };
  return (seq, packed) => {
    const dictionary = dictionaryOf(seq);
    const bytes = inflateRawSync(packed, { dictionary, chunkSize: INFLATED, maxOutputLength: MAX_INFLATED });
    return JSON.parse(bytes.toString()) as (string | null)[];
  };
}

/** Gives a row of `audit_packed` the columns that a row of `audit_entries` has. */
export function unpackRow(row: Row, unpack: Unpack): Row {
  const texts = unpack(Number(row.seq), row.packed as Uint8Array);
  const full: Row = { ...row };
  PACKED.forEach((column, i) => {
    full[column] = texts[i] ?? null;
  });
  return full;
}

/**
 * Moves the oldest entries that are not packed yet, at most `CHUNK` of one segment whose tiles are full; how many.
 * What is slow about it happens outside the transaction, which `transaction` runs.
 */
export function packSome(db: Database, transaction: (write: () => void) => boolean): number {
  const { size, last, packedTo } = whereItStands(db);
  const first = packedTo - (packedTo % SEGMENT) + 1;
  if (size - (size % TILE_WIDTH) < first + SEGMENT - 1) return 0;
  const rows = db.all('SELECT * FROM audit_entries WHERE seq > ? ORDER BY seq LIMIT ?', packedTo, CHUNK);
  const upTo = Math.min(Number(rows.at(-1)?.seq ?? packedTo), first + SEGMENT - 1);
  const moving = rows.filter((row) => Number(row.seq) <= upTo);
  if (moving.length === 0) return 0;
  const begun = Number(last?.first_seq) === first;
  const dictionary = begun
    ? (db.get(DICTIONARY, first)!.dictionary as Uint8Array)
    : dictionaryFrom(db.all('SELECT * FROM audit_entries WHERE seq > ? ORDER BY seq LIMIT ?', packedTo, SEGMENT));
  const packed = moving.map((row) => deflateRawSync(textOf(row), { dictionary, level: 6 }));
  let moved = 0;
  transaction(() => {
    // Another process may have packed the same, or erased it, since we looked.
    if (whereItStands(db).packedTo !== packedTo) return;
    if (begun) db.run('UPDATE audit_segments SET last_seq = ? WHERE first_seq = ?', upTo, first);
    else db.run('INSERT INTO audit_segments VALUES (?, ?, ?)', first, upTo, dictionary);
    moving.forEach((row, i) => {
      db.run(MOVE, packed[i]!, Number(row.seq));
    });
    db.run('DELETE FROM audit_entries WHERE seq > ? AND seq <= ?', packedTo, upTo);
    moved = moving.length;
  });
  return moved;
}

function whereItStands(db: Database): { size: number; last: Row | undefined; packedTo: number } {
  const { size, erasedTo } = readHead(db);
  const last = db.get('SELECT first_seq, last_seq FROM audit_segments ORDER BY first_seq DESC LIMIT 1');
  return { size, last, packedTo: Math.max(erasedTo, Number(last?.last_seq ?? 0)) };
}

function textOf(row: Row): string {
  return JSON.stringify(PACKED.map((column) => row[column] ?? null));
}

/** Some of the segment's own texts, spread over it; what is most like the rest stands at the end, where it is cheapest. */
function dictionaryFrom(rows: readonly Row[]): Uint8Array {
  const parts: string[] = [];
  let length = 0;
  const step = Math.max(1, Math.floor(rows.length / 64));
  for (let i = 0; i < rows.length && length < DICTIONARY_BYTES; i += step) {
    const text = textOf(rows[i]!).slice(0, 2048);
    parts.push(text);
    length += text.length;
  }
  return Buffer.from(parts.join('')).subarray(-DICTIONARY_BYTES);
}
