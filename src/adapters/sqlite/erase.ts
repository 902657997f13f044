import { TILE_WIDTH } from '../../audit/index.ts';
import type { Database } from './database.ts';
import { readHead } from './head-table.ts';
import { SEGMENT } from './packed-table.ts';

const HOUR_MS = 3_600_000;
/** Rows that go in one transaction: bounds how long others wait. */
const CHUNK = 1000;

/**
 * Up to which number entries can be erased that are all older than `before`: whole segments where entries are
 * compressed, since a segment's dictionary is made of its entries; else whole tiles, since the leaves of a partial one
 * are kept with its entries. Never the newest entry. 0: none.
 */
export function erasableTo(db: Database, before: number, compress: boolean): number {
  return db.snapshot(() => {
    const { size, erasedTo } = readHead(db);
    const since = db.get('SELECT min(first_seq) AS seq FROM audit_hours WHERE hour >= ?', Math.floor(before / HOUR_MS));
    const old = Math.min(since?.seq == null ? size : Number(since.seq) - 1, size - 1);
    const unit = compress || db.get('SELECT 1 FROM audit_segments LIMIT 1') ? SEGMENT : TILE_WIDTH;
    const upTo = old - (Math.max(0, old) % unit);
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
  // What is freed is overwritten with zeros, not just forgotten.
  db.get('PRAGMA secure_delete = ON');
  let removed = 0;
  const done = transaction(() => {
    for (const table of ['audit_packed', 'audit_entries']) {
      const rows = db.run(
        `DELETE FROM ${table} WHERE seq IN (SELECT seq FROM ${table} WHERE seq <= ? ORDER BY seq LIMIT ?)`,
        erasedTo,
        CHUNK,
      );
      removed += Number(rows.changes);
    }
    db.run('DELETE FROM audit_segments WHERE last_seq <= ?', erasedTo);
    db.run(
      'DELETE FROM audit_hours WHERE first_seq < (SELECT max(first_seq) FROM audit_hours WHERE first_seq <= ?)',
      erasedTo + 1,
    );
  });
  if (!done) return -1;
  // Erased content must not live on in the write-ahead log; where a reader is in the way, the next round does it.
  if (removed < CHUNK) db.get('PRAGMA wal_checkpoint(TRUNCATE)');
  return removed;
}
