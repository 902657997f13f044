import { isUtf8 } from 'node:buffer';
import { parseRe2 } from '../../kernel/re2-syntax.ts';
import type { RuleEntry } from '../../model/configuration.ts';
import { compileMatcher, type SecretMatcher } from '../secrets/engine.ts';
import { requiredLiterals } from '../secrets/required-literals.ts';
import { type Positions, positionsOf } from '../secrets/rough-match.ts';
import { liveStretches } from './live-stretches.ts';
import { type MatchReach, reachOf, type Window, windowsAround, withContext } from './match-reach.ts';

/** Where a literal is farther from the beginning of a match, looking ahead from there costs more than it spares. */
const MAX_LEAD = 256;

/** A pattern of the configuration as files are searched for it. */
export interface OwnPattern {
  readonly id: string;
  /** a match holds one of these; undefined: nothing is known, so that every text is searched */
  readonly literals: readonly string[] | undefined;
  /** undefined: only the whole text will do */
  readonly reach: MatchReach | undefined;
  /** undefined: where a match begins, or goes on, isn't known */
  readonly positions: Positions | undefined;
  /** compiled at the first text that may hold a match */
  matcher(): SecretMatcher;
}

/**
 * Prepares the configuration's patterns, in their order. Throws at the first use of one that isn't RE2 syntax.
 *
 * THREAT: patterns come from a file that people write; they never run on an engine that backtracks.
 */
export function prepareOwnPatterns(patterns: readonly RuleEntry[]): OwnPattern[] {
  return patterns.map(({ pattern }, index) => {
    const tree = parseRe2(pattern);
    const reach = tree === undefined ? undefined : reachOf(pattern, tree);
    let compiled: SecretMatcher | undefined;
    return {
      id: `secret_patterns[${index}]`,
      literals: tree === undefined ? undefined : requiredLiterals(tree),
      reach,
      positions: tree !== undefined && reach !== undefined && reach.lead <= MAX_LEAD ? positionsOf(tree) : undefined,
      matcher: () => {
        compiled ??= compileMatcher(pattern);
        return compiled;
      },
    };
  });
}

/** Two letters beyond ASCII that are `s` and `k` to a pattern without case: the literals don't show them. */
const FOLDED = [Buffer.from('\u017f'), Buffer.from('\u212a')];

/** Where a pattern matches, in bytes. `ends` ascend: where one of its literals ends. */
export function matchesOfOwn(own: OwnPattern, bytes: Buffer, ends: readonly number[]): Window[] {
  const windows = windowsOf(own, bytes, ends);
  return windows.flatMap((window) => {
    const { from, to } = withContext(bytes, window);
    const part = bytes.subarray(from, to);
    const encoding = isUtf8(part) ? 'utf8' : 'latin1';
    const text = part.toString(encoding);
    const plain = text.length === part.length;
    let [known, at] = [0, from];
    const placeOf = (index: number): number => {
      at = plain ? from + index : at + Buffer.byteLength(text.slice(known, index), encoding);
      known = index;
      return at;
    };
    return own
      .matcher()
      .all(text)
      .map(({ start, end }) => ({ from: placeOf(start), to: placeOf(end) }));
  });
}

/** Stretches of the bytes that hold all matches. */
function windowsOf({ literals, reach, positions }: OwnPattern, bytes: Buffer, ends: readonly number[]): Window[] {
  const whole = [{ from: 0, to: bytes.length }];
  if (literals === undefined || FOLDED.some((letter) => bytes.includes(letter))) return whole;
  if (ends.length === 0) return [];
  if (reach === undefined) return whole;
  if (positions !== undefined && isUtf8(bytes)) return liveStretches(bytes, ends, reach.lead, positions);
  return windowsAround(bytes, ends, reach);
}
