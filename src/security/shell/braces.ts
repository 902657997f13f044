import type { Word } from 'unbash';

/** One of the words; where `glob`, a pattern in which plain characters are escaped. */
export interface Spelling {
  readonly text: string;
  readonly glob: boolean;
}

/**
 * The words that `a{b,c}d` stands for, or undefined where the word holds more than literals, patterns and simple braces,
 * or stands for more than `max` words.
 */
export function expandBraces(word: Word, max: number): Spelling[] | undefined {
  const glob = word.parts?.some((part) => part.type === 'Glob') ?? false;
  const plain = (text: string): string => (glob ? text.replace(/[\\*?[\]]/g, '\\$&') : text);
  let spellings = [''];
  for (const part of word.parts ?? []) {
    let choices: readonly string[] | undefined;
    if (part.type === 'Literal' || part.type === 'SingleQuoted' || part.type === 'AnsiCQuoted')
      choices = [plain(part.value)];
    else if (part.type === 'DoubleQuoted' && part.parts.every((child) => child.type === 'Literal')) {
      choices = [plain(part.parts.map((child) => (child.type === 'Literal' ? child.value : '')).join(''))];
    } else if (part.type === 'Glob') choices = /[$`'"\\]/.test(part.text) ? undefined : [part.text];
    else if (part.type === 'BraceExpansion') choices = choicesOf(part.text)?.map(plain);
    if (choices === undefined || spellings.length * choices.length > max) return undefined;
    const ends = choices;
    spellings = spellings.flatMap((start) => ends.map((end) => start + end));
  }
  // A word of nothing at all is dropped; with quotes in it, it is an empty word.
  const bare = word.parts?.every(({ type }) => type === 'Literal' || type === 'BraceExpansion') ?? false;
  return spellings.filter((text) => !bare || text !== '').map((text) => ({ text, glob }));
}

function choicesOf(text: string): readonly string[] | undefined {
  const inner = text.slice(1, -1);
  const range = /^(-?\d{1,6})\.\.(-?\d{1,6})$/.exec(inner);
  if (range) {
    const from = Number(range[1]);
    const to = Number(range[2]);
    if (Math.abs(to - from) >= 256 || /^-?0\d/.test(range[1]!) || /^-?0\d/.test(range[2]!)) return undefined;
    return Array.from({ length: Math.abs(to - from) + 1 }, (_, index) =>
      String(to >= from ? from + index : from - index),
    );
  }
  // Nested braces, quotes and expansions inside: not needed often enough to be read here.
  if (!/^[A-Za-z0-9_./@%+=:,-]*$/.test(inner) || !inner.includes(',')) return undefined;
  return inner.split(',');
}
