import { TILE_WIDTH } from '../../audit/index.ts';
import type { Database } from './database.ts';
import { readHead } from './head-table.ts';

const HOUR_MS = 3_600_000;
/** Entries that go in one transaction: bounds how long others wait. */
const CHUNK = 4 * TILE_WIDTH;
const OLDEST =
  'SELECT min(seq) AS seq FROM (SELECT min(seq) AS seq FROM audit_packed UNION ALL ' +
  'SELECT min(seq) FROM audit_entries UNION ALL SELECT min(first_seq) FROM audit_blocks)';

/**
 * Up to which number entries can be erased that are all older than `before`: whole tiles, since the leaves of a partial
 * one are kept with its entries, and since no block reaches over the end of one. Never the newest entry. 0: none.
 */
export function erasableTo(db: Database, before: number): number {
  return db.snapshot(() => {
    const { size, erasedTo } = readHead(db);
    const since = db.get('SELECT min(first_seq) AS seq FROM audit_hours WHERE hour >= ?', Math.floor(before / HOUR_MS));
    const old = Math.min(since?.seq == null ? size : Number(since.seq) - 1, size - 1);
    const upTo = old - (Math.max(0, old) % TILE_WIDTH);
    return upTo > erasedTo ? upTo : 0;
  });
}

/** Says in the head that everything up to `upTo` is erased. Only inside a transaction, with the entry that tells of it. */
export function markErased(db: Database, upTo: number): boolean {
  return Number(db.run('UPDATE audit_head SET erased_to = ? WHERE erased_to < ?', upTo, upTo).changes) === 1;
}

/**
 * Removes a chunk of what the head says is erased; how many entries, 0 when all are gone. Their leaves stay in tiles,
 * their counts in the rollups. `transaction` runs what it is given, or returns false where another process writes.
 */
export function eraseSome(db: Database, transaction: (write: () => void) => boolean): number {
  const { erasedTo } = readHead(db);
  if (erasedTo === 0) return 0;
  let removed = 0;
  let upTo = erasedTo;
  const done = transaction(() => {
    const first = Number(db.get(OLDEST)?.seq ?? erasedTo);
    // Whole tiles, so that no entry outlives the block it stands in.
    upTo = Math.min(erasedTo, first - ((first - 1) % TILE_WIDTH) + CHUNK - 1);
    for (const table of ['audit_packed', 'audit_entries']) {
      removed += Number(db.run(`DELETE FROM ${table} WHERE seq <= ?`, upTo).changes);
    }
    db.run('DELETE FROM audit_blocks WHERE first_seq <= ?', upTo);
    db.run(
      'DELETE FROM audit_hours WHERE first_seq < (SELECT max(first_seq) FROM audit_hours WHERE first_seq <= ?)',
      erasedTo + 1,
    );
  });
  if (!done) return -1;
  // Erased content must not live on in the write-ahead log; where a reader is in the way, the next round does it.
  if (upTo === erasedTo) db.get('PRAGMA wal_checkpoint(TRUNCATE)');
  return removed;
}
