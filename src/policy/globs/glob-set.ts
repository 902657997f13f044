import { matchesSegment, type PathPattern } from './pattern.ts';

/** One state of the compiled automaton: what may follow after the segments that led here. */
interface Node {
  readonly literals: Map<string, Node>;
  readonly globs: { readonly glob: string; readonly node: Node }[];
  /** `**` at this place: any number of segments may be skipped before going on */
  deep: Node | undefined;
  /** lowest index of a pattern that ends exactly here; -1 for none */
  exact: number;
  /** lowest index of a pattern that covers everything below here; -1 for none */
  subtree: number;
}

/**
 * Many path patterns compiled together. Paths are in the form of `PartEvidence.path`: relative to the workspace, or
 * absolute. The cost of a match depends on the path's segments, not on how many patterns don't apply.
 */
export interface GlobSet {
  /** Index of the first pattern that matches, or -1. `self`: a subtree's own directory counts as inside it. */
  match(path: string, self?: boolean): number;
  /** Whether any pattern can match something below the directory; may say yes too often, never no too often. */
  overlaps(directory: string): number;
}

export function compileGlobs(
  patterns: readonly PathPattern[],
  options: { foldCase: boolean } = { foldCase: false },
): GlobSet {
  const relative = createNode();
  const absolute = createNode();
  let wild = false;
  patterns.forEach((pattern, index) => {
    let node = pattern.absolute ? absolute : relative;
    for (const segment of pattern.segments) {
      if (segment.includes('*')) wild = true;
      node = step(node, options.foldCase ? segment.toLowerCase() : segment);
    }
    if (pattern.subtree) node.subtree = lowest(node.subtree, index);
    else node.exact = lowest(node.exact, index);
  });
  const fold = (path: string): string => (options.foldCase ? path.toLowerCase() : path);
  return {
    match(given, self = false) {
      const path = fold(given);
      const isAbsolute = path.charCodeAt(0) === 47;
      const root = isAbsolute ? absolute : relative;
      return wild
        ? matchWild(root, path, isAbsolute ? 1 : 0, self)
        : matchLiteral(root, path, isAbsolute ? 1 : 0, self);
    },
    overlaps(given) {
      const path = fold(given);
      const isAbsolute = path.charCodeAt(0) === 47;
      return overlap(isAbsolute ? absolute : relative, segmentsOf(path));
    },
  };
}

function createNode(): Node {
  return { literals: new Map(), globs: [], deep: undefined, exact: -1, subtree: -1 };
}

function step(node: Node, segment: string): Node {
  if (segment === '**') {
    node.deep ??= createNode();
    return node.deep;
  }
  if (segment.includes('*')) {
    const known = node.globs.find((one) => one.glob === segment);
    if (known) return known.node;
    const next = createNode();
    node.globs.push({ glob: segment, node: next });
    return next;
  }
  const known = node.literals.get(segment);
  if (known) return known;
  const next = createNode();
  node.literals.set(segment, next);
  return next;
}

function lowest(a: number, b: number): number {
  return a < 0 || b < a ? b : a;
}

/** The common case: no pattern of the set has a star but at its end. One walk, no allocation but the segments. */
function matchLiteral(root: Node, path: string, from: number, self: boolean): number {
  let node = root;
  let best = -1;
  let at = from;
  for (;;) {
    const atEnd = at >= path.length;
    if (node.subtree >= 0 && (!atEnd || self)) best = best < 0 || node.subtree < best ? node.subtree : best;
    if (atEnd) break;
    if (node.literals.size === 0) return best;
    const slash = path.indexOf('/', at);
    const next = node.literals.get(slash < 0 ? path.slice(at) : path.slice(at, slash));
    if (!next) return best;
    node = next;
    at = slash < 0 ? path.length : slash + 1;
  }
  return node.exact >= 0 ? (best < 0 || node.exact < best ? node.exact : best) : best;
}

/** All states at once, segment by segment: never more steps than segments times states, whatever the patterns. */
function matchWild(root: Node, path: string, from: number, self: boolean): number {
  const segments = from < path.length ? path.slice(from).split('/') : [];
  let best = -1;
  let states = closure(new Set([root]), undefined);
  segments.forEach((segment) => {
    for (const node of states) if (node.subtree >= 0) best = lowest(best, node.subtree);
    states = advance(states, segment);
  });
  for (const node of states) {
    if (self && node.subtree >= 0) best = lowest(best, node.subtree);
    if (node.exact >= 0) best = lowest(best, node.exact);
  }
  return best;
}

/** States reachable by one segment; a state behind `**` also stays where it is. */
function advance(states: ReadonlySet<Node>, segment: string): Set<Node> {
  const next = new Set<Node>();
  const staying = new Set<Node>();
  for (const node of states) {
    const literal = node.literals.get(segment);
    if (literal) next.add(literal);
    for (const { glob, node: target } of node.globs) if (matchesSegment(glob, segment)) next.add(target);
    if (node.deep) staying.add(node.deep);
    if (DEEP.has(node)) staying.add(node);
  }
  return closure(next, staying);
}

/** Nodes that stand behind a `**`: they may skip any segment. */
const DEEP = new WeakSet<Node>();

function closure(states: Set<Node>, staying: ReadonlySet<Node> | undefined): Set<Node> {
  if (staying) for (const node of staying) states.add(node);
  for (const node of states) {
    if (!node.deep) continue;
    DEEP.add(node.deep);
    states.add(node.deep); // a Set visits what is added while it is walked
  }
  return states;
}

function segmentsOf(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '');
}

function overlap(root: Node, segments: readonly string[]): number {
  let states = closure(new Set([root]), undefined);
  let best = -1;
  for (const segment of segments) {
    for (const node of states) if (node.subtree >= 0) best = lowest(best, node.subtree);
    states = advance(states, segment);
  }
  // whatever can still end somewhere below one of the states left
  for (const node of states) best = lowestBelow(node, best, new Set());
  return best;
}

function lowestBelow(node: Node, best: number, seen: Set<Node>): number {
  if (seen.has(node)) return best;
  seen.add(node);
  let found = best;
  if (node.exact >= 0) found = lowest(found, node.exact);
  if (node.subtree >= 0) found = lowest(found, node.subtree);
  for (const next of node.literals.values()) found = lowestBelow(next, found, seen);
  for (const { node: next } of node.globs) found = lowestBelow(next, found, seen);
  return node.deep ? lowestBelow(node.deep, found, seen) : found;
}
