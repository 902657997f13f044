import { GgenError } from '../kernel/errors.ts';
import { printable } from '../kernel/text.ts';

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};
/** A hundred years: longer than any log, and far from where milliseconds lose precision. */
const MAX_DURATION = 100 * 366 * 86_400_000;

/** `24h`, `30s`, `15m`, `7d`, `2w`, `500ms` as milliseconds. INPUT_INVALID for anything else. */
export function parseDuration(text: string): number {
  const match = /^(\d{1,9})(ms|s|m|h|d|w)$/.exec(text.trim());
  const ms = match ? Number(match[1]) * UNITS[match[2]!]! : Number.NaN;
  if (ms > 0 && ms <= MAX_DURATION) return ms;
  throw new GgenError('INPUT_INVALID', `${JSON.stringify(printable(text, 40))} is no duration`, {
    hint: 'a whole number with ms, s, m, h, d or w, as in 30s, 15m, 24h, 7d',
  });
}

/** ISO 8601 in UTC with milliseconds; a number that names no instant is shown as it is. */
export function renderTime(ms: number): string {
  const day = Math.floor(ms / DAY_MS);
  if (day !== lastDay) {
    const date = new Date(ms);
    if (Number.isNaN(date.getTime())) return String(ms);
    lastDate = date.toISOString().slice(0, -13);
    lastDay = day;
  }
  const rest = Math.trunc(ms - day * DAY_MS);
  const second = Math.floor(rest / 1000);
  const minute = Math.floor(second / 60);
  const fraction = String(1000 + rest - second * 1000).slice(1);
  return `${lastDate}${TWO[Math.floor(minute / 60)]}:${TWO[minute % 60]}:${TWO[second % 60]}.${fraction}Z`;
}

const DAY_MS = 86_400_000;
const TWO = Array.from({ length: 60 }, (_, n) => String(n).padStart(2, '0'));
/** Entries that follow one another are mostly of one day: `2026-01-31T`. */
let lastDay = Number.NaN;
let lastDate = '';
