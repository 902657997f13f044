import { GgenError } from '../kernel/errors.ts';

/**
 * `deterministic`: every honest validator gives the same verdict on the same input, a pure function of it, and who
 * enforces the verdict collects the votes. `agreement`: honest validators may differ (people, models, clocks).
 */
export type ConsensusMode = 'deterministic' | 'agreement';

/**
 * How many matching votes make a certificate, smallest first, where f of n validators may crash, lie or say different
 * things to different listeners: no faulty ones alone make one, no two certificates contradict each other, and the
 * honest ones alone can make one. Deterministic: f < t ≤ n − f. Agreement: (n + f) / 2 < t ≤ n − f.
 */
export function thresholds(n: number, f: number, mode: ConsensusMode): number[] {
  assertCounts(n, f);
  const least = mode === 'deterministic' ? f + 1 : Math.floor((n + f) / 2) + 1;
  return Array.from({ length: Math.max(0, n - f - least + 1) }, (_, i) => least + i);
}

/** The smallest n that tolerates f faults. */
export function smallestSet(f: number, mode: ConsensusMode): number {
  return mode === 'deterministic' ? 2 * f + 1 : 3 * f + 1;
}

/** The smallest threshold; INPUT_INVALID where no threshold is right, naming the smallest n that would do. */
export function thresholdFor(n: number, f: number, mode: ConsensusMode): number {
  const [smallest] = thresholds(n, f, mode);
  if (smallest !== undefined) return smallest;
  const judged = mode === 'agreement' ? ' where validators judge' : '';
  throw new GgenError('INPUT_INVALID', `${n} validators can't tolerate ${f} faulty ones${judged}`, {
    hint: `it takes at least ${smallestSet(f, mode)}${mode === 'agreement' && n >= 2 * f + 1 ? ', or mode "deterministic" for checks that always say the same of the same' : ''}`,
  });
}

function assertCounts(n: number, f: number): void {
  if (Number.isSafeInteger(n) && Number.isSafeInteger(f) && n > 0 && f >= 0) return;
  throw new GgenError('INPUT_INVALID', `${n} validators, ${f} of them faulty: both must be whole numbers, n from 1`);
}
