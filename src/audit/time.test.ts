import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDuration, renderTime } from './time.ts';

describe('durations', () => {
  it.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['15m', 900_000],
    ['24h', 86_400_000],
    [' 7d ', 604_800_000],
    ['2w', 1_209_600_000],
  ])('%s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(['', '24', 'h', '24 h', '-1h', '1.5h', '0s', '1y', '1h30m', '999999999w', 'x'.repeat(1000)])(
    '%s is none',
    (text) => {
      expect(() => parseDuration(text)).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }));
    },
  );
});

describe('renderTime', () => {
  it('is ISO 8601 in UTC with milliseconds', () => {
    expect(renderTime(0)).toBe('1970-01-01T00:00:00.000Z');
  });

  it('writes every instant as Date does', () => {
    const instant = fc.integer({ min: -1e15, max: 8.64e15 });
    fc.assert(
      fc.property(instant, fc.integer({ min: -2000, max: 2000 }), (ms, step) => {
        for (const one of [ms, ms + step, ms]) {
          if (Math.abs(one) <= 8.64e15) expect(renderTime(one)).toBe(new Date(one).toISOString());
        }
      }),
    );
  });

  it('shows a number that names no instant as it is', () => {
    expect(renderTime(1e18)).toBe('1000000000000000000');
  });
});
