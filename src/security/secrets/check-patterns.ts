import { parseRe2 } from '../../kernel/re2-syntax.ts';
import type { RuleEntry } from '../../model/configuration.ts';
import { compileMatcher } from './engine.ts';

/** One thing wrong with a secret pattern; `index` is its place in the list. */
export interface PatternProblem {
  readonly index: number;
  readonly message: string;
}

/**
 * What is wrong with the patterns of `secret_patterns`: no RE2 syntax, or an example that doesn't hold. Everyday
 * patterns are recognised by our own parser; only others, and examples, load the engine.
 */
export function checkSecretPatterns(patterns: readonly RuleEntry[]): PatternProblem[] {
  return patterns.flatMap((entry, index) => problemsOf(entry).map((message) => ({ index, message })));
}

function problemsOf(entry: RuleEntry): string[] {
  const examples = entry.match.length + entry.noMatch.length > 0;
  if (!examples && parseRe2(entry.pattern) !== undefined) return [];
  let matches: (text: string) => boolean;
  try {
    const matcher = compileMatcher(entry.pattern);
    matches = (text) => matcher.first(text) !== undefined;
  } catch (error) {
    const why = (error as Error).message.split('\n', 1)[0];
    return [`${JSON.stringify(entry.pattern)} is not a pattern in RE2 syntax: ${why}`];
  }
  return [
    ...entry.match
      .filter((example) => !matches(example))
      .map((example) => `${JSON.stringify(entry.pattern)} does not match its example ${JSON.stringify(example)}`),
    ...entry.noMatch
      .filter(matches)
      .map(
        (example) => `${JSON.stringify(entry.pattern)} matches ${JSON.stringify(example)}, which stands under no_match`,
      ),
  ];
}
