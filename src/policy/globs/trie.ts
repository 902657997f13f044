import type { PathPattern } from './pattern.ts';
import { createSegmentGlobs, globEntry, type SegmentGlobs } from './segment-globs.ts';

/** One state of a compiled list: what may follow after the segments that led here. */
export interface TrieNode {
  readonly literals: Map<string, TrieNode>;
  globs: SegmentGlobs<TrieNode> | undefined;
  /** `**` at this place: any number of segments may be skipped before going on there */
  deep: TrieNode | undefined;
  /** this node stands behind a `**`, and stays reached whatever segment comes */
  readonly isDeep: boolean;
  /** lowest index of a pattern that ends exactly here; -1 for none */
  exact: number;
  /** lowest index of a pattern that covers everything below here; -1 for none */
  subtree: number;
  /** lowest index of a pattern that goes on below here by further segments; -1 for none */
  inside: number;
}

export function createNode(isDeep = false): TrieNode {
  return {
    literals: new Map(),
    globs: undefined,
    deep: undefined,
    isDeep,
    exact: -1,
    subtree: -1,
    inside: -1,
  };
}

/** Adds a pattern below `root`; `prefix` are segments before it that are literal whatever they hold. */
export function insertPattern(
  root: TrieNode,
  prefix: readonly string[],
  pattern: PathPattern,
  index: number,
  fold: (segment: string) => string,
): void {
  let node = root;
  for (const segment of prefix) {
    node.inside = lowest(node.inside, index);
    node = literal(node, fold(segment));
  }
  for (const segment of pattern.segments) {
    node.inside = lowest(node.inside, index);
    if (segment === '**') {
      node.deep ??= createNode(true);
      node = node.deep;
    } else if (segment.includes('*')) {
      node.globs ??= createSegmentGlobs();
      node = globEntry(node.globs, fold(segment), createNode);
    } else node = literal(node, fold(segment));
  }
  if (pattern.subtree) node.subtree = lowest(node.subtree, index);
  else node.exact = lowest(node.exact, index);
}

function literal(node: TrieNode, segment: string): TrieNode {
  let next = node.literals.get(segment);
  if (!next) {
    next = createNode();
    node.literals.set(segment, next);
  }
  return next;
}

/** The lower of two indexes, where -1 stands for none. */
export function lowest(a: number, b: number): number {
  if (a < 0) return b;
  return b < 0 || a < b ? a : b;
}
