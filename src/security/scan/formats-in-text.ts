import { compileLiterals, type LiteralAutomaton } from './literal-automaton.ts';
import { structureRules } from './rules/structures.ts';
import { tokenRules } from './rules/tokens.ts';
import type { ScanRule } from './scan-rule.ts';

/** Where a secret of a known format stands in a text, in UTF-16 units. */
export interface FormatMatch {
  readonly rule: ScanRule;
  readonly start: number;
  readonly end: number;
}

/** Shorter texts are asked for each keyword; longer ones are walked once, by a table that takes milliseconds to make. */
const SHORT = 16_384;

/** A secret is a long run of such characters, or stands behind one of these words: most texts hold neither. */
const MAY_HOLD = /[A-Za-z0-9_-]{16}|secret|key=|machine |:\/\//i;

let rules: readonly ScanRule[] | undefined;
const expressions = new Map<ScanRule, RegExp>();
let walk: { automaton: LiteralAutomaton; owners: readonly ScanRule[] } | undefined;

/**
 * Secrets of the formats that providers document, and those that what stands around them gives away; not those that
 * only a name does. Every pattern is our own, and only looks at a stretch around its keyword.
 */
export function formatsInText(text: string): FormatMatch[] {
  if (!MAY_HOLD.test(text)) return [];
  rules ??= [...tokenRules(), ...structureRules()];
  const found: FormatMatch[] = [];
  for (const [rule, places] of text.length <= SHORT ? placesByAsking(text, rules) : placesByWalking(text, rules)) {
    let told = -1;
    let searched = -1;
    for (const place of places) {
      if (place < searched) continue;
      const from = Math.max(0, place - rule.before - 40);
      const to = Math.min(text.length, place + rule.after + 64);
      searched = place;
      const expression = expressions.get(rule) ?? new RegExp(rule.pattern, rule.ignoreCase ? 'gi' : 'g');
      expressions.set(rule, expression);
      expression.lastIndex = 0;
      const window = text.slice(from, to);
      for (let match = expression.exec(window); match; match = expression.exec(window)) {
        if (match[0] === '') expression.lastIndex += 1;
        const start = from + match.index;
        if (start <= told || (rule.accept && !rule.accept(match[rule.group ?? 0] ?? '', match))) continue;
        told = start;
        found.push({ rule, start, end: start + match[0].length });
        searched = start + match[0].length;
      }
    }
  }
  return found.sort((a, b) => a.start - b.start);
}

function placesByAsking(text: string, all: readonly ScanRule[]): Map<ScanRule, number[]> {
  const folded = text.toLowerCase();
  const places = new Map<ScanRule, number[]>();
  // A few letters are longer in lower case: then places would not be those of the text.
  if (folded.length !== text.length) return placesByWalking(text, all);
  for (const rule of all) {
    const own: number[] = [];
    for (const keyword of rule.keywords) {
      for (let at = folded.indexOf(keyword); at >= 0; at = folded.indexOf(keyword, at + 1)) own.push(at);
    }
    if (own.length > 0)
      places.set(
        rule,
        own.sort((a, b) => a - b),
      );
  }
  return places;
}

function placesByWalking(text: string, all: readonly ScanRule[]): Map<ScanRule, number[]> {
  if (walk === undefined) {
    const owners = all.flatMap((rule) => rule.keywords.map(() => rule));
    walk = { automaton: compileLiterals(all.flatMap((rule) => rule.keywords)), owners };
  }
  const { automaton, owners } = walk;
  const places = new Map<ScanRule, number[]>();
  // One byte for each unit: letters beyond may seem to be others, and the pattern looks at the text itself.
  automaton.run(Buffer.from(text, 'latin1'), automaton.start, (literal, end) => {
    const rule = owners[literal]!;
    const list = places.get(rule);
    if (list) list.push(end);
    else places.set(rule, [end]);
  });
  return places;
}
