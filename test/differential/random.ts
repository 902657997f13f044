/** Numbers that look random and are the same for the same seed, with the choices a generator makes of them. */
export interface Random {
  /** 0 … below `limit` */
  below(limit: number): number;
  /** true once in `times` */
  once(times: number): boolean;
  pick<T>(choices: readonly T[]): T;
}

/** `mulberry32` */
export function seededChoices(seed: number): Random {
  let state = seed >>> 0;
  const below = (limit: number): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
  return { below, once: (times) => below(times) === 0, pick: (choices) => choices[below(choices.length)]! };
}
