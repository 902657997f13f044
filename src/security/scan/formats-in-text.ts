import { compileLiterals, type LiteralAutomaton } from './literal-automaton.ts';
import { matchesOfRule } from './rule-matches.ts';
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
const MAY_HOLD = /[A-Za-z0-9_-]{16}|secret|key=|machine\s|:\/\//i;

/** The ids that the system itself makes: every record holds some. */
const ID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

let rules: readonly ScanRule[] | undefined;
/** All keywords at once, those without a capital and those as they are written: most texts hold none. */
let keywords: { readonly folded: RegExp; readonly asWritten: RegExp } | undefined;

const CAPITAL = /[A-Z]/;
let walk: { automaton: LiteralAutomaton; owners: readonly ScanRule[] } | undefined;

/**
 * Secrets of the formats that providers document, and those that what stands around them gives away; not those that
 * only a name does. Every pattern is our own, and only looks at a stretch around its keyword.
 */
export function formatsInText(text: string): FormatMatch[] {
  if (!MAY_HOLD.test(text) || ID.test(text) || !mayHoldFormat(text)) return [];
  const all = allRules();
  const found: FormatMatch[] = [];
  for (const [rule, ends] of text.length <= SHORT ? endsByAsking(text, all) : endsByWalking(text, all)) {
    for (const { start, end } of matchesOfRule(rule, ends, text.length, (from, to) => text.slice(from, to))) {
      found.push({ rule, start, end });
    }
  }
  return found.sort((a, b) => a.start - b.start);
}

/** False where no stretch of the text can be a secret of a known format: each has a keyword. Long texts may. */
export function mayHoldFormat(text: string): boolean {
  if (text.length > SHORT) return true;
  keywords ??= {
    folded: anyOf((word) => !CAPITAL.test(word)),
    asWritten: anyOf((word) => CAPITAL.test(word)),
  };
  return keywords.folded.test(text.toLowerCase()) || keywords.asWritten.test(text);
}

function anyOf(taken: (word: string) => boolean): RegExp {
  const words = allRules().flatMap((rule) => rule.keywords.filter(taken));
  return new RegExp(words.map((word) => word.replace(/[^A-Za-z0-9]/g, '\\$&')).join('|'));
}

function allRules(): readonly ScanRule[] {
  rules ??= [...tokenRules(), ...structureRules()];
  return rules;
}

/** Where the keywords of each rule end, in their order. */
function endsByAsking(text: string, all: readonly ScanRule[]): Map<ScanRule, number[]> {
  const folded = text.toLowerCase();
  // A few letters are longer in lower case: then places would not be those of the text.
  if (folded.length !== text.length) return endsByWalking(text, all);
  const ends = new Map<ScanRule, number[]>();
  for (const rule of all) {
    const own: number[] = [];
    for (const keyword of rule.keywords) {
      const searched = CAPITAL.test(keyword) ? text : folded;
      for (let at = searched.indexOf(keyword); at >= 0; at = searched.indexOf(keyword, at + 1)) {
        own.push(at + keyword.length);
      }
    }
    if (own.length > 0) {
      own.sort((a, b) => a - b);
      ends.set(rule, own);
    }
  }
  return ends;
}

function endsByWalking(text: string, all: readonly ScanRule[]): Map<ScanRule, number[]> {
  if (walk === undefined) {
    const owners = all.flatMap((rule) => rule.keywords.map(() => rule));
    walk = { automaton: compileLiterals(all.flatMap((rule) => rule.keywords)), owners };
  }
  const { automaton, owners } = walk;
  const ends = new Map<ScanRule, number[]>();
  // One byte for each unit: letters beyond may seem to be others, and the pattern looks at the text itself.
  automaton.run(Buffer.from(text, 'latin1'), automaton.start, (literal, end) => {
    const rule = owners[literal]!;
    const list = ends.get(rule);
    if (list) list.push(end);
    else ends.set(rule, [end]);
  });
  return ends;
}
