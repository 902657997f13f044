import type { CharacterSet, PatternNode } from '../../kernel/re2-syntax.ts';

const MAX_STATES = 1500;
const ASCII = 128;

/**
 * Says whether a text might hold a match: never no where there is one; yes wrongly where an assertion fails, or where
 * letters beyond ASCII fold. Linear in the text. It spares the texts that only look alike (`password` in prose) the
 * loading of the real engine.
 */
export type RoughMatch = (text: string) => boolean;

/** A position of the pattern that takes one code unit. */
export interface State {
  /** by code unit below 128 */
  readonly takes: Uint8Array;
  readonly takesOthers: boolean;
  /** states reached by taking it, and whether the pattern may end there */
  next: readonly number[];
  ends: boolean;
}

/** The positions of a pattern, and which of them a match can begin with. Assertions are taken to hold. */
export interface Positions {
  readonly states: readonly State[];
  readonly first: readonly number[];
  /** the pattern may match nothing at all */
  readonly empty: boolean;
}

/** The positions of a pattern; undefined where there would be too many. */
export function positionsOf(pattern: PatternNode): Positions | undefined {
  const states: State[] = [];
  const built = build(pattern, states);
  if (built === undefined) return undefined;
  for (const last of built.last) states[last]!.ends = true;
  return { states, first: built.first, empty: built.empty };
}

/** Builds the matcher of a pattern; undefined where that would need too many states. */
export function compileRoughMatch(pattern: PatternNode): RoughMatch | undefined {
  const positions = positionsOf(pattern);
  if (positions === undefined) return undefined;
  return positions.empty ? () => true : (text) => run(positions.states, positions.first, text);
}

function run(states: readonly State[], first: readonly number[], text: string): boolean {
  const marks = new Uint32Array(states.length);
  let now: number[] = [];
  let soon: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    // The two halves of a character beyond the basic plane are one position to the engine.
    if ((code & 0xfc00) === 0xdc00 && at > 0 && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800) continue;
    soon.length = 0;
    for (const list of [now, first]) {
      for (const index of list) {
        const state = states[index]!;
        if (code < ASCII ? state.takes[code] === 0 : !state.takesOthers) continue;
        if (state.ends) return true;
        for (const next of state.next) {
          if (marks[next] === at + 1) continue;
          marks[next] = at + 1;
          soon.push(next);
        }
      }
    }
    [now, soon] = [soon, now];
  }
  return false;
}

/** A part of the automaton: where it starts, where it may end, whether it may take nothing (Glushkov's construction). */
interface Piece {
  readonly first: readonly number[];
  readonly last: readonly number[];
  readonly empty: boolean;
}

const NOTHING: Piece = { first: [], last: [], empty: true };

function build(node: PatternNode, states: State[]): Piece | undefined {
  switch (node.kind) {
    case 'assertion':
      return NOTHING;
    case 'character': {
      if (states.length >= MAX_STATES) return undefined;
      states.push(stateOf(node.set));
      return { first: [states.length - 1], last: [states.length - 1], empty: false };
    }
    case 'choice': {
      const pieces = node.items.map((item) => build(item, states));
      let sum: Piece = { first: [], last: [], empty: false };
      for (const piece of pieces) {
        if (piece === undefined) return undefined;
        sum = {
          first: [...sum.first, ...piece.first],
          last: [...sum.last, ...piece.last],
          empty: sum.empty || piece.empty,
        };
      }
      return sum;
    }
    case 'sequence': {
      let sum: Piece | undefined = NOTHING;
      for (const item of node.items) {
        const piece = build(item, states);
        if (piece === undefined) return undefined;
        sum = join(sum, piece, states);
      }
      return sum;
    }
    case 'repeat':
      return repeat(node.item, node.min, node.max, states);
  }
}

function repeat(item: PatternNode, min: number, max: number, states: State[]): Piece | undefined {
  let sum: Piece = NOTHING;
  // An upper bound beyond one more is left out: taking more than the pattern does is the side to err on.
  const unbounded = max > min + 1;
  const copies = unbounded ? Math.max(1, min) : max;
  for (let copy = 1; copy <= copies; copy += 1) {
    const piece = build(item, states);
    if (piece === undefined) return undefined;
    if (unbounded && copy === copies) link(piece.last, piece.first, states);
    sum = join(sum, copy > min ? { ...piece, empty: true } : piece, states);
  }
  return sum;
}

function join(left: Piece, right: Piece, states: State[]): Piece {
  link(left.last, right.first, states);
  return {
    first: left.empty ? [...left.first, ...right.first] : left.first,
    last: right.empty ? [...left.last, ...right.last] : right.last,
    empty: left.empty && right.empty,
  };
}

function link(from: readonly number[], to: readonly number[], states: State[]): void {
  for (const index of from) {
    const state = states[index]!;
    state.next = state.next.length === 0 ? to : [...new Set([...state.next, ...to])];
  }
}

const tables = new WeakMap<CharacterSet, Uint8Array>();

function stateOf(set: CharacterSet): State {
  const takes = tables.get(set) ?? tableOf(set);
  tables.set(set, takes);
  return { takes, takesOthers: set.negated || set.fold, next: [], ends: false };
}

/** Which code units below 128 the set takes, or may take. */
function tableOf(set: CharacterSet): Uint8Array {
  const takes = new Uint8Array(ASCII);
  const has = (code: number): boolean => set.ranges.some(([low, high]) => code >= low && code <= high);
  for (let code = 0; code < ASCII; code += 1) {
    const character = String.fromCharCode(code);
    const listed = has(code);
    const folded = listed || has(character.toLowerCase().charCodeAt(0)) || has(character.toUpperCase().charCodeAt(0));
    // Negated and without case: taking more than the pattern does is the side to err on.
    takes[code] = (set.negated ? !listed : set.fold ? folded : listed) ? 1 : 0;
  }
  return takes;
}
