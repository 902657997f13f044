export interface RateLimit {
  /** Counts one more for `key` and says true, or says false and counts nothing. `now` in milliseconds. */
  admits(key: string, now: number): boolean;
}

/** More keys than this at a time are admitted no more: memory is bounded whoever comes. */
const MAX_KEYS = 1000;

/** At most `limit` for each key within any `windowMs`. */
export function createRateLimit(limit: number, windowMs: number): RateLimit {
  const admitted = new Map<string, number[]>();
  const recent = (times: readonly number[], now: number): number[] => times.filter((at) => at > now - windowMs);

  return {
    admits: (key, now) => {
      const times = recent(admitted.get(key) ?? [], now);
      if (times.length >= limit) return false;
      if (!admitted.has(key) && admitted.size >= MAX_KEYS) {
        for (const [other, its] of admitted) if (recent(its, now).length === 0) admitted.delete(other);
        if (admitted.size >= MAX_KEYS) return false;
      }
      admitted.set(key, [...times, now]);
      return true;
    },
  };
}
