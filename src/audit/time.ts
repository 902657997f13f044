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

const TIME = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2})(:\d{2}(?:\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?)?$/;
const LATEST = 8.64e15;

/** True for a date without a time. */
export function isDay(text: string): boolean {
  return text.length === 10;
}

/**
 * A day or an instant in ISO 8601 as milliseconds since 1970; `what` names it in messages. INPUT_INVALID for anything
 * else: a time without a zone means another one in every place.
 */
export function parseInstant(what: string, text: string): number {
  const match = TIME.exec(text);
  const shown = JSON.stringify(printable(text, 40));
  const invalid = (message: string, hint?: string): GgenError =>
    new GgenError('INPUT_INVALID', message, hint === undefined ? {} : { hint });
  if (!match) throw invalid(`${what} ${shown} is no ISO 8601 time`, 'as in 2026-01-31 or 2026-01-31T12:00:00Z');
  if (match[2] !== undefined && match[4] === undefined) {
    throw invalid(`${what} ${shown} has no time zone`, `times are UTC: ${printable(text, 40)}Z`);
  }
  const day = Date.parse(`${match[1]}T00:00:00Z`);
  const ms = Date.parse(match[2] === undefined ? `${match[1]}T00:00:00Z` : text);
  // 31 February is moved into March: then it reads differently.
  const real = Number.isFinite(day) && new Date(day).toISOString().startsWith(match[1]!);
  if (real && Number.isFinite(ms) && ms >= 0 && ms <= LATEST) return ms;
  throw invalid(`${what} ${shown} is a time that doesn't exist, or lies before 1970`);
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
