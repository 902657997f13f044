import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tilePath } from '../proof/index.ts';
import { addToRuns, proofTiles, type TileRuns } from './proof-tiles.ts';
import { edgeTiles, tilesAbove } from './verify-export.ts';

test('each tile on the way up from the entries comes once, and no other', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 20_000_000 })),
      fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 1, max: 600 })), {
        maxLength: 6,
      }),
      (size, parts) => {
        const seqs = new Set<number>();
        for (const [where, length] of parts) {
          const start = Math.floor(where * (size - 1)) + 1;
          for (let seq = start; seq < start + length && seq <= size; seq += 1) seqs.add(seq);
        }
        const runs: TileRuns = [];
        for (const seq of [...seqs].sort((a, b) => a - b)) addToRuns(runs, seq);
        const path = ({ level, index, width }: ReturnType<typeof edgeTiles>[number]) => tilePath(level, index, width);
        const wanted = new Set(edgeTiles(size).map(path));
        for (const seq of seqs) for (const tile of tilesAbove(seq, size)) wanted.add(path(tile));
        expect([...proofTiles(runs, size)].map(path).sort()).toEqual([...wanted].sort());
      },
    ),
  );
});
