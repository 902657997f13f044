import { isDay, parseDuration, parseInstant } from '../../audit/index.ts';
import { GgenError } from '../../kernel/errors.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const LONGEST = 100 * 366 * DAY;
/** 9999-12-31: years with more digits have another form. */

/** Whole hours, in milliseconds since 1970, UTC: counts are kept by the hour. */
export interface Period {
  /** inclusive */
  readonly from: number;
  /** exclusive */
  readonly to: number;
}

export type TimeUnit = 'hour' | 'day' | 'week' | 'month' | 'year';

/** A period as a person writes it: ISO 8601, or how far back from now. */
export interface PeriodText {
  readonly from?: string;
  /** a date without a time means that whole day; absent: up to now */
  readonly to?: string;
  /** `24h`, `7d`: up to now */
  readonly last?: string;
}

/**
 * The period that is meant, widened to whole hours. INPUT_INVALID for what is no time, for a time without a zone, and
 * for a period that is empty, longer than a hundred years, or named twice or not at all.
 */
export function parsePeriod(text: PeriodText, now: number): Period {
  if (text.last !== undefined) {
    if (text.from !== undefined || text.to !== undefined)
      throw invalid('--last and --from or --to say the same thing twice');
    return widened(now - parseDuration(text.last), now);
  }
  if (text.from === undefined) throw invalid('no period', 'give --from (and --to), or --last 30d');
  const from = parseInstant('--from', text.from);
  const to = text.to === undefined ? now : parseInstant('--to', text.to);
  const end = text.to !== undefined && isDay(text.to) ? to + DAY : to;
  if (end <= from) throw invalid(`the period ends before it begins: --from ${text.from}, --to ${text.to ?? 'now'}`);
  return widened(from, end);
}

function widened(from: number, to: number): Period {
  const period = { from: Math.max(0, Math.floor(from / HOUR) * HOUR), to: Math.ceil(to / HOUR) * HOUR };
  if (period.to - period.from > LONGEST) throw invalid('the period is longer than a hundred years');
  return period;
}

function invalid(message: string, hint?: string): GgenError {
  return new GgenError('INPUT_INVALID', message, hint === undefined ? {} : { hint });
}

/** How finely a period is drawn: at most 120 stretches. */
export function unitFor({ from, to }: Period): TimeUnit {
  const days = (to - from) / DAY;
  if (days <= 3) return 'hour';
  if (days <= 100) return 'day';
  if (days <= 700) return 'week';
  return days <= 3650 ? 'month' : 'year';
}

/** The name of the stretch of time that an instant lies in: `2026-01-31T12`, `2026-01-31`, `2026-01`, `2026`. */
export function stretchOf(ms: number, unit: TimeUnit): string {
  // Weeks begin on Monday, and are called by that day; 1970 began on a Thursday.
  const start = unit === 'week' ? ms - ((((Math.floor(ms / DAY) + 3) % 7) + 7) % 7) * DAY : ms;
  const digits = { hour: 13, day: 10, week: 10, month: 7, year: 4 }[unit];
  return new Date(start).toISOString().slice(0, digits);
}

/** Every stretch that a period touches, in order. */
export function stretchesOf({ from, to }: Period, unit: TimeUnit): string[] {
  const stretches = new Set<string>();
  const step = unit === 'hour' ? HOUR : DAY;
  for (let at = from; at < to; at += step) stretches.add(stretchOf(at, unit));
  if (to > from) stretches.add(stretchOf(to - 1, unit));
  return [...stretches];
}
