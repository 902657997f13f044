import type { ScanRule } from './scan-rule.ts';

/** Where a rule matches, and what of it is the secret. */
export interface RuleMatch {
  readonly start: number;
  readonly end: number;
  readonly secret: string;
}

/** Hits near each other are searched at once, in stretches of about this length. */
const MAX_STRETCH = 65_536;
/** What a rule's stretches reach further back than a match does: for what it looks at in front of one. */
const SLACK = 40;

const expressions = new Map<ScanRule, RegExp>();

/**
 * The matches of one of our own rules in a text of `length`, of which `slice` gives a part. `ends` ascend: where one of
 * the rule's keywords ends. No part of the text is in more than two stretches, so the time is linear in it.
 */
export function matchesOfRule(
  rule: ScanRule,
  ends: readonly number[],
  length: number,
  slice: (from: number, to: number) => string,
): RuleMatch[] {
  const expression = expressions.get(rule) ?? new RegExp(rule.pattern, rule.ignoreCase ? 'gi' : 'g');
  expressions.set(rule, expression);
  const found: RuleMatch[] = [];
  let told = -1;
  for (let at = 0; at < ends.length; ) {
    const from = Math.max(0, ends[at]! - rule.before - SLACK);
    let to = ends[at]! + rule.after;
    at += 1;
    for (; at < ends.length && ends[at]! - rule.before - SLACK <= to && to - from < MAX_STRETCH; at += 1) {
      to = ends[at]! + rule.after;
    }
    const next = at < ends.length ? ends[at]! - rule.before - SLACK : Number.POSITIVE_INFINITY;
    const text = slice(from, Math.min(length, to));
    expression.lastIndex = 0;
    for (let match = expression.exec(text); match; match = expression.exec(text)) {
      if (match[0] === '') expression.lastIndex += 1;
      const start = from + match.index;
      // The next stretch sees all of it.
      if (start >= next) break;
      const secret = match[rule.group ?? 0] ?? '';
      if (start <= told || (rule.accept && !rule.accept(secret, match))) continue;
      told = start;
      found.push({ start, end: start + match[0].length, secret });
    }
  }
  return found;
}
