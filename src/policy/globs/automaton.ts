import { createSegmentGlobs, type SegmentGlobs } from './segment-globs.ts';
import { lowest, type TrieNode } from './trie.ts';

/** Several nodes of a trie that are reached at once, with what can be said of them together. */
export interface State {
  readonly nodes: readonly TrieNode[];
  /** lowest index of a pattern that covers everything below; -1 for none */
  readonly subtree: number;
  /** lowest index of a pattern that ends here; -1 for none */
  readonly exact: number;
  /** lowest index of any pattern that can still match; -1 for none */
  readonly floor: number;
  /** patterns with stars after which nothing can follow: looked at only where the path ends; by lowest index */
  readonly leaves: SegmentGlobs<number> | undefined;
  /** patterns with stars after which the path may go on */
  readonly globs: SegmentGlobs<TrieNode[]> | undefined;
  /** where each literal that may follow leads, null until it is asked; undefined: work it out each time */
  readonly next: Map<string, State | null> | undefined;
  /** where everything else leads, by the patterns of `globs` that it matches: none of them, at first */
  readonly other: Combination;
}

/** Patterns that one segment matched, one after the other, and where that leads; worked out when first asked. */
interface Combination {
  state: State | undefined;
  readonly more: Map<readonly TrieNode[], Combination>;
}

export interface Automaton {
  readonly start: State;
  /** the state after one more segment; a state without nodes is a dead end */
  step(from: State, segment: string): State;
  /** index of a leaf pattern that the last segment matches from here, or -1 */
  leaf(from: State, segment: string): number;
  /** how many nodes and states were looked at so far: what the tests of cost count */
  steps(): number;
}

/** How many states and ways between them are remembered; what goes beyond is worked out each time. */
const MAX_REMEMBERED = 200_000;

/**
 * Walks all patterns of a trie at once. A state is worked out when it is first reached and remembered, so that a step
 * costs one look-up however many patterns there are. Working one out costs the nodes in it, so a whole walk
 * at most nodes × segments, whatever the patterns: nothing is tried twice.
 * INVARIANT: what is remembered is bounded, whatever an agent asks for.
 */
export function createAutomaton(root: TrieNode): Automaton {
  const ids = new Map<TrieNode, number>();
  const states = new Map<string, State>();
  let remembered = 0;
  let steps = 0;
  const remember = (count: number): boolean => {
    if (remembered + count > MAX_REMEMBERED) return false;
    remembered += count;
    return true;
  };

  const stateOf = (nodes: Iterable<TrieNode>): State => {
    const reached = new Set(nodes);
    for (const node of reached) if (node.deep) reached.add(node.deep); // a Set visits what is added while it is walked
    const numbers: number[] = [];
    for (const node of reached) {
      let id = ids.get(node);
      if (id === undefined) {
        id = ids.size;
        ids.set(node, id);
      }
      numbers.push(id);
    }
    steps += numbers.length;
    const key = numbers.sort((a, b) => a - b).join();
    const known = states.get(key);
    if (known) return known;
    const literals = [...reached].reduce((sum, node) => sum + node.literals.size, 1);
    const kept = remember(literals);
    const state = createState([...reached], kept);
    if (kept) states.set(key, state);
    return state;
  };

  const advance = (from: State, segment: string): State => {
    const next: TrieNode[] = [];
    for (const node of from.nodes) {
      steps += 1;
      const literal = node.literals.get(segment);
      if (literal) next.push(literal);
      if (node.isDeep) next.push(node);
    }
    from.globs?.match(segment, (nodes) => next.push(...nodes));
    return stateOf(next);
  };

  let combination: Combination;
  const combine = (nodes: readonly TrieNode[]): void => {
    let next = combination.more.get(nodes);
    if (!next) {
      next = { state: undefined, more: new Map() };
      if (remember(1)) combination.more.set(nodes, next);
    }
    combination = next;
  };
  let lowestLeaf = -1;
  const noteLeaf = (index: number): void => {
    lowestLeaf = lowest(lowestLeaf, index);
  };

  return {
    start: stateOf([root]),
    step(from, segment) {
      steps += 1;
      if (!from.next) return advance(from, segment);
      const known = from.next.get(segment);
      if (known) return known;
      if (known === null) {
        const next = advance(from, segment);
        from.next.set(segment, next);
        return next;
      }
      combination = from.other;
      if (from.globs) from.globs.match(segment, combine);
      combination.state ??= advance(from, segment);
      return combination.state;
    },
    leaf(from, segment) {
      if (!from.leaves) return -1;
      lowestLeaf = -1;
      from.leaves.match(segment, noteLeaf);
      return lowestLeaf;
    },
    steps: () => steps,
  };
}

function createState(nodes: readonly TrieNode[], kept: boolean): State {
  let subtree = -1;
  let exact = -1;
  let floor = -1;
  const next = kept ? new Map<string, State | null>() : undefined;
  let leaves: SegmentGlobs<{ index: number }> | undefined;
  let globs: SegmentGlobs<TrieNode[]> | undefined;
  for (const node of nodes) {
    subtree = lowest(subtree, node.subtree);
    exact = lowest(exact, node.exact);
    floor = lowest(floor, lowest(node.inside, lowest(node.exact, node.subtree)));
    if (next) for (const segment of node.literals.keys()) next.set(segment, null);
    for (const [glob, following] of node.globs?.entries() ?? []) {
      if (isLeaf(following)) {
        leaves ??= createSegmentGlobs();
        const leaf = leaves.at(glob, () => ({ index: -1 }));
        leaf.index = lowest(leaf.index, following.exact);
      } else {
        globs ??= createSegmentGlobs();
        globs.at(glob, () => []).push(following);
      }
    }
  }
  let indexes: SegmentGlobs<number> | undefined;
  for (const [glob, { index }] of leaves?.entries() ?? []) {
    indexes ??= createSegmentGlobs();
    indexes.at(glob, () => index);
  }
  const other: Combination = { state: undefined, more: new Map() };
  return { nodes, subtree, exact, floor, leaves: indexes, globs, next, other };
}

function isLeaf(node: TrieNode): boolean {
  return node.subtree < 0 && node.literals.size === 0 && !node.globs && !node.deep;
}
