import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createRateLimit } from './rate-limit.ts';

const WINDOW = 1000;

it('never lets more than the limit through in any window, nor refuses what is below it', () => {
  const steps = fc.array(fc.record({ key: fc.constantFrom('a', 'b'), after: fc.nat({ max: 400 }) }), {
    maxLength: 200,
  });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), steps, (limit, all) => {
      const rate = createRateLimit(limit, WINDOW);
      const admitted: { key: string; at: number }[] = [];
      let now = 0;
      for (const { key, after } of all) {
        now += after;
        const recent = admitted.filter((one) => one.key === key && one.at > now - WINDOW).length;
        expect(rate.admits(key, now)).toBe(recent < limit);
        if (recent < limit) admitted.push({ key, at: now });
      }
    }),
  );
});

it('remembers no more keys than it has room for, until some are over', () => {
  const rate = createRateLimit(1, WINDOW);
  for (let i = 0; i < 1000; i += 1) expect(rate.admits(`key ${i}`, 0)).toBe(true);
  expect(rate.admits('one more', 999)).toBe(false);
  expect(rate.admits('one more', 1000)).toBe(true);
});
