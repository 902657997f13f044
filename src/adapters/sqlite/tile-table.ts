import { HASH_BYTES, splitHashes, TILE_WIDTH, type TreeHash } from '../../audit/index.ts';
import type { Database } from './database.ts';

/** Where a full tile stands in `audit_tiles`. */
export function tilePlace(level: number, index: number): number {
  return level * 2 ** 40 + index;
}

/** The first `count` hashes of a tile; fewer where the log lacks some. A partial tile is put together from below. */
export function readTile(db: Database, level: number, index: number, count: number): TreeHash[] {
  const full = db.get('SELECT hashes FROM audit_tiles WHERE place = ?', tilePlace(level, index));
  if (full) return splitHashes((full.hashes as Uint8Array).subarray(0, count * HASH_BYTES));
  const start = index * TILE_WIDTH;
  const rows =
    level === 0
      ? db.all('SELECT leaf AS hash FROM audit_entries WHERE seq > ? AND seq <= ? ORDER BY seq', start, start + count)
      : db.all(
          'SELECT root AS hash FROM audit_tiles WHERE place BETWEEN ? AND ? ORDER BY place',
          tilePlace(level - 1, start),
          tilePlace(level - 1, start + count - 1),
        );
  return rows.map(({ hash }) => hash as Uint8Array);
}
