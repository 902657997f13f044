import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { extendFrontier, leafHash, subtreeRoot, TILE_WIDTH, type TreeHash } from '../../audit/index.ts';
import { EMPTY_EDGE, growTree } from './tree-edge.ts';

const hex = (hashes: readonly TreeHash[]): string => Buffer.concat(hashes).toString('hex');

describe('the edge of a tree', () => {
  it('gives the tiles that the leaves have, however they come', () => {
    const leaves = Array.from({ length: 70_000 }, (_, i) => leafHash(Buffer.from(String(i))));
    const chunks = fc.array(fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 30_000 })), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(chunks, (sizes) => {
        let edge = EMPTY_EDGE;
        let at = 0;
        const tiles = new Map<string, readonly TreeHash[]>();
        for (const size of sizes) {
          const fresh = leaves.slice(at, at + size);
          at += fresh.length;
          const grown = growTree(edge, fresh);
          edge = grown.edge;
          for (const { level, index, hashes } of grown.tiles) {
            expect(hashes.length).toBeGreaterThan(tiles.get(`${level}/${index}`)?.length ?? 0);
            tiles.set(`${level}/${index}`, hashes);
          }
        }
        expect(edge.frontier).toEqual(extendFrontier({ size: 0, roots: [] }, leaves.slice(0, at)));
        let naive: readonly TreeHash[] = leaves.slice(0, at);
        for (let level = 0; naive.length > 0; level += 1) {
          const above: TreeHash[] = [];
          for (let index = 0; index * TILE_WIDTH < naive.length; index += 1) {
            const wanted = naive.slice(index * TILE_WIDTH, (index + 1) * TILE_WIDTH);
            const tile = tiles.get(`${level}/${index}`) ?? [];
            if (hex(tile) !== hex(wanted)) expect.fail(`tile ${level}/${index} differs`);
            tiles.delete(`${level}/${index}`);
            if (wanted.length === TILE_WIDTH) above.push(subtreeRoot(wanted));
          }
          naive = above;
        }
        expect(tiles.size).toBe(0);
      }),
      { numRuns: 12, examples: [[[256, 65_279, 1, 300]], [[255, 1, 0, 257]]] },
    );
  });
});
