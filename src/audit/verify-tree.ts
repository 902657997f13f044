import type { AuditStore } from './ports.ts';
import {
  addSubtree,
  extendFrontier,
  type Frontier,
  rootOf,
  sameHash,
  subtreeRoot,
  TILE_WIDTH,
  type TreeHash,
  tileWidth,
} from './proof/index.ts';
import type { Report } from './verify-report.ts';
import type { Seen } from './verify-witnesses.ts';

type Source = Pick<AuditStore, 'tile'>;

/** The tree as it grows leaf by leaf, from the leaves that are kept, each held against its entry where there is one. */
export function followTree(source: Source, size: number, start: Frontier, seen: readonly Seen[], report: Report) {
  let base = start;
  /** leaves since the last full tile */
  let tile: TreeHash[] = [];
  let kept: readonly TreeHash[] | undefined;
  const tileRoots: TreeHash[] = [];
  let nextSeen = seen.findIndex(({ checkpoint }) => checkpoint.size >= start.size);

  const edge = (): Frontier => extendFrontier(base, tile);
  const meetWitnesses = (): void => {
    for (
      let one = seen[nextSeen];
      nextSeen >= 0 && one?.checkpoint.size === base.size + tile.length;
      one = seen[nextSeen]
    ) {
      if (!sameHash(rootOf(edge()), one.checkpoint.root)) {
        report(
          `the first ${one.checkpoint.size} entries are not those that ${one.witness} has seen: the log was rewritten`,
        );
      }
      nextSeen += 1;
    }
  };
  /** False where the tile that this leaf stands in must be loaded first. */
  const add = (leaf: TreeHash | undefined): boolean => {
    if (kept === undefined) return false;
    const stored = kept[tile.length];
    const seq = base.size + tile.length + 1;
    if (stored === undefined) report(`the leaf of entry ${seq} is missing from the tree`, seq);
    else if (leaf !== undefined && !sameHash(stored, leaf))
      report(`entry ${seq} is not what was recorded: it was changed`, seq);
    const taken = stored ?? leaf;
    if (taken === undefined) return false;
    tile.push(taken);
    if (nextSeen >= 0 && seen[nextSeen]?.checkpoint.size === base.size + tile.length) meetWitnesses();
    if (tile.length === TILE_WIDTH) {
      const root = subtreeRoot(tile);
      tileRoots.push(root);
      base = addSubtree(base, root, TILE_WIDTH);
      tile = [];
      kept = undefined;
    }
    return true;
  };
  const load = async (leaf: TreeHash | undefined): Promise<boolean> => {
    const index = base.size / TILE_WIDTH;
    kept ??= await source.tile(0, index, tileWidth(0, index, size));
    return add(leaf);
  };

  meetWitnesses();
  return {
    add,
    load,
    edge,
    size: () => base.size + tile.length,
    root: () => rootOf(edge()),
    tileRoots,
    /** Takes leaves whose entries are not there; false where a leaf is missing too. */
    takeTo: async (upTo: number): Promise<boolean> => {
      while (base.size + tile.length < upTo) if (!add(undefined) && !(await load(undefined))) return false;
      return true;
    },
  };
}

export function reportMissing(first: number, last: number, report: Report): void {
  report(first === last ? `entry ${first} is missing` : `entries ${first} to ${last} are missing`, first);
}

/** Holds the tiles above the leaves against what they must be. */
export async function compareUpperTiles(source: Source, roots: readonly TreeHash[], report: Report): Promise<void> {
  let hashes = roots;
  for (let level = 1; hashes.length > 0; level += 1) {
    const above: TreeHash[] = [];
    for (let index = 0; index * TILE_WIDTH < hashes.length; index += 1) {
      const wanted = hashes.slice(index * TILE_WIDTH, (index + 1) * TILE_WIDTH);
      const stored = await source.tile(level, index, wanted.length);
      if (stored.length !== wanted.length || wanted.some((hash, i) => !sameHash(hash, stored[i]!))) {
        report(`tile ${index} of level ${level} of the tree is not what its entries make: it was changed`);
      }
      if (wanted.length === TILE_WIDTH) above.push(subtreeRoot(wanted));
    }
    hashes = above;
  }
}
