export interface UsedSignatures {
  /** True the first time; false where it was used already, or where there is no room to remember it. */
  use(signature: string, until: number, now: number): boolean;
}

/** Each signature counts once. One is remembered until `until`: from then on its time stamp alone is refused. */
export function createUsedSignatures(max: number): UsedSignatures {
  const used = new Map<string, number>();
  return {
    use: (signature, until, now) => {
      if (used.size >= max) for (const [one, end] of used) if (end < now) used.delete(one);
      if (used.has(signature) || used.size >= max) return false;
      used.set(signature, until);
      return true;
    },
  };
}
