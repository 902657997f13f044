import { hash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  EMPTY_FRONTIER,
  EMPTY_ROOT,
  extendFrontier,
  leafHash,
  nodeHash,
  rootOf,
  subtreeRoot,
  type TreeHash,
} from './hash-tree.ts';
import { subtreesFromTiles, TILE_WIDTH, tilePath, tileWidth } from './tiles.ts';
import { consistencyProof, inclusionProof, verifyConsistency, verifyInclusion } from './tree-proofs.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const leaf = (i: number): TreeHash => leafHash(Buffer.from(`leaf ${i}`));

/** RFC 6962 §2.1 as it stands there. */
function naiveRoot(leaves: readonly TreeHash[]): TreeHash {
  if (leaves.length === 0) return hash('sha256', '', 'buffer');
  if (leaves.length === 1) return leaves[0]!;
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return nodeHash(naiveRoot(leaves.slice(0, split)), naiveRoot(leaves.slice(split)));
}

const SIZES = 300;
const leaves = Array.from({ length: SIZES }, (_, i) => leaf(i));
const roots = Array.from({ length: SIZES + 1 }, (_, size) => naiveRoot(leaves.slice(0, size)));
const subtreeOf = (start: number, end: number): TreeHash => naiveRoot(leaves.slice(start, end));
/** Tiles of the first `size` leaves. */
const tilesOf = (size: number) => async (level: number, index: number, count: number) => {
  let hashes = leaves.slice(0, size);
  for (let l = 0; l < level; l += 1) {
    const full = Math.floor(hashes.length / TILE_WIDTH);
    hashes = Array.from({ length: full }, (_, i) => subtreeRoot(hashes.slice(i * TILE_WIDTH, (i + 1) * TILE_WIDTH)));
  }
  return hashes.slice(index * TILE_WIDTH, index * TILE_WIDTH + count);
};

describe('the tree', () => {
  it('has the roots of the reference implementations of RFC 6962', () => {
    // The eight inputs and roots that the public implementations share (certificate-transparency, Trillian, Tessera).
    const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
    const want = [
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
      'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
      '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
      'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
      '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
    ];
    let frontier = EMPTY_FRONTIER;
    expect(hex(EMPTY_ROOT)).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    inputs.forEach((input, i) => {
      frontier = extendFrontier(frontier, [leafHash(Buffer.from(input, 'hex'))]);
      expect(hex(rootOf(frontier))).toBe(want[i]);
    });
  });

  it(`of any size up to ${SIZES} has the root of the definition, however it grew`, () => {
    let one = EMPTY_FRONTIER;
    for (let size = 0; size <= SIZES; size += 1) {
      expect(hex(rootOf(one))).toBe(hex(roots[size]!));
      const half = Math.floor(size / 2);
      const two = extendFrontier(extendFrontier(EMPTY_FRONTIER, leaves.slice(0, half)), leaves.slice(half, size));
      expect(hex(rootOf(two))).toBe(hex(roots[size]!));
      if (size < SIZES) one = extendFrontier(one, [leaves[size]!]);
    }
  });
});

describe('proofs', () => {
  it(`of inclusion hold for every leaf of every size up to ${SIZES}, and for no other leaf, place, size or root`, async () => {
    for (let size = 1; size <= SIZES; size += size < 70 ? 1 : 23) {
      const subtree = subtreesFromTiles(size, tilesOf(size));
      const { roots: edge } = extendFrontier(EMPTY_FRONTIER, leaves.slice(0, size));
      const withEdge = subtreesFromTiles(size, tilesOf(size), edge);
      for (let index = 0; index < size; index += size < 70 ? 1 : 7) {
        const proof = await inclusionProof(index, size, subtree);
        expect(proof.map(hex)).toEqual((await inclusionProof(index, size, subtreeOf)).map(hex));
        expect((await inclusionProof(index, size, withEdge)).map(hex)).toEqual(proof.map(hex));
        const holds = (i: number, s: number, l: TreeHash, p: readonly TreeHash[], r: TreeHash) =>
          verifyInclusion(i, s, l, p, r);
        expect(holds(index, size, leaves[index]!, proof, roots[size]!)).toBe(true);
        expect(holds(index, size, leaf(-1), proof, roots[size]!)).toBe(false);
        expect(holds(index, size, leaves[index]!, proof, roots[size - 1]!)).toBe(false);
        expect(holds(index + 1, size, leaves[index]!, proof, roots[size]!)).toBe(false);
        expect(holds(index, size, leaves[index]!, [...proof, leaf(-2)], roots[size]!)).toBe(false);
        if (proof.length > 0) {
          expect(holds(index, size, leaves[index]!, proof.slice(1), roots[size]!)).toBe(false);
          const bent = proof.map((one, i) => (i === proof.length - 1 ? leaf(-3) : one));
          expect(holds(index, size, leaves[index]!, bent, roots[size]!)).toBe(false);
        }
      }
    }
  });

  it(`of consistency hold between any two sizes up to ${SIZES}, and for no other roots or sizes`, async () => {
    for (let size = 0; size <= SIZES; size += size < 40 ? 1 : 19) {
      const subtree = subtreesFromTiles(size, tilesOf(size));
      for (let old = 0; old <= size; old += size < 40 ? 1 : 5) {
        const proof = await consistencyProof(old, size, subtree);
        expect(verifyConsistency(old, size, proof, roots[old]!, roots[size]!)).toBe(true);
        expect(verifyConsistency(old, size, proof, leaf(-1), roots[size]!)).toBe(false);
        expect(verifyConsistency(old, size, [...proof, leaf(-2)], roots[old]!, roots[size]!)).toBe(false);
        if (old > 0 && old < size) {
          expect(verifyConsistency(old, size, proof, roots[old]!, leaf(-1))).toBe(false);
          expect(verifyConsistency(old, size, proof.slice(1), roots[old]!, roots[size]!)).toBe(false);
          expect(verifyConsistency(old - 1, size, proof, roots[old]!, roots[size]!)).toBe(false);
        }
      }
    }
  });

  it('are not made for what is not in the tree', async () => {
    for (const index of [-1, 5, 1.5]) await expect(inclusionProof(index, 5, subtreeOf)).rejects.toThrow(RangeError);
    for (const old of [-1, 6, 0.5]) await expect(consistencyProof(old, 5, subtreeOf)).rejects.toThrow(RangeError);
  });
});

describe('tiles', () => {
  it('are named and sized as c2sp.org/tlog-tiles says', () => {
    expect(tilePath(0, 1_234_067)).toBe('tile/0/x001/x234/067');
    expect(tilePath(0, 0)).toBe('tile/0/000');
    expect(tilePath(1, 5, 12)).toBe('tile/1/005.p/12');
    expect([
      tileWidth(0, 0, 70_000),
      tileWidth(0, 273, 70_000),
      tileWidth(1, 1, 70_000),
      tileWidth(2, 0, 70_000),
    ]).toEqual([256, 112, 17, 1]);
  });
});
