import { GgenError } from '../kernel/errors.ts';
import { canonicalEntry } from './canonical-entry.ts';
import type { AuditStore } from './ports.ts';
import {
  entryLeaf,
  frontierFromBytes,
  inclusionProof,
  type NoteVerifier,
  openCheckpoint,
  SALT_BYTES,
  sameHash,
  subtreesFromTiles,
  TILE_WIDTH,
  verifyInclusion,
} from './proof/index.ts';

type Source = Pick<AuditStore, 'head' | 'tile' | 'replay'>;

/**
 * Holds the entries that are about to be erased, up to `upTo`, against the signed tree and against their own times:
 * each must be older than `before` (milliseconds). THREAT: whoever may write the store, and has no key, makes young
 * entries old in the index by time, lets retention erase them, and the log itself says that it was so. Throws
 * STORE_UNAVAILABLE where something doesn't hold: then nothing may be erased.
 */
export async function confirmErasure(
  source: Source,
  keys: readonly NoteVerifier[],
  upTo: number,
  before: number,
): Promise<void> {
  const head = await source.head();
  const fail = (what: string): never => {
    throw new GgenError('STORE_UNAVAILABLE', `nothing was erased: ${what}`, {
      hint: '`ggen-mcp audit verify` says what was changed',
    });
  };
  if (head.checkpoint === undefined) return fail('the log is not signed');
  const { checkpoint } = openCheckpoint(head.checkpoint, keys);
  const { size, root } = checkpoint;
  if (upTo > size) return fail(`the log has ${size} entries`);
  const { roots } = frontierFromBytes(head.size, head.frontier);
  const subtree = subtreesFromTiles(size, (level, index, count) => source.tile(level, index, count), roots);
  let leaves: readonly Uint8Array[] = [];
  let next = head.erasedTo + 1;
  for await (const entries of source.replay(head.erasedTo)) {
    for (const entry of entries) {
      if (entry.seq > upTo) break;
      const at = (entry.seq - 1) % TILE_WIDTH;
      if (entry.seq !== next) return fail(`entry ${next} is missing`);
      if (at === 0) {
        leaves = await source.tile(0, (entry.seq - 1) / TILE_WIDTH, TILE_WIDTH);
        // The way from a leaf to the root goes by all others of its tile.
        const proof = await inclusionProof(entry.seq - 1, size, subtree);
        if (leaves.length < TILE_WIDTH || !verifyInclusion(entry.seq - 1, size, leaves[0]!, proof, root))
          return fail(`the tree around entry ${entry.seq} is not the one that was signed`);
      }
      const leaf = entryLeaf(canonicalEntry(entry.texts), entry.salt);
      if (entry.salt.length !== SALT_BYTES || !sameHash(leaf, leaves[at]!))
        return fail(`entry ${entry.seq} is not what was recorded`);
      if (entry.texts.timestamp >= before) return fail(`entry ${entry.seq} is younger than the index by time says`);
      next += 1;
    }
    if (next > upTo) return;
  }
  if (next <= upTo) fail(`entry ${next} is missing`);
}
