/** The member of `known` nearest to `word` by edit distance, if it is near enough to be a misspelling of it. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue;
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const swap = a[i - 1] === b[j - 1] ? 0 : 1;
      next[j] = Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + swap);
    }
    row = next;
  }
  return row[b.length]!;
}

// C0, DEL, C1, soft hyphen, line and paragraph separators, bidi controls, zero-width characters, tags, lone surrogates,
// letters that are blank (Hangul fillers, Khmer inherent vowels, the blank of braille), joiners and variation selectors.
// A no-break space and the selector of emoji (FE0F) stand in texts that people write, and stay.
const UNPRINTABLE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u2028\u2029\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0]|[\u{1d173}-\u{1d17a}\u{e0000}-\u{e007f}]|\u034f|[\u17b4\u17b5]|[\u180b-\u180f]|[\ufe00-\ufe0e]|[\u{e0100}-\u{e01ef}]|\p{Surrogate}/gu;

/** `text` for a terminal or a message: invisible and control characters are spelt out, length is bounded. */
export function printable(text: string, max = 200): string {
  const cut = text.length > max ? `${text.slice(0, max)}… (${text.length} characters)` : text;
  return cut.replace(UNPRINTABLE, (c) => `\\u{${c.codePointAt(0)!.toString(16)}}`);
}

/**
 * Lines for a terminal, JSON included: control characters other than tabs and ends of lines are spelt `\\u001b`, as
 * JSON has them, so that nothing that is shown steers the terminal.
 */
export function forTerminal(text: string): string {
  return text.replace(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** True where `text` holds a C0 or C1 control character, DEL, a line separator or a lone surrogate. */
export function hasControlCharacter(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    const c = text.charCodeAt(i);
    if (c < 0x20 || (c >= 0x7f && c < 0xa0) || c === 0x2028 || c === 0x2029) return true;
  }
  return !text.isWellFormed();
}
