import { createSegmentGlobs, eachMatch, globEntry, type SegmentGlobs } from './segment-globs.ts';
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

/** Plain data with functions beside it, so that the runtime sees one function for all lists. */
export interface Automaton {
  readonly start: State;
  readonly ids: Map<TrieNode, number>;
  readonly states: Map<string, State>;
  /** how much is remembered: states, ways between them, combinations */
  remembered: number;
  /** how many nodes and states were looked at so far: what the tests of cost count */
  steps: number;
  /** where `combine` stands */
  combination: Combination;
  readonly combine: (nodes: readonly TrieNode[]) => void;
}

/** How many states and ways between them are remembered; what goes beyond is worked out each time. */
export const MAX_REMEMBERED = 200_000;

/**
 * Walks all patterns of a trie at once. A state is worked out when it is first reached and remembered, so that a step
 * costs one look-up however many patterns there are. Working one out costs the nodes in it, so a whole walk
 * at most nodes × segments, whatever the patterns: nothing is tried twice.
 * INVARIANT: what is remembered is bounded, whatever an agent asks for.
 */
export function createAutomaton(root: TrieNode): Automaton {
  const automaton = {
    ids: new Map<TrieNode, number>(),
    states: new Map<string, State>(),
    remembered: 0,
    steps: 0,
    combination: { state: undefined, more: new Map() } as Combination,
    combine(nodes: readonly TrieNode[]): void {
      let next = automaton.combination.more.get(nodes);
      if (!next) {
        next = { state: undefined, more: new Map() };
        if (remember(automaton, 1)) automaton.combination.more.set(nodes, next);
      }
      automaton.combination = next;
    },
  };
  return Object.assign(automaton, { start: stateOf(automaton, [root]) });
}

/** The state after one more segment; one without a `floor` is a dead end. */
export function step(automaton: Automaton, from: State, segment: string): State {
  automaton.steps += 1;
  if (!from.next) return advance(automaton, from, segment);
  const known = from.next.get(segment);
  if (known) return known;
  if (known === null) {
    const next = advance(automaton, from, segment);
    from.next.set(segment, next);
    return next;
  }
  if (!from.globs) {
    from.other.state ??= advance(automaton, from, segment);
    return from.other.state;
  }
  automaton.combination = from.other;
  eachMatch(from.globs, segment, automaton.combine);
  const { combination } = automaton;
  combination.state ??= advance(automaton, from, segment);
  return combination.state;
}

type Memory = Omit<Automaton, 'start' | 'combine' | 'combination'>;

function remember(memory: Memory, count: number): boolean {
  if (memory.remembered + count > MAX_REMEMBERED) return false;
  memory.remembered += count;
  return true;
}

function stateOf(memory: Memory, nodes: Iterable<TrieNode>): State {
  const { ids, states } = memory;
  const reached = new Set(nodes);
  for (const node of reached) if (node.deep) reached.add(node.deep); // a Set visits what is added while it is walked
  const numbers: number[] = [];
  let literals = 1;
  for (const node of reached) {
    let id = ids.get(node);
    if (id === undefined) {
      id = ids.size;
      ids.set(node, id);
    }
    numbers.push(id);
    literals += node.literals.size;
  }
  memory.steps += numbers.length;
  const key = numbers.sort((a, b) => a - b).join();
  const known = states.get(key);
  if (known) return known;
  const kept = remember(memory, literals);
  const state = createState([...reached], kept);
  if (kept) states.set(key, state);
  return state;
}

function advance(memory: Memory, from: State, segment: string): State {
  const next: TrieNode[] = [];
  for (const node of from.nodes) {
    memory.steps += 1;
    const literal = node.literals.get(segment);
    if (literal) next.push(literal);
    if (node.isDeep) next.push(node);
  }
  if (from.globs) eachMatch(from.globs, segment, (nodes) => next.push(...nodes));
  return stateOf(memory, next);
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
    for (const [glob, following] of node.globs?.all ?? []) {
      if (isLeaf(following)) {
        leaves ??= createSegmentGlobs();
        const leaf = globEntry(leaves, glob, () => ({ index: -1 }));
        leaf.index = lowest(leaf.index, following.exact);
      } else {
        globs ??= createSegmentGlobs();
        globEntry(globs, glob, (): TrieNode[] => []).push(following);
      }
    }
  }
  let indexes: SegmentGlobs<number> | undefined;
  for (const [glob, { index }] of leaves?.all ?? []) {
    indexes ??= createSegmentGlobs();
    globEntry(indexes, glob, () => index);
  }
  const other: Combination = { state: undefined, more: new Map() };
  return { nodes, subtree, exact, floor, leaves: indexes, globs, next, other };
}

function isLeaf(node: TrieNode): boolean {
  return node.subtree < 0 && node.literals.size === 0 && !node.globs && !node.deep;
}
