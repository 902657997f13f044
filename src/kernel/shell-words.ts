/**
 * What became of a command line: its words, or why it can't be taken as ONE simple command of literal words.
 * `column` counts UTF-16 units from 1; `reason` is a clause without it: `"|" joins commands`.
 */
export type LiteralCommand =
  | { readonly ok: true; readonly argv: readonly string[] }
  | { readonly ok: false; readonly reason: string; readonly column: number };

const MAX_LENGTH = 65_536;

const PLAIN = tableOf(/[A-Za-z0-9_@%+=:,./-]/);
const AFTER_NAME = tableOf(/[A-Za-z0-9_]/);
const PROGRAM = /^[A-Za-z0-9_./][A-Za-z0-9_.+@/-]*$/;
// Control characters, line separators, and halves of a surrogate pair without their other half.
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]|\p{Surrogate}/u;

// Words that bash or zsh read as grammar where a command's name stands, and so aren't names of programs.
const RESERVED = new Set(
  (
    'if then elif else fi for while until do done case esac select in function time coproc foreach end repeat ' +
    'nocorrect noglob always'
  ).split(' '),
);

const MEANING: Readonly<Record<string, string>> = {
  '|': 'joins commands',
  '&': 'joins commands or runs them in the background',
  ';': 'joins commands',
  '\n': 'ends a command and starts another',
  '\r': 'ends a command on some shells',
  '<': 'redirects',
  '>': 'redirects',
  '(': 'starts a subshell',
  ')': 'ends a subshell',
  '{': 'starts a group or a brace expansion',
  '}': 'ends a group or a brace expansion',
  $: 'starts an expansion',
  '`': 'starts a command substitution',
  '\\': 'escapes the next character',
  '*': 'is a glob',
  '?': 'is a glob',
  '[': 'starts a glob or a test',
  ']': 'ends a glob or a test',
  '!': 'negates or recalls history',
  '#': 'starts a comment',
  '~': 'stands for a home directory',
  '^': 'recalls history or is a glob',
};

/**
 * Splits a command line that is one simple command of literal words, as bash and zsh would, without their help.
 * Everything else is refused: operators, expansions, globs, escapes, redirections, assignments, comments, newlines.
 * Never throws. Linear in the length of `text`, which may be 64 Ki units.
 *
 * INVARIANT: for whatever it accepts, a shell starts exactly the program `argv[0]` with exactly these words
 * (an alias or a function of that name in the shell is not seen: a door that has one must not hand the line on).
 */
export function splitLiteralCommand(text: string): LiteralCommand {
  if (text.length > MAX_LENGTH) return refuse(`it is longer than ${MAX_LENGTH} characters`, MAX_LENGTH + 1);
  const argv: string[] = [];
  let at = 0;
  for (;;) {
    while (text[at] === ' ' || text[at] === '\t') at += 1;
    if (at >= text.length) break;
    const start = at;
    const word = readWord(text, at);
    if (typeof word.value !== 'string') return word.value;
    at = word.end;
    const bad = argv.length === 0 ? badProgram(word.value) : undefined;
    if (bad !== undefined) return refuse(bad, start + 1);
    argv.push(word.value);
  }
  return argv.length === 0 ? refuse('it is empty', 1) : { ok: true, argv };
}

/**
 * A line that `splitLiteralCommand` splits into exactly these words; undefined where a word holds what no literal word
 * can hold (control characters, half a surrogate pair) or the first is no plain name of a program.
 */
export function quoteWords(words: readonly string[]): string | undefined {
  const line = words
    .map((word, index) => {
      if (word !== '' && (index > 0 ? /^[A-Za-z0-9_@%+:,./-][A-Za-z0-9_@%+=:,./-]*$/ : PROGRAM).test(word)) return word;
      return word
        .split("'")
        .map((part) => `'${part}'`)
        .join(`"'"`);
    })
    .join(' ');
  const back = splitLiteralCommand(line);
  const same = back.ok && back.argv.length === words.length && back.argv.every((word, index) => word === words[index]);
  return same ? line : undefined;
}

/** One word: plain characters and quoted pieces without anything between them. */
function readWord(text: string, start: number): { value: string | LiteralCommand; end: number } {
  let value = '';
  let at = start;
  // zsh reads `=ls` as the path of ls.
  if (text[at] === '=') return { value: refuse('"=" at the start of a word is expanded by zsh', at + 1), end: at };
  while (at < text.length) {
    const run = at;
    while (at < text.length && isIn(PLAIN, text.charCodeAt(at))) at += 1;
    if (at > run) {
      value = run === start ? text.slice(run, at) : value + text.slice(run, at);
      if (at === text.length) break;
    }
    const c = text[at]!;
    if (c === ' ' || c === '\t') break;
    if (c === "'" || c === '"') {
      const close = text.indexOf(c, at + 1);
      if (close < 0) return { value: refuse(`the quote ${c} is never closed`, at + 1), end: at };
      const inner = text.slice(at + 1, close);
      const bad = inner.search(c === '"' ? /[$`\\!]/ : UNPRINTABLE);
      const hidden = c === '"' ? inner.search(UNPRINTABLE) : -1;
      const first = bad < 0 ? hidden : hidden < 0 ? bad : Math.min(bad, hidden);
      if (first >= 0) return { value: refuseCharacter(text, at + 1 + first), end: at };
      value += inner;
      at = close + 1;
    } else if (c === '~' && at > start && isIn(AFTER_NAME, text.charCodeAt(at - 1))) {
      // A tilde is expanded at the start of a word, and after `=` or `:` in what looks like an assignment;
      // after a letter or a digit it stands for itself (`HEAD~1`).
      value += c;
      at += 1;
    } else {
      return { value: refuseCharacter(text, at), end: at };
    }
  }
  return { value, end: at };
}

/** By character code: which of the ASCII characters the class holds. */
function tableOf(characters: RegExp): Uint8Array {
  return Uint8Array.from({ length: 128 }, (_, code) => Number(characters.test(String.fromCharCode(code))));
}

function isIn(table: Uint8Array, code: number): boolean {
  return table[code] === 1;
}

function badProgram(word: string): string | undefined {
  if (word === '') return 'the name of the program is empty';
  if (word.includes('=')) return 'an assignment stands before the program';
  if (RESERVED.has(word)) return `"${word}" is a word of the shell's grammar`;
  if (!PROGRAM.test(word)) return 'the name of the program is not a plain name or path';
  return undefined;
}

function refuseCharacter(text: string, index: number): LiteralCommand {
  const c = String.fromCodePoint(text.codePointAt(index)!);
  const meaning = MEANING[c];
  if (meaning !== undefined) return refuse(`${c < ' ' ? spell(c) : `"${c}"`} ${meaning}`, index + 1);
  if (UNPRINTABLE.test(c)) return refuse(`the control character ${spell(c)} is in it`, index + 1);
  return refuse(`${spell(c)} outside quotes is not a plain character`, index + 1);
}

function spell(c: string): string {
  return `U+${c.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
}

function refuse(reason: string, column: number): LiteralCommand {
  return { ok: false, reason, column };
}
