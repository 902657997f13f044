import type { RuleEntry } from '../../model/configuration.ts';
import { compileLiterals, type LiteralAutomaton } from './literal-automaton.ts';
import { matchesOfOwn, prepareOwnPatterns } from './own-patterns.ts';
import { matchesOfRule } from './rule-matches.ts';
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
  /** literals that count only as they are written */
  let exact: readonly (Buffer | undefined)[] = [];
  const compile = (): LiteralAutomaton => {
    const literals = [...scanRules().map((rule) => rule.keywords), ...own.map((one) => one.literals ?? [])];
    owners = literals.flatMap((list, index) => list.map(() => index));
    exact = literals.flat().map((literal) => (/[A-Z]/.test(literal) ? Buffer.from(literal) : undefined));
    return compileLiterals(literals.flat());
  };
  return {
    reach: Math.max(ruleReach, Math.min(ownReach, MAX_REACH)),
    find(bytes) {
      automaton ??= compile();
      const ends: number[][] = Array.from({ length: scanRules().length + own.length }, () => []);
      automaton.run(bytes, automaton.start, (literal, end) => {
        if (endsAsWritten(bytes, end, exact[literal])) ends[owners[literal]!]!.push(end);
      });
      const found: Candidate[] = [];
      const slice = (from: number, to: number): string => bytes.toString('latin1', from, to);
      scanRules().forEach((rule, rank) => {
        for (const match of matchesOfRule(rule, ends[rank]!, bytes.length, slice)) {
          found.push({ rule: rule.id, title: rule.title, ...match, rank });
        }
      });
      own.forEach((one, index) => {
        for (const { from, to } of matchesOfOwn(one, bytes, ends[scanRules().length + index]!)) {
          const secret = slice(from, to);
          const rank = scanRules().length + index;
          found.push({ rule: one.id, title: 'a pattern of the configuration', start: from, end: to, secret, rank });
        }
      });
      return withoutOverlaps(found);
    },
  };
}

function endsAsWritten(bytes: Buffer, end: number, word: Buffer | undefined): boolean {
  if (word === undefined) return true;
  for (let at = 1; at <= word.length; at += 1) if (bytes[end - at] !== word[word.length - at]) return false;
  return true;
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
