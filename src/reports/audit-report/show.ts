import type { TimeUnit } from './period.ts';

const NUMBER = new Intl.NumberFormat('en-US');

/** 1234567 as 1,234,567. */
export function showCount(count: number): string {
  return NUMBER.format(count);
}

/** `1 entry`, `2 entries`. */
export function counted(count: number, one: string, many: string): string {
  return `${showCount(count)} ${count === 1 ? one : many}`;
}

/** An instant in UTC, to the second: 2026-01-31 12:00:00. */
export function showTime(ms: number): string {
  return iso(ms).slice(0, 19).replace('T', ' ');
}

/** An instant of a period, as short as it can be said: 2026-01-31, 2026-01-31 12:00. */
function showEdge(ms: number): string {
  return ms % 86_400_000 === 0 ? iso(ms).slice(0, 10) : iso(ms).slice(0, 16).replace('T', ' ');
}

/** The first and the last day, both included, or instants where it is no period of whole days. */
export function showPeriod({ from, to }: { readonly from: number; readonly to: number }): string {
  if (from % 86_400_000 !== 0 || to % 86_400_000 !== 0) return `${showEdge(from)} to ${showEdge(to)} UTC`;
  const last = showEdge(to - 86_400_000);
  return showEdge(from) === last ? `${last} UTC` : `${showEdge(from)} to ${last} UTC, both days included`;
}

/** A stretch of time for a person: `2026-01-31 12:00`, `week of 2026-01-26`. */
export function showStretch(key: string, unit: TimeUnit): string {
  if (unit === 'hour') return `${key.replace('T', ' ')}:00`;
  return unit === 'week' ? `week of ${key}` : key;
}

/** As short as fits below a column: `12:00`, and the day at midnight; `10-05` for days and weeks. */
export function showTick(key: string, unit: TimeUnit): string {
  if (unit === 'hour') return key.endsWith('T00') ? key.slice(5, 10) : `${key.slice(11)}:00`;
  return unit === 'day' || unit === 'week' ? key.slice(5) : key;
}

export function iso(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? 'no time' : date.toISOString();
}
