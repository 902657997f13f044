import { canonicalJson } from '../../kernel/canonical-json.ts';
import { GgenError } from '../../kernel/errors.ts';
import { auditEntryToJson } from '../entry-json.ts';
import type { LoggedEntry } from '../ports.ts';
import {
  entryLeaf,
  HASH_BYTES,
  type NoteVerifier,
  openCheckpoint,
  type ReadTile,
  sameHash,
  subtreeRoot,
  subtreesFromTiles,
  TILE_WIDTH,
  type TreeHash,
  tilePath,
  tileWidth,
} from '../proof/index.ts';

export interface ProofTile {
  readonly level: number;
  readonly index: number;
  readonly width: number;
}

/** The tiles that are not full: with them the root of a tree of `size` leaves can be computed. */
export function edgeTiles(size: number): ProofTile[] {
  const tiles: ProofTile[] = [];
  for (let level = 0, hashes = size; hashes > 0; level += 1, hashes = Math.floor(hashes / TILE_WIDTH)) {
    const width = hashes % TILE_WIDTH;
    if (width > 0) tiles.push({ level, index: Math.floor(hashes / TILE_WIDTH), width });
  }
  return tiles;
}

/** The tiles from an entry's leaf up to the edge: full ones, then one that is not. The entry counts from 1. */
export function tilesAbove(seq: number, size: number): ProofTile[] {
  const tiles: ProofTile[] = [];
  for (
    let level = 0, index = Math.floor((seq - 1) / TILE_WIDTH);
    ;
    level += 1, index = Math.floor(index / TILE_WIDTH)
  ) {
    const width = tileWidth(level, index, size);
    tiles.push({ level, index, width });
    if (width < TILE_WIDTH) return tiles;
  }
}

export interface ExportVerification {
  readonly origin: string;
  /** entries in the signed log */
  readonly size: number;
  /** entries that were checked and hold */
  readonly entries: number;
  /** the first entry that is not what the log's owner signed for */
  readonly firstDifference: number | undefined;
}

/**
 * Holds exported entries, oldest first, against the signed checkpoint and the tiles beside it. It shows that each
 * entry is in the log as exported; not that none was left out. INPUT_INVALID where the checkpoint is signed by none
 * of these keys, a tile is missing or damaged, or entries are out of order.
 */
export async function verifyExportedEntries(
  entries: AsyncIterable<LoggedEntry> | Iterable<LoggedEntry>,
  note: string,
  keys: readonly NoteVerifier[],
  readTile: ReadTile,
): Promise<ExportVerification> {
  const { origin, size, root } = openCheckpoint(note, keys).checkpoint;
  const whole: ReadTile = async (level, index, width) => {
    const hashes = await readTile(level, index, width);
    if (hashes.length === width && hashes.every((hash) => hash.length === HASH_BYTES)) return hashes;
    throw invalid(`${tilePath(level, index, width)} is missing or cut short`);
  };
  // One tile a level is kept: entries come in order, so memory does not grow with the export.
  const kept = new Map<number, { index: number; hashes: readonly TreeHash[] }>();
  // INVARIANT: tiles at the edge are read once; what led to the signed root is what entries are held against.
  const edge = new Map<number, readonly TreeHash[]>();
  for (const { level, index, width } of edgeTiles(size)) edge.set(level, await whole(level, index, width));
  const fromEdge: ReadTile = async (level) => edge.get(level) ?? [];
  if (!sameHash(await subtreesFromTiles(size, fromEdge)(0, size), root)) {
    throw invalid('the tiles at the edge of the tree do not lead to the root that was signed');
  }
  const trusted = async (level: number, index: number): Promise<readonly TreeHash[]> => {
    if (tileWidth(level, index, size) < TILE_WIDTH) return edge.get(level)!;
    const last = kept.get(level);
    if (last?.index === index) return last.hashes;
    const hashes = await whole(level, index, TILE_WIDTH);
    const above = await trusted(level + 1, Math.floor(index / TILE_WIDTH));
    // INVARIANT: a tile is believed only where what is above it, up to the signed root, says the same.
    if (!sameHash(subtreeRoot(hashes), above[index % TILE_WIDTH]!)) {
      throw invalid(`${tilePath(level, index)} does not fit the tree that was signed`);
    }
    kept.set(level, { index, hashes });
    return hashes;
  };
  let count = 0;
  let before = 0;
  for await (const entry of entries) {
    if (entry.seq <= before) throw invalid(`entry ${entry.seq} comes after entry ${before}`);
    before = entry.seq;
    const differs = { origin, size, entries: count, firstDifference: entry.seq };
    if (entry.seq > size) return differs;
    const at = entry.seq - 1;
    const hashes = await trusted(0, Math.floor(at / TILE_WIDTH));
    const leaf = entryLeaf(canonicalJson(auditEntryToJson(entry)), Buffer.from(entry.salt, 'hex'));
    if (!sameHash(leaf, hashes[at % TILE_WIDTH]!)) return differs;
    count += 1;
  }
  return { origin, size, entries: count, firstDifference: undefined };
}

function invalid(why: string): GgenError {
  return new GgenError('INPUT_INVALID', `the export can't be verified: ${why}`);
}
