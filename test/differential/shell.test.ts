// What the reader of command lines says that a line does is held against what a real bash does with it: thousands of
// lines out of bash's grammar, and the same lines broken, each run in a scratch folder.
//
// THREAT: a line that fails to be read rightly is run all the same. There is no sandbox (bubblewrap is not everywhere):
// PATH holds only stubs that note how they were started, the environment has nothing else, no line with a slash beside
// `/dev/null` is run (`isConfined`), none is run that the reader refuses, and each is killed after a while.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateLine, isConfined, mutateLine } from './bash-lines.ts';
import { missedBy, readLine } from './compare.ts';
import { seededChoices } from './random.ts';
import { type BashPlace, openBashPlace } from './run-bash.ts';
import { shrinkLine } from './shrink.ts';

/** `npm run test:soak` sets GGEN_SOAK; GGEN_SEED repeats a run. */
const SOAK = process.env.GGEN_SOAK !== undefined;
const SEED = Number(process.env.GGEN_SEED ?? 20_261_123);
const LINES = SOAK ? 24_000 : 600;
/** Holes that are made short and shown; the rest is counted. */
const SHOWN = 10;

interface Tally {
  lines: number;
  accepted: number;
  /** accepted, and nothing in it unknown */
  sure: number;
  started: number;
  changed: number;
  readonly holes: string[];
}

describe('a line that the reader lets through', () => {
  let place: BashPlace;
  beforeAll(() => {
    place = openBashPlace();
  });
  afterAll(() => place.remove());

  const holeIn = async (line: string, tally?: Tally): Promise<string | undefined> => {
    const reading = readLine(line, place);
    if (!reading.accepted) return undefined;
    const run = await place.run(line);
    if (tally) {
      tally.accepted += 1;
      tally.sure += reading.sure ? 1 : 0;
      tally.started += run.started.length;
      tally.changed += run.changed.length;
    }
    return missedBy(reading, run, place);
  };

  const tryLines = async (count: number, seed: number, mutated: boolean): Promise<Tally> => {
    const random = seededChoices(seed);
    const tally: Tally = { lines: 0, accepted: 0, sure: 0, started: 0, changed: 0, holes: [] };
    while (tally.lines < count) {
      const whole = generateLine(random, 2);
      const line = mutated ? mutateLine(random, whole) : whole;
      if (!isConfined(line)) continue;
      tally.lines += 1;
      const hole = await holeIn(line, tally);
      if (hole === undefined) continue;
      if (tally.holes.length >= SHOWN) {
        tally.holes.push('…');
        continue;
      }
      const short = await shrinkLine(
        line,
        async (shorter) => isConfined(shorter) && (await holeIn(shorter)) !== undefined,
      );
      tally.holes.push(`${JSON.stringify(short)}: ${(await holeIn(short)) ?? hole}; out of ${JSON.stringify(line)}`);
    }
    console.log(`${mutated ? 'broken' : 'grammatical'}, seed ${seed}:`, { ...tally, holes: tally.holes.length });
    return tally;
  };

  it('starts what it was read to start and writes where it was read to write, whatever the grammar gives', {
    timeout: 3_600_000,
  }, async () => {
    const tally = await tryLines(LINES / 2, SEED, false);
    expect(tally.holes).toEqual([]);
    // To refuse everything would be right as well.
    expect(tally.accepted / tally.lines).toBeGreaterThan(0.4);
    expect(tally.sure / tally.lines).toBeGreaterThan(0.25);
    expect(tally.started).toBeGreaterThan(tally.lines / 2);
    expect(tally.changed).toBeGreaterThan(tally.lines / 50);
  });

  it('and so it does where the line is broken', { timeout: 3_600_000 }, async () => {
    const tally = await tryLines(LINES / 2, SEED + 1, true);
    expect(tally.holes).toEqual([]);
    expect(tally.accepted / tally.lines).toBeGreaterThan(0.15);
  });
});
