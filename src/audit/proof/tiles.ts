import { GgenError } from '../../kernel/errors.ts';
import { extendFrontier, rootOf, subtreeRoot, type TreeHash } from './hash-tree.ts';
import type { SubtreeHash } from './tree-proofs.ts';

/** Hashes in a full tile (c2sp.org/tlog-tiles): eight levels of the tree. */
export const TILE_WIDTH = 256;

/** The first `count` hashes of tile `index` at `level`, where level 0 holds leaves, level 1 roots of full tiles of level 0. */
export type ReadTile = (level: number, index: number, count: number) => Promise<readonly TreeHash[]>;

/** `tile/<level>/<index>[.p/<width>]` as c2sp.org/tlog-tiles names it: `tile/0/x001/x234/067`. */
export function tilePath(level: number, index: number, width: number = TILE_WIDTH): string {
  let path = String(index % 1000).padStart(3, '0');
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    path = `x${String(rest % 1000).padStart(3, '0')}/${path}`;
  }
  return `tile/${level}/${path}${width === TILE_WIDTH ? '' : `.p/${width}`}`;
}

/** How many hashes tile `index` of `level` has in a tree of `size` leaves: 0 to 256. */
export function tileWidth(level: number, index: number, size: number): number {
  const hashes = Math.floor(size / TILE_WIDTH ** level);
  return Math.max(0, Math.min(TILE_WIDTH, hashes - index * TILE_WIDTH));
}

/**
 * Subtree hashes of a tree of `size` leaves from its tiles: what proofs are built from. The tile of each level that
 * was read last is kept: the steps of one proof lie in few tiles. `edge` are the roots at its right edge, which are not
 * put together again.
 */
export function subtreesFromTiles(size: number, readTile: ReadTile, edge: readonly TreeHash[] = []): SubtreeHash {
  const atEdge = edgeSubtrees(size, edge);
  const kept = new Map<number, { readonly index: number; readonly hashes: readonly TreeHash[] }>();
  const readOnce: ReadTile = async (level, index, count) => {
    const last = kept.get(level);
    if (last?.index === index) return last.hashes;
    const hashes = await readTile(level, index, count);
    kept.set(level, { index, hashes });
    return hashes;
  };
  return async (start, end) => {
    if (end > size) throw new RangeError(`leaf ${end - 1} is not in a tree of ${size}`);
    // An incomplete range is the right edge: its complete subtrees, folded from the right.
    const parts: TreeHash[] = [];
    for (let at = start; at < end; ) {
      let width = 1;
      while (at % (width * 2) === 0 && at + width * 2 <= end) width *= 2;
      const known = atEdge.get(at);
      parts.push(known?.width === width ? known.root : await completeSubtree(at, width, size, readOnce));
      at += width;
    }
    return rootOf({ size: end - start, roots: parts });
  };
}

/** The complete subtrees at the right edge, by their first leaves. */
function edgeSubtrees(
  size: number,
  roots: readonly TreeHash[],
): ReadonlyMap<number, { width: number; root: TreeHash }> {
  const found = new Map<number, { width: number; root: TreeHash }>();
  let start = 0;
  for (const root of roots) {
    let width = 1;
    while (start + width * 2 <= size) width *= 2;
    found.set(start, { width, root });
    start += width;
  }
  return found;
}

async function completeSubtree(start: number, width: number, size: number, readTile: ReadTile): Promise<TreeHash> {
  let level = 0;
  let unit = 1;
  while (unit * TILE_WIDTH <= width) {
    unit *= TILE_WIDTH;
    level += 1;
  }
  const first = start / unit;
  const count = width / unit;
  const index = Math.floor(first / TILE_WIDTH);
  const offset = first - index * TILE_WIDTH;
  const hashes = await readTile(level, index, tileWidth(level, index, size));
  const wanted = hashes.slice(offset, offset + count);
  if (wanted.length < count) {
    throw new GgenError('NOT_FOUND', `hashes of the log's tree are missing: ${tilePath(level, index)}`);
  }
  return subtreeRoot(wanted);
}

/** The root over hashes of level 0 from the first leaf on. */
export function rootOfLeaves(leaves: Iterable<TreeHash>): TreeHash {
  return rootOf(extendFrontier({ size: 0, roots: [] }, leaves));
}
