import { hash } from 'node:crypto';
import { expect, test } from 'vitest';
import { leafHash, subtreeRoot } from './hash-tree.ts';
import { subtreesFromTiles, TILE_WIDTH } from './tiles.ts';
import { inclusionProof } from './tree-proofs.ts';

test('a proof reads each tile once', async () => {
  const size = 3 * TILE_WIDTH;
  const leaves = Array.from({ length: size }, (_, i) => leafHash(hash('sha256', `${i}`, 'buffer')));
  const tile = (index: number) => leaves.slice(index * TILE_WIDTH, (index + 1) * TILE_WIDTH);
  const read: string[] = [];
  const subtree = subtreesFromTiles(size, async (level, index, count) => {
    read.push(`${level}/${index}`);
    return level === 0 ? tile(index) : Array.from({ length: count }, (_, i) => subtreeRoot(tile(i)));
  });
  const proof = await inclusionProof(300, size, subtree);
  expect(proof).toHaveLength(10);
  expect(read).toEqual(['0/1', '1/0']);
});
