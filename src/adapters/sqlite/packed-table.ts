import { TILE_WIDTH } from '../../audit/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import { OWN_TEXTS, type OwnTexts, packBlocks, unpackBlock } from '../blocks/index.ts';
import type { Database, Row } from './database.ts';
import { readHead } from './head-table.ts';
import { isSqliteError } from './sqlite-error.ts';

/** How many blocks are kept as they were unpacked: what is read in order comes from the same one many times. */
const MAX_KEPT = 8;

/** The texts of an entry in `audit_packed` that stand in its block. */
export type Unpack = (seq: number) => OwnTexts;

const BLOCK_OF = 'SELECT first_seq, texts FROM audit_blocks WHERE first_seq <= ? ORDER BY first_seq DESC LIMIT 1';
const NEXT_BLOCK = 'SELECT min(first_seq) AS seq FROM audit_blocks WHERE first_seq > ?';
const MOVE =
  'INSERT OR IGNORE INTO audit_packed SELECT seq, id, timestamp, event_type, actor_id, operation, result, ' +
  'correlation_id, salt FROM audit_entries WHERE seq > ? AND seq <= ?';

/** A block as it was unpacked: entries from `first` up to before `end`. */
interface Block {
  readonly first: number;
  readonly end: number;
  readonly entries: readonly OwnTexts[];
}

/**
 * Whoever checks the log makes a new one: it must not be told what the file no longer says.
 * THREAT: a block that was put in between ends the one before it, for whoever asks and whoever checks alike.
 */
export function createUnpack(db: Database): Unpack {
  const kept = new Map<number, Block>();
  /** which rarely changes from one entry to the next */
  let last: Block | undefined;
  const blockOf = (seq: number): Block => {
    for (const block of kept.values()) if (seq >= block.first && seq < block.end) return block;
    const row = db.get(BLOCK_OF, seq);
    const first = Number(row?.first_seq ?? 0);
    const entries = unpackBlock((row?.texts as Uint8Array | undefined) ?? new Uint8Array());
    const next = Number(db.get(NEXT_BLOCK, seq)?.seq ?? Number.MAX_SAFE_INTEGER);
    const block = { first, end: Math.min(first + entries.length, next), entries };
    if (kept.size >= MAX_KEPT) kept.delete(kept.keys().next().value!);
    kept.set(first, block);
    return block;
  };
  return (seq) => {
    try {
      if (last === undefined || seq < last.first || seq >= last.end) last = blockOf(seq);
      const texts = seq < last.end ? last.entries[seq - last.first] : undefined;
      if (texts) return texts;
    } catch (error) {
      // What zlib and JSON say of a block that is none is for nobody.
      if (error instanceof GgenError || isSqliteError(error)) throw error;
    }
    throw new GgenError(
      'STORE_UNAVAILABLE',
      `the governance database ${db.path} is damaged: the texts of entry ${seq} can't be read`,
      { hint: 'keep a copy of it, then restore a backup or name another file in audit.storage.path' },
    );
  };
}

/** Gives a row of `audit_packed` the columns that a row of `audit_entries` has. */
export function unpackRow(row: Row, unpack: Unpack): Row {
  const texts = unpack(Number(row.seq));
  const full: Row = { ...row };
  OWN_TEXTS.forEach((column, i) => {
    full[column] = texts[i] ?? null;
  });
  return full;
}

/**
 * Moves the entries of the oldest full tile that isn't packed yet; how many. What is slow about it happens outside the
 * transaction, which `transaction` runs.
 */
export function packSome(db: Database, transaction: (write: () => void) => boolean): number {
  const { size, packedTo } = whereItStands(db);
  const upTo = packedTo - (packedTo % TILE_WIDTH) + TILE_WIDTH;
  if (upTo > size) return 0;
  const rows = db.all(
    `SELECT seq, ${OWN_TEXTS.join(', ')} FROM audit_entries WHERE seq > ? AND seq <= ? ORDER BY seq`,
    packedTo,
    upTo,
  );
  // Where entries are missing, the log is damaged: what is left stays as it is, for `audit verify` to name.
  if (rows.length !== upTo - packedTo) return 0;
  const blocks = packBlocks(rows.map((row) => OWN_TEXTS.map((column) => row[column] as string | null)));
  let moved = 0;
  transaction(() => {
    // Another process may have packed the same, or erased it, since we looked.
    if (whereItStands(db).packedTo !== packedTo) return;
    for (const { first, block } of blocks) layBlock(db, packedTo + 1 + first, block);
    db.run(MOVE, packedTo, upTo);
    db.run('DELETE FROM audit_entries WHERE seq > ? AND seq <= ?', packedTo, upTo);
    moved = rows.length;
  });
  return moved;
}

/** Writes a block. Only inside a transaction. */
export function layBlock(db: Database, firstSeq: number, block: Uint8Array): void {
  db.run('INSERT OR REPLACE INTO audit_blocks VALUES (?, ?)', firstSeq, block);
}

function whereItStands(db: Database): { size: number; packedTo: number } {
  const { size, erasedTo } = readHead(db);
  const last = db.get('SELECT max(seq) AS seq FROM audit_packed');
  return { size, packedTo: Math.max(erasedTo, Number(last?.seq ?? 0)) };
}
