import { type PatternNode, parseRe2 } from '../../kernel/re2-syntax.ts';
import type { SecurityPolicyConfig } from '../../model/configuration.ts';
import { formatsInText, mayHoldFormat } from '../scan/formats-in-text.ts';
import { compileMatcher, type SecretMatcher, type Span } from './engine.ts';
import { foldText, requiredLiterals } from './required-literals.ts';
import { compileRoughMatch, type RoughMatch } from './rough-match.ts';
import { type SecretRule, secretRules } from './rules.ts';

export interface SecretHit {
  readonly rule: SecretRule;
  readonly span: Span;
}

export interface SecretScanner {
  /** the first match of each rule, in the order of the rules */
  scan(text: string): SecretHit[];
  /** `text` with every match replaced by `[secret:<label>]`; the same string where nothing matches */
  mask(text: string): string;
  /**
   * False only where nothing in `text`, nor in any stretch of it taken by itself, would be masked: so that many texts
   * are asked about at once, one after the other with a line's end between them.
   */
  mayHold(text: string): boolean;
}

/** Longer texts go straight to the engine, which is faster on them than the rough look. */
const MAX_ROUGH = 65_536;
const MAX_MASK_ROUNDS = 4;
/** Short texts that were found to hold no secret, so that names and words of every entry are looked at once. */
const MAX_CLEAN = 2048;
const MAX_CLEAN_LENGTH = 128;

/** A rule with what can be known of it without the engine. */
interface PreparedRule {
  readonly rule: SecretRule;
  /** a match has one of these in it; undefined: nothing is known, so every text is looked at */
  readonly literals: readonly string[] | undefined;
  /** built at the first text that has such a literal */
  rough(text: string): boolean;
}

/** Prepares the rules at the first text and compiles a pattern at the first text that may hold a match of it. */
export function createScanner(config: SecurityPolicyConfig['secretPatterns']): SecretScanner {
  let prepared: readonly PreparedRule[] | undefined;
  const compiled = new Map<SecretRule, SecretMatcher>();
  const matcherOf = (rule: SecretRule): SecretMatcher => {
    const matcher = compiled.get(rule) ?? compileMatcher(rule.pattern);
    compiled.set(rule, matcher);
    return matcher;
  };
  const candidates = (text: string): readonly SecretRule[] => {
    prepared ??= secretRules(config).map(prepare);
    const folded = foldText(text);
    const found: SecretRule[] = [];
    for (const { rule, literals, rough } of prepared) {
      if (literals !== undefined && !literals.some((literal) => folded.includes(literal))) continue;
      if (text.length <= MAX_ROUGH && !rough(text)) continue;
      found.push(rule);
    }
    return found;
  };
  let clean = new Set<string>();
  let older: ReadonlySet<string> = new Set();
  const maskOnce = (text: string): string => {
    const hits: SecretHit[] = [];
    for (const rule of candidates(text)) {
      for (const span of matcherOf(rule).all(text)) hits.push({ rule, span });
    }
    hits.push(...formatHits(text));
    return hits.length === 0 ? text : replaceHits(text, hits);
  };
  return {
    scan(text) {
      const hits: SecretHit[] = [];
      for (const rule of candidates(text)) {
        if (rule.maskOnly) continue;
        const span = matcherOf(rule).first(text);
        if (span !== undefined) hits.push({ rule, span });
      }
      const told = new Set(hits.map(({ rule }) => rule.id));
      for (const hit of formatHits(text)) {
        if (hit.rule.maskOnly || told.has(hit.rule.id)) continue;
        told.add(hit.rule.id);
        hits.push(hit);
      }
      return hits;
    },
    mayHold: (text) => candidates(text).length > 0 || mayHoldFormat(text),
    mask(text) {
      if (text.length <= MAX_CLEAN_LENGTH && (clean.has(text) || older.has(text))) return text;
      let masked = text;
      // A mask may lay bare what its neighbour kept from matching.
      for (let round = 0; round < MAX_MASK_ROUNDS; round += 1) {
        const next = maskOnce(masked);
        if (next === masked) break;
        masked = next;
      }
      if (masked === text && text.length <= MAX_CLEAN_LENGTH) {
        if (clean.size >= MAX_CLEAN) {
          older = clean;
          clean = new Set();
        }
        clean.add(text);
      }
      return masked;
    },
  };
}

/** Formats of providers: the same rules that files are searched with, but one that has a rule of its own above. */
function formatHits(text: string): SecretHit[] {
  return formatsInText(text).flatMap(({ rule: { id }, start, end }) =>
    id === 'url-password'
      ? []
      : [{ rule: { id: `builtin.secret.${id}`, label: id, pattern: '' }, span: { start, end } }],
  );
}

function prepare(rule: SecretRule): PreparedRule {
  let tree: PatternNode | undefined;
  let match: RoughMatch | undefined;
  const parsed = (): PatternNode | undefined => {
    tree ??= parseRe2(rule.pattern);
    return tree;
  };
  return {
    rule,
    literals: rule.literals ?? ifKnown(parsed(), requiredLiterals),
    rough(text) {
      match ??= ifKnown(parsed(), compileRoughMatch) ?? (() => true);
      return match(text);
    },
  };
}

function ifKnown<T>(tree: PatternNode | undefined, ask: (tree: PatternNode) => T | undefined): T | undefined {
  return tree === undefined ? undefined : ask(tree);
}

/** Overlapping matches become one mask, named after the one that starts first. */
function replaceHits(text: string, hits: SecretHit[]): string {
  hits.sort((a, b) => a.span.start - b.span.start);
  let masked = '';
  let done = 0;
  for (const { rule, span } of hits) {
    if (span.start >= done) masked += `${text.slice(done, span.start)}[secret:${rule.label}]`;
    done = Math.max(done, span.end);
  }
  return masked + text.slice(done);
}
