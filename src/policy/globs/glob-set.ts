import { foldPath } from '../../kernel/fold-path.ts';
import { type Automaton, createAutomaton, type State, step } from './automaton.ts';
import { coveringPattern } from './cover.ts';
import { insideWorkspace, type PathPattern } from './pattern.ts';
import { lowestMatch, matchesSegment } from './segment-globs.ts';
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
  /** The same for a path that was split already, and folded where the list is one that folds. */
  matchSplit(path: SplitPath, reach: Reach): number;
  /** Index of a pattern that may match something below the directory, or -1; may say yes too often, never no. */
  overlaps(directory: string): number;
  /** Index of a pattern that names, by name and not behind a star, something below the path: it is a directory. */
  holds(path: string): number;
  /** Index of another pattern that surely matches all that pattern `index` matches, or -1 where none is known to. */
  coveredBy(pattern: PathPattern, except: number, reach: 'inside' | 'self'): number;
  /** how much all walks so far have looked at: what the tests of cost count */
  steps(): number;
  /** how many states and ways between them are remembered: what the test of the bound counts */
  remembered(): number;
}

/** A path cut into its segments, once for all lists that it is held against. */
export interface SplitPath {
  readonly absolute: boolean;
  readonly segments: readonly string[];
}

export function splitPath(path: string): SplitPath {
  const absolute = path.charCodeAt(0) === 47;
  return { absolute, segments: cut(path, absolute ? 1 : 0) };
}

function cut(path: string, from: number): string[] {
  const segments: string[] = [];
  for (let at = from; at < path.length; ) {
    const slash = path.indexOf('/', at);
    if (slash < 0) {
      segments.push(path.slice(at));
      break;
    }
    segments.push(path.slice(at, slash));
    at = slash + 1;
  }
  return segments;
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
  const inWorkspace = createWalk(relative);
  const anywhere = options.names ? inWorkspace : createWalk(absolute);
  const sum = (what: 'steps' | 'remembered'): number =>
    [...new Set([inWorkspace, anywhere])].reduce((total, walk) => total + (walk.automaton?.[what] ?? 0), 0);
  const walkFor = (path: string): Walk => (!options.names && path.charCodeAt(0) === 47 ? anywhere : inWorkspace);
  const segments = (path: string, walk: Walk): string[] => cut(path, walk === inWorkspace ? 0 : 1);
  return {
    match(given, reach) {
      const path = fold(given);
      const walk = walkFor(path);
      return matchIn(walk, segments(path, walk), reach);
    },
    matchSplit: (path, reach) => matchIn(path.absolute ? anywhere : inWorkspace, path.segments, reach),
    overlaps(given) {
      const path = fold(given);
      const walk = walkFor(path);
      return overlapsIn(walk, segments(path, walk));
    },
    holds(given) {
      const path = fold(given);
      const walk = walkFor(path);
      return holdsIn(walk, segments(path, walk));
    },
    coveredBy(pattern, except, reach) {
      const prefix = options.names || pattern.absolute ? [] : workspace;
      const folded = { ...pattern, segments: pattern.segments.map(fold) };
      return coveringPattern(absolute, prefix.map(fold), folded, except, reach);
    },
    steps: () => sum('steps'),
    remembered: () => sum('remembered'),
  };
}

function same(text: string): string {
  return text;
}

function segmentsOf(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '');
}

/** A trie with the automaton that walks it. */
interface Walk {
  readonly root: TrieNode;
  /** names below which some pattern goes on */
  readonly parents: ReadonlySet<string>;
  /** made when first needed: most lists are never asked about paths outside the workspace */
  automaton: Automaton | undefined;
}

function createWalk(root: TrieNode): Walk {
  return { root, parents: parentNames(root), automaton: undefined };
}

function matchIn(walk: Walk, segments: readonly string[], reach: Reach): number {
  walk.automaton ??= createAutomaton(walk.root);
  const { automaton } = walk;
  let state: State = automaton.start;
  let best = -1;
  const end = segments.length - 1;
  for (let i = 0; i <= end; i += 1) {
    const { floor, subtree, leaves } = state;
    if (subtree >= 0 && (best < 0 || subtree < best)) best = subtree;
    // Nothing that can still come would be named before what was found.
    if (floor < 0 || (best >= 0 && best <= floor)) return best;
    const segment = segments[i]!;
    if (i === end && leaves && reach !== 'tree') best = lowest(best, lowestMatch(leaves, segment));
    state = step(automaton, state, segment);
  }
  if (reach !== 'inside') best = lowest(best, state.subtree);
  return reach === 'tree' ? best : lowest(best, state.exact);
}

function overlapsIn(walk: Walk, segments: readonly string[]): number {
  walk.automaton ??= createAutomaton(walk.root);
  const { automaton } = walk;
  let state = automaton.start;
  let best = -1;
  for (const segment of segments) {
    best = lowest(best, state.subtree);
    state = step(automaton, state, segment);
  }
  return state.nodes.reduce((found, node) => lowest(found, lowest(node.inside, node.subtree)), best);
}

function holdsIn(walk: Walk, segments: readonly string[]): number {
  const name = segments.at(-1);
  if (name === undefined) return walk.root.inside;
  if (!walk.parents.has(name)) return -1;
  walk.automaton ??= createAutomaton(walk.root);
  const { automaton } = walk;
  const state = segments.slice(0, -1).reduce((from, segment) => step(automaton, from, segment), automaton.start);
  return state.nodes.reduce((found, node) => lowest(found, node.literals.get(name)?.inside ?? -1), -1);
}

function parentNames(root: TrieNode): ReadonlySet<string> {
  const names = new Set<string>();
  const open = [root];
  for (let node = open.pop(); node; node = open.pop()) {
    for (const [name, next] of node.literals) {
      if (next.inside >= 0) names.add(name);
      open.push(next);
    }
    for (const [, next] of node.globs?.all ?? []) open.push(next);
    if (node.deep) open.push(node.deep);
  }
  return names;
}
