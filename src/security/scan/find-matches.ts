import type { RuleEntry } from '../../model/configuration.ts';
import { compileLiterals, type LiteralAutomaton } from './literal-automaton.ts';
import { matchesOfOwn, prepareOwnPatterns } from './own-patterns.ts';
import { assignmentRules } from './rules/assignments.ts';
import { structureRules } from './rules/structures.ts';
import { tokenRules } from './rules/tokens.ts';
import { once, type ScanRule } from './scan-rule.ts';

/** Our own rules, the ones that only judge last: what a format names is not named again. */
export const scanRules = once((): readonly ScanRule[] => [...tokenRules(), ...structureRules(), ...assignmentRules()]);

export interface Match {
  readonly rule: string;
  readonly title: string;
  /** in bytes */
  readonly start: number;
  readonly end: number;
  readonly secret: string;
}

/** Finds what the rules and the configuration's patterns match, in one pass for the literals of all. */
export interface Finder {
  /** in their order */
  find(bytes: Buffer): Match[];
  /** bytes that a match can span; matches of a pattern without end may be longer */
  readonly reach: number;
}

/** A longer match of the configuration's patterns may be missed where a file is read in pieces. */
const MAX_REACH = 65_536;
/** Hits of our own rules near each other are searched at once, in stretches of this many bytes at most. */
const MAX_STRETCH = 65_536;

interface Candidate extends Match {
  /** of two that overlap the lower one is told */
  readonly rank: number;
}

/** Prepares the rules and compiles them at the first bytes. */
export function createFinder(patterns: readonly RuleEntry[]): Finder {
  const own = prepareOwnPatterns(patterns);
  const ownReach = own.reduce((most, { reach }) => Math.max(most, reach?.longest ?? MAX_REACH), 0);
  const keywords = scanRules().flatMap((rule) => rule.keywords.map((keyword) => keyword.length));
  const longest = Math.max(...keywords);
  const ruleReach = Math.max(...scanRules().map(({ before, after }) => before + after)) + longest;
  let automaton: LiteralAutomaton | undefined;
  /** whose literal it is: our rules, then the patterns */
  let owners: readonly number[] = [];
  const compile = (): LiteralAutomaton => {
    const literals = [...scanRules().map((rule) => rule.keywords), ...own.map((one) => one.literals ?? [])];
    owners = literals.flatMap((list, index) => list.map(() => index));
    return compileLiterals(literals.flat());
  };
  return {
    reach: Math.max(ruleReach, Math.min(ownReach, MAX_REACH)),
    find(bytes) {
      automaton ??= compile();
      const ends: number[][] = Array.from({ length: scanRules().length + own.length }, () => []);
      automaton.run(bytes, automaton.start, (literal, end) => ends[owners[literal]!]!.push(end));
      const found: Candidate[] = [];
      scanRules().forEach((rule, index) => {
        if (ends[index]!.length > 0) findRule(rule, index, bytes, ends[index]!, found);
      });
      own.forEach((one, index) => {
        for (const { from, to } of matchesOfOwn(one, bytes, ends[scanRules().length + index]!)) {
          const secret = bytes.toString('latin1', from, to);
          const rank = scanRules().length + index;
          found.push({ rule: one.id, title: 'a pattern of the configuration', start: from, end: to, secret, rank });
        }
      });
      return withoutOverlaps(found);
    },
  };
}

const expressions = new Map<ScanRule, RegExp>();

function findRule(rule: ScanRule, rank: number, bytes: Buffer, ends: readonly number[], found: Candidate[]): void {
  const expression = expressions.get(rule) ?? new RegExp(rule.pattern, rule.ignoreCase ? 'gi' : 'g');
  expressions.set(rule, expression);
  let told = -1;
  for (let at = 0; at < ends.length; ) {
    const from = Math.max(0, ends[at]! - rule.before - 40);
    let to = ends[at]! + rule.after;
    at += 1;
    for (; at < ends.length && ends[at]! - rule.before - 40 <= to && to - from < MAX_STRETCH; at += 1) {
      to = ends[at]! + rule.after;
    }
    const next = at < ends.length ? ends[at]! - rule.before - 40 : Number.POSITIVE_INFINITY;
    const text = bytes.toString('latin1', from, Math.min(bytes.length, to));
    expression.lastIndex = 0;
    for (let match = expression.exec(text); match; match = expression.exec(text)) {
      if (match[0] === '') expression.lastIndex += 1;
      const start = from + match.index;
      // The next stretch sees all of it.
      if (start >= next) break;
      const secret = match[rule.group ?? 0] ?? '';
      if (start <= told || (rule.accept && !rule.accept(secret, match))) continue;
      told = start;
      found.push({ rule: rule.id, title: rule.title, start, end: start + match[0].length, secret, rank });
    }
  }
}

/**
 * What a format names is not told again by a rule that only judges, nor either by a pattern of the configuration. Of one
 * kind, what lies within another match is left out.
 */
function withoutOverlaps(found: Candidate[]): Match[] {
  found.sort((a, b) => a.start - b.start || a.rank - b.rank);
  const formats = scanRules().length - assignmentRules().length;
  let kept: Candidate[] = [];
  for (const [low, high] of [
    [0, formats],
    [formats, scanRules().length],
    [scanRules().length, Number.POSITIVE_INFINITY],
  ] as const) {
    let farthest = -1;
    const more = found.filter((one) => {
      if (one.rank < low || one.rank >= high || one.end <= farthest || isTouched(one, kept)) return false;
      farthest = one.end;
      return true;
    });
    if (more.length > 0) kept = [...kept, ...more].sort((a, b) => a.start - b.start || a.rank - b.rank);
  }
  return kept;
}

/** Whether one of `kept`, whose starts and ends ascend, overlaps it. */
function isTouched(one: Candidate, kept: readonly Candidate[]): boolean {
  let low = 0;
  let high = kept.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (kept[middle]!.end > one.start) high = middle;
    else low = middle + 1;
  }
  return low < kept.length && kept[low]!.start < one.end;
}
