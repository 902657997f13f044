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

/** The native engine where its package is installed beside ours and runs on this Node; null where it doesn't. */
interface NativeExpression {
  lastIndex: number;
  exec(text: string): { readonly index: number; readonly 0: string } | null;
}
type Native = new (pattern: string, flags: string) => NativeExpression;

let native: Native | null | undefined;
let re2js: typeof RE2JS | undefined;

function nativeEngine(): Native | null {
  if (native === undefined) {
    try {
      native = createRequire(import.meta.url)('re2') as Native;
    } catch {
      native = null;
    }
  }
  return native;
}

/**
 * Compiles a pattern with a linear-time engine: `re2` where it is installed, `re2js` otherwise. Throws where it isn't RE2 syntax (the configuration floor has
 * checked it before). The engine takes milliseconds to load, so it is loaded by the first text that needs it: a hook
 * call whose text can't hold a secret never pays.
 *
 * THREAT: patterns come from a file that people write; a backtracking engine could be stalled by one.
 */
export function compileMatcher(pattern: string): SecretMatcher {
  const Native = nativeEngine();
  if (Native !== null) {
    const expression = new Native(pattern, 'gu');
    return {
      first: (text) => nativeSpans(expression, text, 1)[0],
      all: (text) => nativeSpans(expression, text, Number.POSITIVE_INFINITY),
    };
  }
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

function nativeSpans(expression: NativeExpression, text: string, most: number): Span[] {
  const found: Span[] = [];
  expression.lastIndex = 0;
  while (found.length < most) {
    const match = expression.exec(text);
    if (match === null) break;
    const end = match.index + match[0].length;
    if (end > match.index) found.push({ start: match.index, end });
    // A match of nothing would be found again at the same place; half a pair would put all further places off by one.
    else expression.lastIndex += (text.codePointAt(expression.lastIndex) ?? 0) > 0xffff ? 2 : 1;
  }
  return found;
}
