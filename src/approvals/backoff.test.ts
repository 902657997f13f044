import fc from 'fast-check';
import { expect, it } from 'vitest';
import { backoffMs } from './backoff.ts';

it('waits up to 5 s, doubling with each try up to a day, anywhere in between', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10_000 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (n, r) => {
        const wait = backoffMs(n, () => r);
        expect(wait).toBeGreaterThanOrEqual(0);
        expect(wait).toBeLessThanOrEqual(Math.min(86_400_000, 5000 * 2 ** (n - 1)));
        expect(backoffMs(n, () => 0)).toBe(0);
      },
    ),
  );
  expect(Array.from({ length: 4 }, (_, i) => backoffMs(i + 1, () => 0.9999999))).toEqual([
    5000, 10_000, 20_000, 40_000,
  ]);
  expect(backoffMs(40, () => 0.9999999999)).toBe(86_400_000);
});
