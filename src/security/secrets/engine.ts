import { createRequire } from 'node:module';
import type { RE2JS } from 're2js';

/** Where a pattern matches, in UTF-16 units; never empty. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Finds the matches of one pattern, leftmost first, in time linear in the text. */
export interface SecretMatcher {
  first(text: string): Span | undefined;
  all(text: string): Span[];
}

let re2js: typeof RE2JS | undefined;

/**
 * Compiles a pattern with the linear-time engine. Throws where it isn't RE2 syntax (the configuration floor has
 * checked it before). The engine takes milliseconds to load, so it is loaded by the first text that needs it: a hook
 * call whose text can't hold a secret never pays.
 *
 * THREAT: patterns come from a file that people write; a backtracking engine could be stalled by one.
 */
export function compileMatcher(pattern: string): SecretMatcher {
  re2js ??= (createRequire(import.meta.url)('re2js') as { RE2JS: typeof RE2JS }).RE2JS;
  const compiled = re2js.compile(pattern);
  return {
    first: (text) => spans(compiled, text, 1)[0],
    all: (text) => spans(compiled, text, Number.POSITIVE_INFINITY),
  };
}

function spans(compiled: RE2JS, text: string, most: number): Span[] {
  const matcher = compiled.matcher(text);
  const found: Span[] = [];
  while (found.length < most && matcher.find()) {
    const [start, end] = [matcher.start(), matcher.end()];
    // A pattern that matches nothing at all finds no secret.
    if (end > start) found.push({ start, end });
  }
  return found;
}
