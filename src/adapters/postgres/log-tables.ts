import {
  frontierFromBytes,
  HASH_BYTES,
  joinHashes,
  type LogHead,
  splitHashes,
  TILE_WIDTH,
  type TreeHash,
  tileWidth,
} from '../../audit/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import type { Session } from './connections.ts';
import type { Tile, TreeEdge } from './tree-edge.ts';

/** The one row that says which log this is and where it stands. */
export interface HeadRow extends LogHead {
  /** the key that signs it, written as c2sp.org/signed-note writes it */
  readonly vkey: string;
}

/** `lock`: nobody else changes it before the end of this transaction. */
export async function readHead(session: Session, how: 'look' | 'lock' = 'look'): Promise<HeadRow> {
  const [row] = await session.query(
    `SELECT origin, vkey, size, erased_to, frontier, checkpoint FROM audit_head${how === 'lock' ? ' FOR UPDATE' : ''}`,
  );
  if (!row) throw damaged('its log has no head');
  return {
    origin: row.origin as string,
    vkey: row.vkey as string,
    size: Number(row.size),
    erasedTo: Number(row.erased_to),
    frontier: row.frontier as Buffer,
    checkpoint: (row.checkpoint as string | null) ?? undefined,
  };
}

/** Moves the head on from the size it is known to have; false where it had another one. */
export async function writeHead(
  session: Session,
  from: number,
  to: { readonly size: number; readonly frontier: readonly TreeHash[]; readonly checkpoint: string },
): Promise<boolean> {
  const moved = await session.write(
    'UPDATE audit_head SET size = $1, frontier = $2, checkpoint = $3 WHERE size = $4',
    [to.size, joinHashes(to.frontier), to.checkpoint, from],
    'head',
  );
  return moved === 1;
}

/** What is needed to append to the tree of this head. */
export async function readEdge(session: Session, head: HeadRow): Promise<TreeEdge> {
  const open: TreeHash[][] = [];
  for (let level = 0, count = head.size; count > 0; level += 1, count = Math.floor(count / TILE_WIDTH)) {
    const index = Math.floor(count / TILE_WIDTH);
    const width = tileWidth(level, index, head.size);
    const hashes = width === 0 ? [] : await readTile(session, level, index, width);
    if (hashes.length !== width) throw damaged('hashes of its tree are missing');
    open.push(hashes);
  }
  return { frontier: frontierFromBytes(head.size, head.frontier), open };
}

/** The first `count` hashes of a tile; fewer where the log lacks some. */
export async function readTile(session: Session, level: number, index: number, count: number): Promise<TreeHash[]> {
  const [row] = await session.query(
    'SELECT substring(hashes FROM 1 FOR $3) AS hashes FROM audit_tiles WHERE level = $1 AND index = $2',
    [level, index, count * HASH_BYTES],
  );
  return row ? splitHashes(row.hashes as Buffer) : [];
}

export async function writeTiles(session: Session, tiles: readonly Tile[]): Promise<void> {
  await session.write(
    'INSERT INTO audit_tiles SELECT * FROM unnest($1::int[], $2::bigint[], $3::bytea[]) ' +
      'ON CONFLICT (level, index) DO UPDATE SET hashes = excluded.hashes',
    [
      tiles.map((tile) => tile.level),
      tiles.map((tile) => tile.index),
      tiles.map((tile) => Buffer.from(joinHashes(tile.hashes))),
    ],
    'tiles',
  );
}

function damaged(how: string): GgenError {
  return new GgenError('STORE_UNAVAILABLE', `the governance database is damaged: ${how}`, {
    hint: '`ggen-mcp audit verify` says which, or restore a backup',
  });
}
