/**
 * The segment patterns with `*` in them that may follow at one place of a trie. Patterns with one star are found by
 * the text around it: the cost depends on how many different lengths there are, not on how many patterns.
 */
export interface SegmentGlobs<N> {
  readonly all: Map<string, N>;
  readonly shapes: Shape<N>[];
  /** those with more than one star */
  readonly others: { readonly pieces: readonly string[]; readonly node: N }[];
}

/** Patterns with one star and texts of the same two lengths around it. */
interface Shape<N> {
  readonly before: number;
  readonly after: number;
  /** last characters of the texts after the star, a bit each of 32: most names are ruled out by theirs */
  ends: number;
  /** by the text before the star followed by the text after it: unambiguous, since both lengths are fixed */
  readonly nodes: Map<string, N>;
}

export function createSegmentGlobs<N>(): SegmentGlobs<N> {
  return { all: new Map(), shapes: [], others: [] };
}

/** What belongs to a pattern, made by `create` where the pattern is new. */
export function globEntry<N>({ all, shapes, others }: SegmentGlobs<N>, glob: string, create: () => N): N {
  const known = all.get(glob);
  if (known !== undefined) return known;
  const node = create();
  all.set(glob, node);
  const pieces = glob.split('*');
  if (pieces.length > 2) {
    others.push({ pieces, node });
    return node;
  }
  const [head, tail] = [pieces[0]!, pieces[1]!];
  let shape = shapes.find((one) => one.before === head.length && one.after === tail.length);
  if (!shape) {
    shape = { before: head.length, after: tail.length, ends: 0, nodes: new Map() };
    shapes.push(shape);
  }
  shape.ends |= endBit(tail);
  shape.nodes.set(head + tail, node);
  return node;
}

/** Calls `found` for each pattern that the name matches. */
export function eachMatch<N>({ shapes, others }: SegmentGlobs<N>, name: string, found: (node: N) => void): void {
  for (let i = 0; i < shapes.length; i += 1) {
    const node = inShape(shapes[i]!, name);
    if (node !== undefined) found(node);
  }
  for (let i = 0; i < others.length; i += 1) {
    const { pieces, node } = others[i]!;
    if (matchesPieces(pieces, name)) found(node);
  }
}

function inShape<N>({ before, after, ends, nodes }: Shape<N>, name: string): N | undefined {
  if (name.length < before + after || (after > 0 && (ends & endBit(name)) === 0)) return undefined;
  const end = after === 0 ? '' : name.slice(name.length - after);
  return nodes.get(before === 0 ? end : name.slice(0, before) + end);
}

/** The lowest of the numbers whose patterns the name matches, or -1. */
export function lowestMatch({ shapes, others }: SegmentGlobs<number>, name: string): number {
  let best = -1;
  for (let i = 0; i < shapes.length; i += 1) {
    const index = inShape(shapes[i]!, name);
    if (index !== undefined && (best < 0 || index < best)) best = index;
  }
  for (let i = 0; i < others.length; i += 1) {
    const { pieces, node } = others[i]!;
    if ((best < 0 || node < best) && matchesPieces(pieces, name)) best = node;
  }
  return best;
}

/** Calls `found` for each pattern that surely matches every name that `glob` matches. */
export function eachCovering<N>({ all }: SegmentGlobs<N>, glob: string, found: (node: N) => void): void {
  // A star of the inner pattern stands for what only a star of the outer one can take.
  const inner = glob.replaceAll('*', '\0');
  for (const [outer, node] of all) if (matchesPieces(outer.split('*'), inner)) found(node);
}

function endBit(text: string): number {
  return text === '' ? 0 : 1 << (text.charCodeAt(text.length - 1) & 31);
}

/** Whether a segment pattern with `*` in it matches a name. */
export function matchesSegment(glob: string, name: string): boolean {
  return matchesPieces(glob.split('*'), name);
}

/**
 * `pieces` are the texts between the stars. Each is taken at its leftmost place, which leaves the most for the rest,
 * so nothing is ever tried twice.
 */
function matchesPieces(pieces: readonly string[], name: string): boolean {
  const first = pieces[0]!;
  if (pieces.length === 1) return name === first;
  const last = pieces[pieces.length - 1]!;
  if (name.length < first.length + last.length || !name.startsWith(first) || !name.endsWith(last)) return false;
  let at = first.length;
  const end = name.length - last.length;
  for (let i = 1; i < pieces.length - 1; i += 1) {
    const piece = pieces[i]!;
    const found = name.indexOf(piece, at);
    if (found < 0 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
}
