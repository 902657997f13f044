import type { DoubleQuotedChild, Word, WordPart } from 'unbash';
import type { Argument } from './arguments.ts';
import { expandBraces } from './braces.ts';
import { A_NUMBER, type Scope } from './scope.ts';

/** What a program is given for `<(…)`: the end of a pipe, which is no file of anybody's. */
export const PIPE = '/dev/fd/63';

/** Most words that the braces of one word may stand for. */
const MAX_BRACES = 256;

// What a shell splits or matches in the value of a variable that isn't quoted.
const SPLIT_OR_GLOB = /[\s*?[\]\\!(){}|<>&;"'`$~]/;

interface Piece {
  /** literal text; where `glob`, a pattern in which plain characters are escaped */
  text: string;
  known: boolean;
  glob: boolean;
  many: boolean;
  /** stands in a variable without quotes */
  split?: boolean;
  /** some number and nothing beside it */
  number?: boolean;
}

/** What the words of a command become as arguments. A word that the shell drops or multiplies is `unknown`. */
export function argumentsOf(word: Word, scope: Scope): Argument[] {
  const span = { pos: word.pos, end: word.end };
  if (mayHoldBraces(word)) return [{ kind: 'unknown', text: '', many: true, ...span }];
  const spellings = hasBraces(word) ? expandBraces(word, MAX_BRACES) : undefined;
  if (spellings === undefined) {
    return hasBraces(word) ? [{ kind: 'unknown', text: '', many: true, ...span }] : [argumentOf(word, scope)];
  }
  const [first] = word.parts!;
  return spellings.map(({ text, glob }) => {
    const begins = first?.type === 'Literal' && first.text.startsWith('~');
    // `~{,a}` is two users.
    const home = begins ? (first.text.includes('/') ? tilde(text, first.text, scope) : undefined) : text;
    if (home === undefined) return { kind: 'unknown', text: '', ...span };
    return { kind: glob ? 'glob' : 'literal', text: shielded(home, word.text), ...span };
  });
}

/** A word that becomes exactly one argument, whatever is in it: a redirection's target, an assignment's value. */
export function argumentOf(word: Word, scope: Scope): Argument {
  const span = { pos: word.pos, end: word.end };
  if (hasBraces(word)) return { kind: 'unknown', text: '', many: true, ...span };
  // Behind `name=` bash takes `~` for a folder, other shells don't.
  const named = /^[A-Za-z_]\w*\+?=(?=(?:[\s\S]*:)?~)/.exec(word.text);
  if (named) return { kind: 'partial', text: named[0], ...span };
  if (word.parts === undefined) {
    const home = word.text.startsWith('~') ? tilde(word.value, word.text, scope) : word.value;
    if (home === undefined) return { kind: 'unknown', text: '', ...span };
    return { kind: 'literal', text: shielded(home, word.text), ...span };
  }
  const first = word.parts[0];
  let whole = known('');
  for (const part of word.parts) {
    let piece = pieceOf(part, scope);
    if (part === first && part.type === 'Literal' && part.text.startsWith('~')) {
      // What is quoted or expanded belongs to the user's name as long as no slash ends it.
      const home = part.text.includes('/') || word.parts.length === 1 ? tilde(piece.text, part.text, scope) : undefined;
      piece = home === undefined ? { ...piece, text: '', known: false } : known(home);
    }
    whole = join(whole, piece);
  }
  const text = shielded(whole.text, word.text);
  if (whole.known && whole.glob) return { kind: 'glob', text, ...(whole.split ? { split: true } : {}), ...span };
  if (whole.known) return { kind: 'literal', text, ...span };
  const more = { ...(whole.many ? { many: true } : {}), ...(whole.number ? { number: true } : {}), ...span };
  return whole.text === '' || whole.glob ? { kind: 'unknown', text: '', ...more } : { kind: 'partial', text, ...more };
}

/** THREAT: a quoted `~` is a plain character, but what reads paths later would take it for the home directory. */
function shielded(text: string, source: string): string {
  return text.startsWith('~') && !source.startsWith('~') ? `./${text}` : text;
}

function pieceOf(part: WordPart | DoubleQuotedChild, scope: Scope, quoted = false): Piece {
  switch (part.type) {
    case 'Literal':
      return known(part.value);
    case 'SingleQuoted':
    case 'AnsiCQuoted':
      return known(part.value);
    case 'DoubleQuoted':
    case 'LocaleString':
      return part.parts.map((child) => pieceOf(child, scope, true)).reduce(join, known(''));
    case 'Glob':
      // What expands or is quoted between brackets is no part of the pattern as it stands.
      if (/[$`'"\\]/.test(part.text)) return { text: '', known: false, glob: true, many: true };
      return { text: part.text, known: true, glob: true, many: false };
    case 'SimpleExpansion':
      return expansionOf(part.text.slice(1), scope, quoted);
    case 'ParameterExpansion':
      if (part.operation === undefined && part.index === undefined && part.prefix === undefined) {
        return expansionOf(part.parameter, scope, quoted);
      }
      return { text: '', known: false, glob: false, many: !quoted };
    case 'ProcessSubstitution':
      return known(PIPE);
    case 'ArithmeticExpansion':
      return A_NUMBER_PIECE;
    default:
      return { text: '', known: false, glob: false, many: !quoted };
  }
}

function expansionOf(name: string, scope: Scope, quoted: boolean): Piece {
  if (/^[#?$]$/.test(name)) return A_NUMBER_PIECE;
  // Nothing at all as long as nothing was started in the background.
  if (name === '!') return { ...A_NUMBER_PIECE, many: !quoted };
  const value = scope.variables.get(name);
  if (value === undefined) return { text: '', known: false, glob: false, many: !quoted || name === '@' };
  if (value === A_NUMBER) return A_NUMBER_PIECE;
  if (value.glob) return { ...value, known: true, many: false, split: !quoted };
  if (!quoted && (value.text === '' || SPLIT_OR_GLOB.test(value.text)))
    return { text: '', known: false, glob: false, many: true };
  return known(value.text);
}

/** THREAT: no file has to be named as a number that is counted: as a pattern it would stand for other files. */
const A_NUMBER_PIECE: Piece = { text: '', known: false, glob: false, many: false, number: true };

function known(text: string): Piece {
  return { text, known: true, glob: false, many: false };
}

/** What comes after something unknown isn't known to be where it seems. */
function join(a: Piece, b: Piece): Piece {
  const many = a.many || b.many;
  // What is unknown and a pattern may be several words.
  if (!a.known) return { ...a, many: many || b.glob, number: false };
  const glob = a.glob || b.glob;
  if (glob && !b.known) return { text: '', known: false, glob, many: true };
  const text = glob ? (a.glob ? a.text : escapeGlob(a.text)) + (b.glob ? b.text : escapeGlob(b.text)) : a.text + b.text;
  const split = a.split === true || b.split === true;
  return { text, known: b.known, glob, many, split, number: b.number === true && text === '' };
}

/** Undefined where nobody knows which folder is meant (`~user`, `~+`, a tilde whose end is quoted). */
function tilde(text: string, source: string, scope: Scope): string | undefined {
  if (!/^~(?:\/|$)/.test(source)) return undefined;
  return scope.home + text.slice(1);
}

function escapeGlob(text: string): string {
  return text.replace(/[\\*?[\]]/g, '\\$&');
}

function hasBraces(word: Word): boolean {
  return word.parts?.some((part) => part.type === 'BraceExpansion') ?? false;
}

/** Braces that the parser takes for text, and bash for several words: `{a},b}`. */
function mayHoldBraces(word: Word): boolean {
  const parts = word.parts ?? [{ type: 'Literal', text: word.text }];
  const bare = parts.map(({ type, text }) => (type === 'Literal' ? text.replace(/\\[\s\S]/g, '') : 'x')).join('');
  const open = bare.indexOf('{');
  const close = bare.lastIndexOf('}');
  return open >= 0 && /,|\.\./.test(bare.slice(open, Math.max(open, close)));
}
