import { TILE_WIDTH, tileWidth } from '../proof/index.ts';
import { edgeTiles, type ProofTile } from './verify-export.ts';

/** Tiles of level 0 that hold exported entries: first and last of each run, in order. */
export type TileRuns = [first: number, last: number][];

/** Adds the tile of a further entry; entries come in order and count from 1. */
export function addToRuns(runs: TileRuns, seq: number): void {
  const tile = Math.floor((seq - 1) / TILE_WIDTH);
  addRun(runs, tile, tile);
}

function addRun(runs: TileRuns, first: number, last: number): void {
  const before = runs.at(-1);
  if (before === undefined || first > before[1] + 1) runs.push([first, last]);
  else if (last > before[1]) before[1] = last;
}

/**
 * Each tile once that the entries of these tiles need to be proven in a tree of `size` leaves: the edge, then the full
 * ones on the way up to it.
 */
export function* proofTiles(runs: Readonly<TileRuns>, size: number): Generator<ProofTile> {
  yield* edgeTiles(size);
  for (
    let level = 0, at: Readonly<TileRuns> = runs;
    size >= TILE_WIDTH ** (level + 1);
    level += 1, at = runsAbove(at)
  ) {
    for (const [first, last] of at) {
      for (let index = first; index <= last && tileWidth(level, index, size) === TILE_WIDTH; index += 1) {
        yield { level, index, width: TILE_WIDTH };
      }
    }
  }
}

function runsAbove(runs: Readonly<TileRuns>): TileRuns {
  const above: TileRuns = [];
  for (const [first, last] of runs) addRun(above, Math.floor(first / TILE_WIDTH), Math.floor(last / TILE_WIDTH));
  return above;
}
