/**
 * What a program does with a word that it is given. READ, WRITE and DELETE are files; TREE is read with all below it;
 * DIR is a folder that the program works in from there on; COMMAND is a command of its own with all that follows;
 * SHELL is text that a shell runs; SED, AWK and JQ are text in that language; CODE is text in another one; MODULE is a
 * module of Python; URL and
 * REMOTE lead out; NAME=VALUE pairs are VARS; SCRIPT is a file that is run; MAYBE may be a file that it changes;
 * WORD is a file that is read where it leads out of where the program runs; TEXT does nothing by itself.
 */
export const KINDS = [
  'TEXT',
  'WORD',
  'MAYBE',
  'READ',
  'TREE',
  'WRITE',
  'DELETE',
  'DIR',
  'URL',
  'REMOTE',
  'COMMAND',
  'SHELL',
  'SED',
  'AWK',
  'CODE',
  'MODULE',
  'SCRIPT',
  'VARS',
] as const;
export type Kind = (typeof KINDS)[number];

/** `code`: runs what the project itself says. */
export type EntryVerdict = 'ok' | 'code' | 'ask' | 'deny';

export interface OptionRule {
  readonly name: string;
  readonly verdict: 'ok' | 'ask' | 'deny';
  /** undefined: it takes no value */
  readonly value: Kind | undefined;
  /** a second value, which is a word of its own (`jq --arg NAME VALUE`) */
  readonly second: Kind | undefined;
  /** the value may be left out, and then only follows glued (`-O3`, `--color=auto`) */
  readonly optional: boolean;
  /** it takes the place of the last operand (`cp -t DIR`), or of the first (`grep -e PATTERN`) */
  readonly replaces: 'first' | 'last' | undefined;
}

export interface OperandRule {
  readonly kind: Kind;
  readonly many: boolean;
}

/** One way to call a program: a subcommand with its options and operands. */
export interface Entry {
  /** the words that lead to it, each with its spellings; `*` is any */
  readonly path: readonly (readonly string[])[];
  readonly verdict: EntryVerdict;
  readonly options: ReadonlyMap<string, OptionRule>;
  /** undefined: as its parent's */
  readonly operands: readonly OperandRule[];
}

export interface Program {
  readonly names: readonly string[];
  /** long options may be shortened as long as one option alone begins so */
  readonly abbreviates: boolean;
  /** options end at the first operand */
  readonly stopsEarly: boolean;
  /** long options have one dash (`-name`), and short ones aren't bundled */
  readonly singleDash: boolean;
  /** options of the program itself count behind a subcommand too */
  readonly anywhere: boolean;
  /** it only starts what it is given, and needs no entry of its own in the lists */
  readonly through: boolean;
  readonly entries: readonly Entry[];
  /** names behind one dash in lines of the user's own */
  readonly oneDashNames?: ReadonlySet<string>;
}

export interface NotationProblem {
  /** from 1 */
  readonly line: number;
  readonly message: string;
}

const VERDICTS: ReadonlySet<string> = new Set(['ok', 'code', 'ask', 'deny']);
const FLAGS: ReadonlySet<string> = new Set(['exact', 'early', 'dash', 'anywhere', 'through']);

/**
 * Reads a table of programs:
 *
 *     program git|hub anywhere
 *       ok --no-pager -C=DIR -c=TEXT!
 *       status|st ok -s --short --porcelain=?TEXT : READ*
 *       push ask --receive-pack=TEXT!
 *
 * A line is a subcommand (none: the program itself), a verdict (`ok`, `code`, `ask`, `deny`), options, and after `:` the
 * operands. `-*` stands for all other options. An option's `!` refuses it, `?` asks about it; `=KIND` takes a value, `=?KIND` may. `^` at the end says that
 * it stands for the last operand, `<` for the first. `KIND*` takes any number; all but the last of `READ* WRITE` are read.
 */
export function parsePrograms(text: string): { programs: Program[]; problems: NotationProblem[] } {
  const programs: Program[] = [];
  const problems: NotationProblem[] = [];
  let entries: Entry[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const fail = (message: string): void => void problems.push({ line: index + 1, message });
    const words = raw
      .replace(/(?:^|\s)#.*/, '')
      .split(/\s+/)
      .filter((word) => word !== '');
    if (words.length === 0) continue;
    if (words[0] === 'program') {
      const [, names = '', ...flags] = words;
      const unknown = flags.find((flag) => !FLAGS.has(flag));
      if (unknown !== undefined) fail(`"${unknown}" is not one of ${[...FLAGS].join(', ')}`);
      if (names === '') fail('"program" needs a name');
      entries = [];
      programs.push({
        names: names.split('|'),
        abbreviates: !flags.includes('exact'),
        stopsEarly: flags.includes('early'),
        singleDash: flags.includes('dash'),
        anywhere: flags.includes('anywhere'),
        through: flags.includes('through'),
        entries,
      });
      continue;
    }
    if (programs.length === 0) fail('a line stands before the first "program"');
    const entry = parseEntry(words, fail);
    if (entry) entries.push(entry);
  }
  return { programs, problems };
}

/** One line of a table without its `program`. Undefined where it can't be read: `fail` was told why. */
export function parseEntry(words: readonly string[], fail: (message: string) => void): Entry | undefined {
  const at = words.findIndex((word) => VERDICTS.has(word));
  if (at < 0) return void fail(`one of ${[...VERDICTS].join(', ')} is missing`);
  const path = words.slice(0, at).map((word) => word.split('|'));
  const colon = words.indexOf(':', at);
  const options = new Map<string, OptionRule>();
  for (const word of words.slice(at + 1, colon < 0 ? undefined : colon)) {
    const match = /^([^=!?^<]*)(?:=(\??)([A-Z]+)(?:,([A-Z]+))?)?([!?]?)([\^<]?)$/.exec(word);
    if (
      match === null ||
      match[1] === '' ||
      ![match[3], match[4]].every((kind) => kind === undefined || isKind(kind))
    ) {
      fail(`"${word}" is no option: write -x, --name, --name=KIND, with ! or ? behind`);
      continue;
    }
    const [, name, optional, kind, second, mark, place] = match;
    const rule: OptionRule = {
      name: name!,
      verdict: mark === '!' ? 'deny' : mark === '?' ? 'ask' : 'ok',
      value: kind as Kind | undefined,
      second: second as Kind | undefined,
      optional: optional === '?',
      replaces: place === '^' ? 'last' : place === '<' ? 'first' : undefined,
    };
    if (options.has(name!)) fail(`${name} stands twice`);
    options.set(name!, rule);
  }
  const operands: OperandRule[] = [];
  for (const word of colon < 0 ? [] : words.slice(colon + 1)) {
    const many = word.endsWith('*');
    const kind = many ? word.slice(0, -1) : word;
    if (isKind(kind)) operands.push({ kind, many });
    else fail(`"${word}" is no operand: one of ${KINDS.join(', ')}, with * for any number`);
  }
  if (operands.filter((operand) => operand.many).length > 1) fail('only one operand can take any number');
  return { path, verdict: words[at] as EntryVerdict, options, operands };
}

function isKind(word: string): word is Kind {
  return (KINDS as readonly string[]).includes(word);
}
