import { describe, expect, it } from 'vitest';
import { type ConsensusMode, smallestSet, thresholdFor, thresholds } from './bounds.ts';

/** Every threshold that is safe and live, by trying all that honest and faulty validators can do. */
function enumerate(n: number, f: number, mode: ConsensusMode): number[] {
  const honest = n - f;
  return Array.from({ length: n }, (_, i) => i + 1).filter((t) => {
    // Faulty validators say both; honest ones all say yes, or, where they judge, any split between yes and no.
    const splits = mode === 'deterministic' ? [honest] : Array.from({ length: honest + 1 }, (_, yes) => yes);
    const safe = splits.every((yes) => {
      const [forYes, forNo] = [yes + f, honest - yes + f];
      const conflicting = forYes >= t && forNo >= t;
      const invented = (forNo >= t && yes === honest) || (forYes >= t && yes === 0);
      return !conflicting && !invented;
    });
    // With the faulty ones silent, the honest ones must do when they agree.
    return safe && honest >= t;
  });
}

/**
 * The same from scratch, validator by validator: every honest one has one verdict, every faulty one signs neither, either
 * or both, and each of two listeners is shown whatever part of these votes suits the faulty ones best. `t` is right where
 * nobody is ever shown a verdict that no honest one gave while all agreed, no two are shown contrary ones, and the
 * honest ones, agreeing, are enough by themselves whatever the faulty ones sign.
 */
function bruteForce(n: number, f: number, mode: ConsensusMode): number[] {
  const right = Array.from({ length: n }, (_, i) => i + 1);
  const wrong = new Set<number>();
  const honest = n - f;
  for (let signs = 0; signs < 2 ** honest; signs += 1) {
    const yes = bits(signs);
    const agreed = yes === 0 || yes === honest;
    if (mode === 'deterministic' && !agreed) continue;
    for (let faulty = 0; faulty < 4 ** f; faulty += 1) {
      let forYes = yes;
      let forNo = honest - yes;
      for (let i = 0; i < f; i += 1) {
        forYes += (faulty >> (2 * i)) & 1;
        forNo += (faulty >> (2 * i + 1)) & 1;
      }
      for (const t of right) {
        const shown = [forYes >= t, forNo >= t];
        const conflict = shown[0] && shown[1];
        const invented = (yes === honest && honest > 0 && shown[1]) || (yes === 0 && shown[0]);
        const stuck = agreed && honest < t;
        if (conflict || invented || stuck) wrong.add(t);
      }
    }
  }
  return right.filter((t) => !wrong.has(t));
}

function bits(number: number): number {
  let count = 0;
  for (let rest = number; rest > 0; rest >>= 1) count += rest & 1;
  return count;
}

describe('thresholds', () => {
  it('are just those that are right whatever each validator signs, for every set of up to ten', () => {
    for (const mode of ['deterministic', 'agreement'] as const) {
      for (let n = 1; n <= 10; n += 1) {
        for (let f = 0; f <= n; f += 1)
          expect([n, f, mode, thresholds(n, f, mode)]).toEqual([n, f, mode, bruteForce(n, f, mode)]);
      }
    }
  });

  it('are just those that enumeration finds, for every set of up to ten', () => {
    for (const mode of ['deterministic', 'agreement'] as const) {
      for (let n = 1; n <= 10; n += 1) {
        for (let f = 0; f <= n; f += 1)
          expect([n, f, mode, thresholds(n, f, mode)]).toEqual([n, f, mode, enumerate(n, f, mode)]);
      }
    }
  });

  it.each([
    [3, 1, [2], []],
    [4, 1, [2, 3], [3]],
    [5, 2, [3], []],
    [7, 2, [3, 4, 5], [5]],
    [7, 3, [4], []],
    [10, 3, [4, 5, 6, 7], [7]],
  ])('of %i with %i faulty ones are %j for checks and %j for judgement', (n, f, checks, judgement) => {
    expect(thresholds(n, f, 'deterministic')).toEqual(checks);
    expect(thresholds(n, f, 'agreement')).toEqual(judgement);
  });

  it('are there from 2f + 1 validators for checks, and from 3f + 1 for judgement', () => {
    for (const mode of ['deterministic', 'agreement'] as const) {
      for (let f = 0; f <= 20; f += 1) {
        const least = smallestSet(f, mode);
        expect(thresholds(least, f, mode)).not.toEqual([]);
        if (least > 1) expect(thresholds(least - 1, f, mode)).toEqual([]);
      }
    }
  });

  it('that don’t exist are refused, with the smallest set that would do', () => {
    expect(thresholdFor(7, 3, 'deterministic')).toBe(4);
    expect(() => thresholdFor(7, 3, 'agreement')).toThrow(
      expect.objectContaining({
        code: 'INPUT_INVALID',
        message: "7 validators can't tolerate 3 faulty ones where validators judge",
        hint: 'it takes at least 10, or mode "deterministic" for checks that always say the same of the same',
      }),
    );
    expect(() => thresholdFor(6, 3, 'deterministic')).toThrow(expect.objectContaining({ hint: 'it takes at least 7' }));
    for (const [n, f] of [
      [0, 0],
      [1.5, 0],
      [4, -1],
      [Number.NaN, 1],
    ] as const)
      expect(() => thresholdFor(n, f, 'agreement')).toThrow(/whole numbers/);
  });
});
