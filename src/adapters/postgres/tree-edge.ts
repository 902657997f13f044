import {
  EMPTY_FRONTIER,
  extendFrontier,
  type Frontier,
  subtreeRoot,
  TILE_WIDTH,
  type TreeHash,
} from '../../audit/index.ts';

/** All of a log's tree that appending needs. */
export interface TreeEdge {
  readonly frontier: Frontier;
  /** by level, the hashes of the tile that is not full yet */
  readonly open: readonly (readonly TreeHash[])[];
}

/** Hashes of one tile, full or the last of its level. */
export interface Tile {
  readonly level: number;
  readonly index: number;
  readonly hashes: readonly TreeHash[];
}

export const EMPTY_EDGE: TreeEdge = { frontier: EMPTY_FRONTIER, open: [] };

/** The edge after these leaves were appended, and every tile that has more hashes than before. */
export function growTree(edge: TreeEdge, leaves: readonly TreeHash[]): { edge: TreeEdge; tiles: readonly Tile[] } {
  const frontier = extendFrontier(edge.frontier, leaves);
  const open: TreeHash[][] = [];
  const tiles: Tile[] = [];
  let size = edge.frontier.size;
  let fresh = leaves;
  for (let level = 0; fresh.length > 0 || level < edge.open.length; level += 1) {
    const before = edge.open[level] ?? [];
    const hashes = [...before, ...fresh];
    // `size` counts the hashes of this level before; those of its open tile are the last of them.
    const first = (size - before.length) / TILE_WIDTH;
    const roots: TreeHash[] = [];
    let at = 0;
    for (; hashes.length - at >= TILE_WIDTH; at += TILE_WIDTH) {
      const full = hashes.slice(at, at + TILE_WIDTH);
      tiles.push({ level, index: first + at / TILE_WIDTH, hashes: full });
      roots.push(subtreeRoot(full));
    }
    const rest = hashes.slice(at);
    if (rest.length > 0 && fresh.length > 0) tiles.push({ level, index: first + at / TILE_WIDTH, hashes: rest });
    open.push(rest);
    size = Math.floor(size / TILE_WIDTH);
    fresh = roots;
  }
  return { edge: { frontier, open }, tiles };
}
