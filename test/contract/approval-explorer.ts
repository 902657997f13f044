// Walks every order in which the steps of several actors can come: each actor reads, then writes, and between the two
// anybody else may have written. The state is a value, and each state is looked at once.

export interface Step<S> {
  /** undefined: it can't be taken in this state */
  readonly take: (state: S) => S | undefined;
  readonly name: string;
}

export interface Explored {
  readonly states: number;
  readonly steps: number;
  /** states in which nothing can be done any more */
  readonly ends: number;
  /** the shortest way to a state that breaks an invariant, and which */
  readonly breach: { readonly invariant: string; readonly way: readonly string[] } | undefined;
}

/** Breadth first, so that what is found is the shortest. */
export function explore<S>(
  start: S,
  steps: readonly Step<S>[],
  invariants: Readonly<Record<string, (state: S, before: S) => boolean>>,
): Explored {
  const keyOf = (state: S): string => JSON.stringify(state);
  const seen = new Set([keyOf(start)]);
  let wave: { state: S; way: readonly string[] }[] = [{ state: start, way: [] }];
  let taken = 0;
  let ends = 0;
  const broken = (state: S, before: S): string | undefined =>
    Object.keys(invariants).find((name) => !invariants[name]!(state, before));
  while (wave.length > 0) {
    const next: typeof wave = [];
    for (const { state, way } of wave) {
      let moved = false;
      for (const { name, take } of steps) {
        const after = take(state);
        if (after === undefined) continue;
        moved = true;
        taken += 1;
        const invariant = broken(after, state);
        if (invariant !== undefined)
          return { states: seen.size, steps: taken, ends, breach: { invariant, way: [...way, name] } };
        const key = keyOf(after);
        if (seen.has(key)) continue;
        seen.add(key);
        next.push({ state: after, way: [...way, name] });
      }
      if (!moved) ends += 1;
    }
    wave = next;
  }
  return { states: seen.size, steps: taken, ends, breach: undefined };
}
