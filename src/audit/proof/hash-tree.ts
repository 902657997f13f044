import { hash } from 'node:crypto';

/** RFC 6962 §2.1, with SHA-256: hashes are 32 bytes. */
export type TreeHash = Uint8Array;

export const HASH_BYTES = 32;

/** The root of a tree without leaves: SHA-256 of nothing. */
export const EMPTY_ROOT: TreeHash = hash('sha256', '', 'buffer');

// Filled anew before each use: hashing is synchronous.
const digestLeaf = Buffer.alloc(1 + HASH_BYTES);
const node = Buffer.alloc(1 + 2 * HASH_BYTES, 1);

/** The hash of a leaf: SHA-256 of 0x00 and its bytes. */
export function leafHash(data: Uint8Array): TreeHash {
  const bytes = data.length === HASH_BYTES ? digestLeaf : Buffer.alloc(1 + data.length);
  bytes.set(data, 1);
  return hash('sha256', bytes, 'buffer');
}

/** The hash of an inner node: SHA-256 of 0x01 and its two children. */
export function nodeHash(left: TreeHash, right: TreeHash): TreeHash {
  node.set(left, 1);
  node.set(right, 1 + HASH_BYTES);
  return hash('sha256', node, 'buffer');
}

/**
 * The right edge of a tree: the roots of the complete subtrees that its size in binary names, largest first. It is
 * all that appending needs, at most 53 hashes.
 */
export interface Frontier {
  readonly size: number;
  readonly roots: readonly TreeHash[];
}

export const EMPTY_FRONTIER: Frontier = { size: 0, roots: [] };

/** The right edge after these leaves were appended. */
export function extendFrontier(frontier: Frontier, leaves: Iterable<TreeHash>): Frontier {
  const roots = [...frontier.roots];
  let size = frontier.size;
  for (const leaf of leaves) {
    let top = leaf;
    // Each trailing one of the size is a complete subtree as large as the one in hand: the two become one.
    for (let rest = size; rest % 2 === 1; rest = Math.floor(rest / 2)) top = nodeHash(roots.pop()!, top);
    roots.push(top);
    size += 1;
  }
  return { size, roots };
}

/** The right edge after a complete subtree of `width` leaves, a power of two that divides the size. */
export function addSubtree(frontier: Frontier, root: TreeHash, width: number): Frontier {
  const roots = [...frontier.roots];
  let top = root;
  for (let rest = frontier.size / width; rest % 2 === 1; rest = Math.floor(rest / 2)) top = nodeHash(roots.pop()!, top);
  roots.push(top);
  return { size: frontier.size + width, roots };
}

/** The root of the tree with this right edge. */
export function rootOf({ roots }: Frontier): TreeHash {
  let root = roots.at(-1);
  if (root === undefined) return EMPTY_ROOT;
  for (let i = roots.length - 2; i >= 0; i -= 1) root = nodeHash(roots[i]!, root);
  return root;
}

/** The root of the complete subtree over these hashes of one level; their number is a power of two. */
export function subtreeRoot(hashes: readonly TreeHash[]): TreeHash {
  let level = hashes;
  while (level.length > 1) {
    const above: TreeHash[] = [];
    for (let i = 0; i < level.length; i += 2) above.push(nodeHash(level[i]!, level[i + 1]!));
    level = above;
  }
  return level[0]!;
}

/** A right edge as bytes: its roots one after the other. Throws RangeError where they don't fit the size. */
export function frontierFromBytes(size: number, bytes: Uint8Array): Frontier {
  let subtrees = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) subtrees += rest % 2;
  if (bytes.length !== subtrees * HASH_BYTES) {
    throw new RangeError(`a tree of ${size} leaves has ${subtrees} roots at its edge, not ${bytes.length} bytes`);
  }
  return { size, roots: splitHashes(bytes) };
}

export function joinHashes(hashes: readonly TreeHash[]): Uint8Array {
  return Buffer.concat(hashes);
}

export function splitHashes(bytes: Uint8Array): TreeHash[] {
  const hashes: TreeHash[] = [];
  for (let at = 0; at < bytes.length; at += HASH_BYTES) hashes.push(bytes.subarray(at, at + HASH_BYTES));
  return hashes;
}

export function sameHash(a: TreeHash, b: TreeHash): boolean {
  return Buffer.compare(a, b) === 0;
}
