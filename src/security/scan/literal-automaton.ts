/** Finds many literals in bytes in one pass: Aho-Corasick as one table of states and classes of bytes. */
export interface LiteralAutomaton {
  /**
   * Calls `onHit(literal, end)` for each literal that ends at byte `end` (not included), in their order in `bytes`.
   * Begins in `state` and gives the state at the end, so that a literal across two chunks is found.
   */
  run(bytes: Uint8Array, state: number, onHit: (literal: number, end: number) => void): number;
  readonly start: number;
}

/** Compiles literals, which count without case where they are ASCII letters. Each must hold a byte at least. */
export function compileLiterals(literals: readonly string[]): LiteralAutomaton {
  const encoded = literals.map((literal) => Buffer.from(literal.toLowerCase(), 'utf8'));
  // Bytes that no literal holds behave alike.
  const classes = new Uint8Array(256);
  let count = 1;
  for (const literal of encoded) for (const byte of literal) if (classes[byte] === 0) classes[byte] = count++;
  for (let upper = 0x41; upper <= 0x5a; upper += 1) classes[upper] = classes[upper + 32]!;

  const next: Int32Array[] = [new Int32Array(count).fill(-1)];
  const found: number[][] = [[]];
  encoded.forEach((literal, index) => {
    if (literal.length === 0) throw new RangeError('a literal is empty');
    let state = 0;
    for (const byte of literal) {
      const to = next[state]![classes[byte]!]!;
      if (to >= 0) state = to;
      else {
        next.push(new Int32Array(count).fill(-1));
        found.push([]);
        next[state]![classes[byte]!] = next.length - 1;
        state = next.length - 1;
      }
    }
    found[state]!.push(index);
  });
  // Breadth first: the state that a failed step falls back to is finished before.
  const fallback = new Int32Array(next.length);
  const queue: number[] = [];
  for (let c = 0; c < count; c += 1) {
    const to = next[0]![c]!;
    if (to < 0) next[0]![c] = 0;
    else queue.push(to);
  }
  for (let at = 0; at < queue.length; at += 1) {
    const state = queue[at]!;
    const back = fallback[state]!;
    found[state]!.push(...found[back]!);
    for (let c = 0; c < count; c += 1) {
      const to = next[state]![c]!;
      if (to < 0) next[state]![c] = next[back]![c]!;
      else {
        fallback[to] = next[back]![c]!;
        queue.push(to);
      }
    }
  }
  // States that say something come last, so that one comparison tells them. Rows are numbered by their place in the table.
  const order = [...next.keys()].sort((a, b) => Number(found[a]!.length > 0) - Number(found[b]!.length > 0) || a - b);
  const place = new Int32Array(next.length);
  order.forEach((state, index) => {
    place[state] = index * count;
  });
  const table = new Int32Array(next.length * count);
  const says: (readonly number[])[] = [];
  let saying = table.length;
  order.forEach((state, index) => {
    for (let c = 0; c < count; c += 1) table[index * count + c] = place[next[state]![c]!]!;
    if (found[state]!.length > 0) saying = Math.min(saying, index * count);
    says.push(found[state]!);
  });
  return {
    start: place[0]!,
    run(bytes, from, onHit) {
      let state = from;
      for (let i = 0; i < bytes.length; i += 1) {
        state = table[state + classes[bytes[i]!]!]!;
        if (state >= saying) {
          const literalsHere = says[state / count]!;
          for (let k = 0; k < literalsHere.length; k += 1) onHit(literalsHere[k]!, i + 1);
        }
      }
      return state;
    },
  };
}
