import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PeriodText, parsePeriod, stretchesOf, stretchOf, unitFor } from './period.ts';
import { showPeriod } from './show.ts';

const HOUR = 3_600_000;
const NOW = Date.UTC(2024, 10, 5, 14, 24, 19);
const shown = (text: PeriodText): string[] => {
  const { from, to } = parsePeriod(text, NOW);
  return [from, to].map((ms) => new Date(ms).toISOString());
};

describe('a period as a person writes it', () => {
  it('includes the whole day that --to names', () => {
    expect(shown({ from: '2024-10-01', to: '2024-10-31' })).toEqual([
      '2024-10-01T00:00:00.000Z',
      '2024-11-01T00:00:00.000Z',
    ]);
    expect(shown({ from: '2024-10-01', to: '2024-10-01' })).toEqual([
      '2024-10-01T00:00:00.000Z',
      '2024-10-02T00:00:00.000Z',
    ]);
  });

  it('ends now where nothing else is said, and is widened to whole hours', () => {
    expect(shown({ from: '2024-11-05T03:30:00Z' })).toEqual(['2024-11-05T03:00:00.000Z', '2024-11-05T15:00:00.000Z']);
    expect(shown({ last: '90m' })).toEqual(['2024-11-05T12:00:00.000Z', '2024-11-05T15:00:00.000Z']);
    expect(shown({ from: '2024-10-01T10:00:00+02:00', to: '2024-10-01T08:00:01Z' })).toEqual([
      '2024-10-01T08:00:00.000Z',
      '2024-10-01T09:00:00.000Z',
    ]);
  });

  it.each<[PeriodText, RegExp]>([
    [{}, /no period/],
    [{ to: '2024-10-31' }, /no period/],
    [{ last: '7d', from: '2024-10-01' }, /twice/],
    [{ last: '7d', to: '2024-10-01' }, /twice/],
    [{ last: 'soon' }, /no duration/],
    [{ from: 'october' }, /--from "october" is no ISO 8601 time/],
    [{ from: '2024-10-01 12:00' }, /no ISO 8601 time/],
    [{ from: '2024-10-01', to: '2024-10-01T12:00:00' }, /--to .* no time zone/],
    [{ from: '2024-02-31' }, /doesn't exist/],
    [{ from: '2024-02-31T12:00:00Z' }, /doesn't exist/],
    [{ from: '2024-13-01' }, /doesn't exist/],
    [{ from: '2024-10-01T25:00:00Z' }, /doesn't exist/],
    [{ from: '1969-12-31' }, /before 1970/],
    [{ from: '2024-10-02', to: '2024-10-01' }, /ends before it begins/],
    [{ from: '2025-01-01' }, /ends before it begins/],
    [{ from: '1970-01-01', to: '2090-01-01' }, /longer than a hundred years/],
    [{ from: '\u202e2024' }, /\\u\{202e\}2024/],
  ])('refuses %o', (text, message) => {
    expect(() => parsePeriod(text, NOW)).toThrow(message);
  });

  it('is shown as days where it is days', () => {
    expect(showPeriod(parsePeriod({ from: '2024-10-01', to: '2024-10-31' }, NOW))).toBe(
      '2024-10-01 to 2024-10-31 UTC, both days included',
    );
    expect(showPeriod(parsePeriod({ from: '2024-10-01', to: '2024-10-01' }, NOW))).toBe('2024-10-01 UTC');
    expect(showPeriod(parsePeriod({ last: '1h' }, NOW))).toBe('2024-11-05 13:00 to 2024-11-05 15:00 UTC');
  });
});

describe('stretches of time', () => {
  it('are hours up to three days, and never more than 121', () => {
    expect(unitFor({ from: 0, to: 72 * HOUR })).toBe('hour');
    expect(unitFor({ from: 0, to: 73 * HOUR })).toBe('day');
    fc.assert(
      fc.property(fc.nat(400_000), fc.integer({ min: 1, max: 100 * 366 * 24 }), (start, hours) => {
        const period = { from: start * HOUR, to: (start + hours) * HOUR };
        expect(stretchesOf(period, unitFor(period)).length).toBeLessThanOrEqual(121);
      }),
    );
  });

  it('hold every instant of the period, in order', () => {
    fc.assert(
      fc.property(fc.nat(400_000), fc.integer({ min: 1, max: 30_000 }), fc.nat(), (start, hours, at) => {
        const period = { from: start * HOUR, to: (start + hours) * HOUR };
        const unit = unitFor(period);
        const stretches = stretchesOf(period, unit);
        expect(stretches).toEqual([...stretches].sort());
        expect(stretches).toContain(stretchOf(period.from + (at % (period.to - period.from)), unit));
      }),
    );
  });

  it('begin weeks on Monday', () => {
    expect(stretchOf(Date.UTC(2024, 9, 6, 23), 'week')).toBe('2024-09-30');
    expect(stretchOf(Date.UTC(2024, 9, 7), 'week')).toBe('2024-10-07');
  });
});
