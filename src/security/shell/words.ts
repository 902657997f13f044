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
}

/** What the words of a command become as arguments. A word that the shell drops or multiplies is `unknown`. */
export function argumentsOf(word: Word, scope: Scope): Argument[] {
  const span = { pos: word.pos, end: word.end };
  const spellings = hasBraces(word) ? expandBraces(word, MAX_BRACES) : undefined;
  if (spellings === undefined) {
    return hasBraces(word) ? [{ kind: 'unknown', text: '', many: true, ...span }] : [argumentOf(word, scope)];
  }
  return spellings.map(({ text, glob }) => ({
    kind: glob ? ('glob' as const) : ('literal' as const),
    text: tilde(text, scope) ?? text,
    ...span,
  }));
}

/** A word that becomes exactly one argument, whatever is in it: a redirection's target, an assignment's value. */
export function argumentOf(word: Word, scope: Scope): Argument {
  const span = { pos: word.pos, end: word.end };
  if (hasBraces(word)) return { kind: 'unknown', text: '', many: true, ...span };
  if (word.parts === undefined) {
    const home = word.text.startsWith('~') ? tilde(word.value, scope) : word.value;
    return home === undefined ? { kind: 'unknown', text: '', ...span } : literalOf(home, word.text, span);
  }
  const first = word.parts[0];
  let whole = known('');
  for (const part of word.parts) {
    let piece = pieceOf(part, scope);
    if (part === first && part.type === 'Literal' && part.text.startsWith('~')) {
      const home = tilde(piece.text, scope);
      piece = home === undefined ? { ...piece, text: '', known: false } : known(home);
    }
    whole = join(whole, piece);
  }
  if (whole.known)
    return whole.glob ? { kind: 'glob', text: whole.text, ...span } : literalOf(whole.text, word.text, span);
  const many = whole.many ? { many: true } : {};
  if (whole.text === '' || whole.glob) return { kind: 'unknown', text: '', ...many, ...span };
  return { kind: 'partial', text: whole.text, ...many, ...span };
}

/** THREAT: a quoted `~` is a plain character, but what reads paths later would take it for the home directory. */
function literalOf(text: string, source: string, span: { pos: number; end: number }): Argument {
  const quoted = text.startsWith('~') && !source.startsWith('~');
  return { kind: 'literal', text: quoted ? `./${text}` : text, ...span };
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
      return { ...A_NUMBER, known: true, many: false };
    default:
      return { text: '', known: false, glob: false, many: !quoted };
  }
}

function expansionOf(name: string, scope: Scope, quoted: boolean): Piece {
  if (/^[#?$!]$/.test(name)) return { ...A_NUMBER, known: true, many: false };
  const value = scope.variables.get(name);
  if (value === undefined) return { text: '', known: false, glob: false, many: !quoted || name === '@' };
  if (value.glob) return { ...value, known: true, many: false };
  if (!quoted && (value.text === '' || SPLIT_OR_GLOB.test(value.text)))
    return { text: '', known: false, glob: false, many: true };
  return known(value.text);
}

function known(text: string): Piece {
  return { text, known: true, glob: false, many: false };
}

/** What comes after something unknown isn't known to be where it seems. */
function join(a: Piece, b: Piece): Piece {
  const many = a.many || b.many;
  if (!a.known) return { ...a, many };
  const glob = a.glob || b.glob;
  const text = glob ? (a.glob ? a.text : escapeGlob(a.text)) + (b.glob ? b.text : escapeGlob(b.text)) : a.text + b.text;
  return { text, known: b.known, glob, many };
}

/** Undefined where nobody knows which folder is meant (`~user`, `~+`). */
function tilde(text: string, scope: Scope): string | undefined {
  if (text === '~') return scope.home;
  if (text.startsWith('~/')) return scope.home + text.slice(1);
  return text.startsWith('~') ? undefined : text;
}

function escapeGlob(text: string): string {
  return text.replace(/[\\*?[\]]/g, '\\$&');
}

function hasBraces(word: Word): boolean {
  return word.parts?.some((part) => part.type === 'BraceExpansion') ?? false;
}
