import { coveringPattern } from './cover.ts';
import { foldPath } from './fold.ts';
import { insideWorkspace, type PathPattern } from './pattern.ts';
import { matchesSegment } from './segment-globs.ts';
import { createNode, insertPattern, lowest, type TrieNode } from './trie.ts';

/**
 * What of a subtree counts: `inside`, what lies below its directory; `self`, the directory too; `tree`, only whole
 * subtrees that the path lies in or heads, since everything below the path is asked for as well.
 */
export type Reach = 'inside' | 'self' | 'tree';

/**
 * Many patterns compiled together. Paths are in the form of `PartEvidence.path`: relative to the workspace, or
 * absolute outside it. The cost of a match depends on the path's segments, not on how many patterns don't apply.
 */
export interface GlobSet {
  /** Index of the first pattern that matches, or -1. */
  match(path: string, reach: Reach): number;
  /** Index of a pattern that may match something below the directory, or -1; may say yes too often, never no. */
  overlaps(directory: string): number;
  /** Index of a pattern that names, by name and not behind a star, something below the path: it is a directory. */
  holds(path: string): number;
  /** Index of another pattern that surely matches all that pattern `index` matches, or -1 where none is known to. */
  coveredBy(pattern: PathPattern, except: number, reach: 'inside' | 'self'): number;
  /** how many states all walks so far have visited: what the tests of cost count */
  steps(): number;
}

export interface GlobOptions {
  /** absolute; absolute patterns are applied inside it too */
  readonly workspace: string;
  /** compare as the most forgiving volume does: for deny lists */
  readonly foldCase: boolean;
  /** what is matched are names: a slash at the start means nothing */
  readonly names: boolean;
}

export function compileGlobs(patterns: readonly PathPattern[], options: GlobOptions): GlobSet {
  const fold = options.foldCase ? foldPath : same;
  const workspace = segmentsOf(options.workspace);
  // Inside the workspace paths are relative. The other trie holds every pattern in its absolute form.
  const relative = createNode();
  const absolute = options.names ? relative : createNode();
  const compare = (segment: string, name: string): boolean => matchesSegment(fold(segment), fold(name));
  patterns.forEach((pattern, index) => {
    for (const part of insideWorkspace(pattern, workspace, compare)) insertPattern(relative, [], part, index, fold);
    if (!options.names) insertPattern(absolute, pattern.absolute ? [] : workspace, pattern, index, fold);
  });
  const relativeLiteral = isLiteral(relative);
  const absoluteLiteral = options.names ? relativeLiteral : isLiteral(absolute);
  const walk = createWalk();
  const isAbsolute = (path: string): boolean => !options.names && path.charCodeAt(0) === 47;

  return {
    match(given, reach) {
      const path = options.foldCase ? foldPath(given) : given;
      if (isAbsolute(path)) {
        return absoluteLiteral ? matchLiteral(absolute, path, 1, reach) : walk.match(absolute, path, 1, reach);
      }
      return relativeLiteral ? matchLiteral(relative, path, 0, reach) : walk.match(relative, path, 0, reach);
    },
    overlaps(given) {
      const path = fold(given);
      const [states, best] = isAbsolute(path) ? walk.to(absolute, path, 1) : walk.to(relative, path, 0);
      return states.reduce((found, node) => lowest(found, lowest(node.inside, node.subtree)), best);
    },
    holds(given) {
      const path = fold(given);
      const from = isAbsolute(path) ? 1 : 0;
      const root = from === 1 ? absolute : relative;
      if (path.length === from) return root.inside;
      const slash = path.lastIndexOf('/');
      const cut = slash < from ? from : slash;
      const [states] = walk.to(root, path.slice(0, cut), from);
      const name = path.slice(slash < from ? from : slash + 1);
      return states.reduce((found, node) => lowest(found, node.literals.get(name)?.inside ?? -1), -1);
    },
    coveredBy(pattern, except, reach) {
      const prefix = options.names || pattern.absolute ? [] : workspace;
      const folded = { ...pattern, segments: pattern.segments.map(fold) };
      return coveringPattern(absolute, prefix.map(fold), folded, except, reach);
    },
    steps: walk.steps,
  };
}

function same(text: string): string {
  return text;
}

function segmentsOf(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '');
}

function isLiteral(node: TrieNode): boolean {
  if (node.globs || node.deep) return false;
  for (const next of node.literals.values()) if (!isLiteral(next)) return false;
  return true;
}

/** The common case: no pattern has a star but at its end. One way through the trie, nothing allocated but segments. */
function matchLiteral(root: TrieNode, path: string, from: number, reach: Reach): number {
  let node = root;
  let best = -1;
  let at = from;
  while (at < path.length) {
    if (node.subtree >= 0) best = lowest(best, node.subtree);
    if (node.literals.size === 0) return best;
    const slash = path.indexOf('/', at);
    const next = node.literals.get(slash < 0 ? path.slice(at) : path.slice(at, slash));
    if (!next) return best;
    node = next;
    at = slash < 0 ? path.length : slash + 1;
  }
  if (reach !== 'inside') best = lowest(best, node.subtree);
  return reach === 'tree' ? best : lowest(best, node.exact);
}

interface Walk {
  match(root: TrieNode, path: string, from: number, reach: Reach): number;
  /** the states after the whole path, and the lowest index of a subtree passed on the way */
  to(root: TrieNode, path: string, from: number): [readonly TrieNode[], number];
  steps(): number;
}

/**
 * All states at once, segment by segment: at most states × segments steps, whatever the patterns; nothing is tried
 * twice. The lists of states are kept between walks, which never nest.
 */
function createWalk(): Walk {
  let states: TrieNode[] = [];
  let next: TrieNode[] = [];
  let stamp = 0;
  let steps = 0;
  let passed = -1;
  const enter = (node: TrieNode): void => {
    for (let one: TrieNode | undefined = node; one && one.stamp !== stamp; one = one.deep) {
      one.stamp = stamp;
      next.push(one);
    }
  };
  const swap = (): void => {
    const before = states;
    states = next;
    next = before;
    next.length = 0;
    stamp += 1;
  };
  const run = (root: TrieNode, path: string, from: number): void => {
    next.length = 0;
    stamp += 1;
    passed = -1;
    enter(root);
    swap();
    for (let at = from; at < path.length && states.length > 0; ) {
      const slash = path.indexOf('/', at);
      const segment = slash < 0 ? path.slice(at) : path.slice(at, slash);
      for (let i = 0; i < states.length; i += 1) {
        const node = states[i]!;
        steps += 1;
        if (node.subtree >= 0) passed = lowest(passed, node.subtree);
        const literal = node.literals.get(segment);
        if (literal) enter(literal);
        if (node.globs) node.globs.match(segment, enter);
        if (node.isDeep) enter(node);
      }
      swap();
      at = slash < 0 ? path.length : slash + 1;
    }
  };
  return {
    match(root, path, from, how) {
      run(root, path, from);
      let best = passed;
      for (let i = 0; i < states.length; i += 1) {
        const node = states[i]!;
        if (how !== 'inside') best = lowest(best, node.subtree);
        if (how !== 'tree') best = lowest(best, node.exact);
      }
      return best;
    },
    to(root, path, from) {
      run(root, path, from);
      return [states, passed];
    },
    steps: () => steps,
  };
}
