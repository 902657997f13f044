import type { CharacterSet, PatternNode } from '../../kernel/re2-syntax.ts';
import { requiredLiterals } from '../secrets/required-literals.ts';

/** What is known of every match of a pattern, so that it can be looked for around its literals only. */
export interface MatchReach {
  /** bytes of UTF-8 in the longest match; Infinity where a repetition has no end */
  readonly longest: number;
  /** by byte: 1 where a match can hold it */
  readonly holds: Uint8Array;
  /** each match has one of its literals within this many bytes of its beginning; Infinity where that isn't known */
  readonly lead: number;
}

/** A stretch of bytes, `to` not included. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/**
 * The reach of a pattern; undefined where its matches depend on where the text begins or ends (`^`, `$`, `\A`, `\z`), so
 * that only the whole text will do.
 */
export function reachOf(pattern: string, tree: PatternNode): MatchReach | undefined {
  const unescaped = pattern.replace(/\\[^Az]/gs, '').replaceAll('[^', '[');
  if (/[$^]|\\[Az]/.test(unescaped)) return undefined;
  const holds = new Uint8Array(256);
  return { longest: longestOf(tree, holds), holds, lead: leadOf(tree) };
}

/** The literals that all of a sequence requires are looked for in its first items. */
function leadOf(tree: PatternNode): number {
  const ignored = new Uint8Array(256);
  if (tree.kind !== 'sequence') return longestOf(tree, ignored);
  const wanted = requiredLiterals(tree)?.join('\n');
  for (let count = 1; count <= tree.items.length; count += 1) {
    const head: PatternNode = { kind: 'sequence', items: tree.items.slice(0, count) };
    if (requiredLiterals(head)?.join('\n') === wanted) return longestOf(head, ignored);
  }
  return Number.POSITIVE_INFINITY;
}

function longestOf(node: PatternNode, holds: Uint8Array): number {
  switch (node.kind) {
    case 'assertion':
      return 0;
    case 'character':
      return bytesOf(node.set, holds);
    case 'choice':
      return Math.max(0, ...node.items.map((item) => longestOf(item, holds)));
    case 'sequence':
      return node.items.reduce((sum, item) => sum + longestOf(item, holds), 0);
    case 'repeat': {
      const once = longestOf(node.item, holds);
      return once === 0 || node.max === 0 ? 0 : once * node.max;
    }
  }
}

/** Marks the bytes that the set takes; taking more than it does is the side to err on. */
function bytesOf(set: CharacterSet, holds: Uint8Array): number {
  const listed = (code: number): boolean => set.ranges.some(([low, high]) => code >= low && code <= high);
  for (let code = 0; code < 128; code += 1) {
    const other = code ^ 0x20;
    const letter = (other >= 65 && other <= 90) || (other >= 97 && other <= 122);
    if (set.negated ? set.fold || !listed(code) : listed(code) || (set.fold && letter && listed(other)))
      holds[code] = 1;
  }
  // Two letters beyond ASCII, of two and three bytes, are `s` and `k` to a pattern without case.
  if (set.negated || set.fold) holds.fill(1, 128);
  return set.negated ? 4 : set.fold ? 3 : 1;
}

/**
 * Stretches of the bytes that together hold every match: around each place where a literal ends, as far as a match can
 * go. `ends` ascend. Stretches don't touch, so the same byte is never searched twice.
 *
 * INVARIANT: a match holds one of the literals, is no longer than `longest`, and each of its bytes is one that it can
 * hold. So it lies within the stretch of its literal, and a search of the stretch finds what a search of all finds.
 */
export function windowsAround(bytes: Uint8Array, ends: readonly number[], reach: MatchReach): Window[] {
  const { longest, holds } = reach;
  const found: { from: number; to: number }[] = [];
  for (const end of ends) {
    const last = found.at(-1);
    const known = last === undefined ? 0 : last.to;
    const most = Math.min(bytes.length, end + longest);
    const least = Math.max(known, end - longest);
    let from = end;
    while (from > least && holds[bytes[from - 1]!] === 1) from -= 1;
    let to = Math.max(end, known);
    while (to < most && holds[bytes[to]!] === 1) to += 1;
    if (last !== undefined && from <= known) last.to = to;
    else found.push({ from, to });
  }
  return found;
}

/** The stretch with what an assertion looks at on both sides, cut between characters of UTF-8. */
export function withContext(bytes: Uint8Array, { from, to }: Window): Window {
  const inside = (at: number): boolean => at > 0 && at < bytes.length && (bytes[at]! & 0xc0) === 0x80;
  let start = Math.max(0, from - 1);
  while (inside(start) && from - start < 4) start -= 1;
  let end = Math.min(bytes.length, to + 1);
  while (inside(end) && end - to < 4) end += 1;
  return { from: start, to: end };
}
