import type { SecurityPolicyConfig } from '../../model/configuration.ts';
import { compileMatcher, type SecretMatcher, type Span } from './engine.ts';
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
}

export function createScanner(config: SecurityPolicyConfig['secretPatterns']): SecretScanner {
  const rules = secretRules(config);
  const compiled = new Map<SecretRule, SecretMatcher>();
  const matcherOf = (rule: SecretRule): SecretMatcher => {
    const matcher = compiled.get(rule) ?? compileMatcher(rule.pattern);
    compiled.set(rule, matcher);
    return matcher;
  };
  const candidates = (_text: string): readonly SecretRule[] => rules;
  return {
    scan(text) {
      const hits: SecretHit[] = [];
      for (const rule of candidates(text)) {
        if (rule.maskOnly) continue;
        const span = matcherOf(rule).first(text);
        if (span !== undefined) hits.push({ rule, span });
      }
      return hits;
    },
    mask(text) {
      const hits: SecretHit[] = [];
      for (const rule of candidates(text)) {
        for (const span of matcherOf(rule).all(text)) hits.push({ rule, span });
      }
      return hits.length === 0 ? text : replaceHits(text, hits);
    },
  };
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
