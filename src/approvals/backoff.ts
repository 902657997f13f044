const FIRST_MS = 5000;
const MAX_MS = 24 * 3_600_000;

/**
 * How long to wait after the nth failed try, from 1, in milliseconds: anything up to 5 s, doubling up to a day (full
 * jitter: many senders don't come back together). `random` gives numbers in [0, 1).
 */
export function backoffMs(attempt: number, random: () => number): number {
  const most = Math.min(MAX_MS, FIRST_MS * 2 ** Math.max(0, attempt - 1));
  return Math.ceil(most * random());
}
