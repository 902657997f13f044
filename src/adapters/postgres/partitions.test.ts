import { expect, it } from 'vitest';
import { createPartitions, monthOf } from './partitions.ts';

it('a month begins and ends in UTC', () => {
  expect(monthOf(Date.parse('2026-12-31T23:59:59.999Z'))).toEqual({
    name: '2026_12',
    start: Date.parse('2026-12-01T00:00:00Z'),
    end: Date.parse('2027-01-01T00:00:00Z'),
  });
});

it('months far from now, by a clock gone wrong, get no partition', () => {
  const now = Date.parse('2026-11-23T00:00:00Z');
  const { lacks } = createPartitions(() => now);
  expect([0, now - 500 * 86_400_000, now + 500 * 86_400_000, 8.64e15].map(lacks)).toEqual([false, false, false, false]);
  expect([now, now - 300 * 86_400_000, now + 40 * 86_400_000].map(lacks)).toEqual([true, true, true]);
});
