import { EMPTY_ROOT, HASH_BYTES, nodeHash, sameHash, type TreeHash } from './hash-tree.ts';

/**
 * Gives the root of the subtree over the leaves [start, end) of a tree. Only ranges are asked for that begin at a
 * multiple of their size, rounded up to a power of two.
 */
export type SubtreeHash = (start: number, end: number) => Promise<TreeHash> | TreeHash;

/** The audit path of RFC 6962 §2.1.1, from the leaf's sibling up. RangeError where the leaf is not in the tree. */
export async function inclusionProof(index: number, size: number, subtree: SubtreeHash): Promise<TreeHash[]> {
  assertSize(size);
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) {
    throw new RangeError(`no leaf ${index} in a tree of ${size}`);
  }
  return path(index, 0, size, subtree);
}

/** The proof of RFC 6962 §2.1.2 that the tree of `newSize` begins with that of `oldSize`. */
export async function consistencyProof(oldSize: number, newSize: number, subtree: SubtreeHash): Promise<TreeHash[]> {
  assertSize(newSize);
  if (!Number.isSafeInteger(oldSize) || oldSize < 0 || oldSize > newSize) {
    throw new RangeError(`no tree of ${oldSize} within a tree of ${newSize}`);
  }
  if (oldSize === 0 || oldSize === newSize) return [];
  return subproof(oldSize, 0, newSize, true, subtree);
}

/** The root that the proof leads to from this leaf; undefined where the proof has not the length it must have. */
export function rootFromInclusion(
  index: number,
  size: number,
  leaf: TreeHash,
  proof: readonly TreeHash[],
): TreeHash | undefined {
  if (!areHashes(leaf, ...proof)) return undefined;
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return undefined;
  let at = index;
  let last = size - 1;
  let root = leaf;
  for (const sibling of proof) {
    if (last === 0) return undefined;
    if (at % 2 === 1 || at === last) {
      root = nodeHash(sibling, root);
      while (at % 2 === 0 && at !== 0) {
        at = half(at);
        last = half(last);
      }
    } else {
      root = nodeHash(root, sibling);
    }
    at = half(at);
    last = half(last);
  }
  return last === 0 ? root : undefined;
}

export function verifyInclusion(
  index: number,
  size: number,
  leaf: TreeHash,
  proof: readonly TreeHash[],
  root: TreeHash,
): boolean {
  const computed = rootFromInclusion(index, size, leaf, proof);
  return computed !== undefined && sameHash(computed, root);
}

/**
 * True where the tree with `newRoot` begins with the tree with `oldRoot`. The tree of size 0 is within every tree;
 * its root must be the empty one's.
 */
export function verifyConsistency(
  oldSize: number,
  newSize: number,
  proof: readonly TreeHash[],
  oldRoot: TreeHash,
  newRoot: TreeHash,
): boolean {
  if (!areHashes(oldRoot, newRoot, ...proof)) return false;
  if (!Number.isSafeInteger(oldSize) || !Number.isSafeInteger(newSize) || oldSize < 0 || oldSize > newSize)
    return false;
  if (oldSize === newSize) return proof.length === 0 && sameHash(oldRoot, newRoot);
  if (oldSize === 0) return proof.length === 0 && sameHash(oldRoot, EMPTY_ROOT);
  const roots = rootsFromConsistency(oldSize, newSize, proof, oldRoot);
  return roots !== undefined && sameHash(roots.old, oldRoot) && sameHash(roots.new, newRoot);
}

/** RFC 9162 §2.1.4.2: both roots as the proof gives them. */
function rootsFromConsistency(
  oldSize: number,
  newSize: number,
  proof: readonly TreeHash[],
  oldRoot: TreeHash,
): { old: TreeHash; new: TreeHash } | undefined {
  const nodes = isPowerOfTwo(oldSize) ? [oldRoot, ...proof] : proof;
  const first = nodes[0];
  if (first === undefined) return undefined;
  let at = oldSize - 1;
  let last = newSize - 1;
  while (at % 2 === 1) {
    at = half(at);
    last = half(last);
  }
  let older = first;
  let newer = first;
  for (const sibling of nodes.slice(1)) {
    if (last === 0) return undefined;
    if (at % 2 === 1 || at === last) {
      older = nodeHash(sibling, older);
      newer = nodeHash(sibling, newer);
      while (at % 2 === 0 && at !== 0) {
        at = half(at);
        last = half(last);
      }
    } else {
      newer = nodeHash(newer, sibling);
    }
    at = half(at);
    last = half(last);
  }
  return last === 0 ? { old: older, new: newer } : undefined;
}

function areHashes(...hashes: readonly TreeHash[]): boolean {
  return hashes.every((hash) => hash.length === HASH_BYTES);
}

async function path(index: number, start: number, end: number, subtree: SubtreeHash): Promise<TreeHash[]> {
  if (end - start === 1) return [];
  const split = start + largestPowerBelow(end - start);
  return index < split
    ? [...(await path(index, start, split, subtree)), await subtree(split, end)]
    : [...(await path(index, split, end, subtree)), await subtree(start, split)];
}

async function subproof(
  oldEnd: number,
  start: number,
  end: number,
  whole: boolean,
  subtree: SubtreeHash,
): Promise<TreeHash[]> {
  if (oldEnd === end) return whole ? [] : [await subtree(start, end)];
  const split = start + largestPowerBelow(end - start);
  return oldEnd <= split
    ? [...(await subproof(oldEnd, start, split, whole, subtree)), await subtree(split, end)]
    : [...(await subproof(oldEnd, split, end, false, subtree)), await subtree(start, split)];
}

/** The largest power of two that is smaller than `n`, for n from 2. */
export function largestPowerBelow(n: number): number {
  let power = 1;
  while (power * 2 < n) power *= 2;
  return power;
}

function isPowerOfTwo(n: number): boolean {
  return n > 0 && largestPowerBelow(n + 1) === n;
}

function half(n: number): number {
  return Math.floor(n / 2);
}

function assertSize(size: number): void {
  if (!Number.isSafeInteger(size) || size < 0) throw new RangeError(`${size} is no number of leaves`);
}
