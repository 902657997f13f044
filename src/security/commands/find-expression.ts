import type { Complaint, Use } from '../programs/index.ts';
import type { Argument } from '../shell/index.ts';

const FLAGS: ReadonlySet<string> = new Set(
  (
    '-H -L -P -O0 -O1 -O2 -O3 -E -X -d -s -x -depth -mount -xdev -follow -daystart -noleaf -warn -nowarn ' +
    '-ignore_readdir_race -noignore_readdir_race -empty -executable -readable -writable -true -false -nogroup -nouser ' +
    '-print -print0 -prune -quit -ls -a -o -and -or -not ! ( ) ,'
  ).split(' '),
);
const WITH_VALUE: ReadonlySet<string> = new Set(
  (
    '-name -iname -path -ipath -wholename -iwholename -regex -iregex -type -xtype -size -maxdepth -mindepth -mtime ' +
    '-atime -ctime -mmin -amin -cmin -newer -anewer -cnewer -perm -user -group -uid -gid -links -inum -samefile -fstype ' +
    '-regextype -printf -used -lname -ilname -context -D -newermt -newerat -newerct -newermm -newerBt -Btime -Bmin -flags'
  ).split(' '),
);
const WRITES_A_FILE: ReadonlySet<string> = new Set(['-fprint', '-fprint0', '-fls']);
/** Programs that look at no more of a file than its name, or remove it. */
const NO_CONTENT: ReadonlySet<string> = new Set(
  'rm rmdir unlink echo printf ls stat basename dirname readlink realpath touch chmod du test true'.split(' '),
);
const RUNS: ReadonlySet<string> = new Set(['-exec', '-execdir', '-ok', '-okdir']);

/**
 * What a call of `find` does. A command that it runs gets, in place of `{}`, the folders that it starts at: what it does
 * with a file below them it is judged to do with all of them.
 */
export function readFind(args: readonly Argument[]): { uses: Use[]; complaints: Complaint[] } {
  const uses: Use[] = [];
  const complaints: Complaint[] = [];
  const starts: Argument[] = [];
  const seen: string[] = [];
  const ask = (argument: Argument, reason: string): void => void complaints.push({ verdict: 'ask', reason, argument });
  let at = 0;
  for (; at < args.length; at += 1) {
    const argument = args[at]!;
    if (argument.kind === 'literal' && /^-(?:[HLPEXdsx]+|O\d)$/.test(argument.text)) continue;
    if (argument.kind === 'literal' && /^(?:-.+|[!(),])$/.test(argument.text)) break;
    if (argument.kind !== 'literal' && (argument.text === '' || argument.many)) {
      ask(argument, 'a word that may be a part of the expression of find can not be known');
    }
    starts.push(argument);
  }
  if (starts.length === 0) starts.push({ kind: 'literal', text: '.', pos: 0, end: 0 });
  for (const start of starts) uses.push({ kind: 'READ', argument: start });
  for (; at < args.length; at += 1) {
    const argument = args[at]!;
    const { text } = argument;
    if (argument.kind !== 'literal') ask(argument, 'a part of the expression of find can not be known');
    else if (FLAGS.has(text)) seen.push(text);
    else if (WITH_VALUE.has(text)) {
      if (args[at + 1]?.many) ask(args[at + 1]!, 'a part of the expression of find can not be known');
      const value = args[at + 1];
      seen.push(text, value?.kind === 'literal' ? value.text : '*');
      at += 1;
    } else if (WRITES_A_FILE.has(text) || text === '-fprintf') {
      if (args[at + 1]) uses.push({ kind: 'WRITE', argument: args[at + 1]! });
      at += text === '-fprintf' ? 2 : 1;
    } else if (text === '-files0-from') {
      ask(argument, 'where find starts comes out of a file');
      at += 1;
    } else if (text === '-delete') {
      for (const start of starts) uses.push({ kind: 'DELETE', argument: start });
    } else if (RUNS.has(text)) {
      const end = args.findIndex((_, index) => index > at && endsCommand(args, index));
      const words = args.slice(at + 1, end < 0 ? undefined : end);
      const inner = words.flatMap((word) => filled(word, starts));
      if (inner[0]) uses.push({ kind: 'COMMAND', argument: inner[0], rest: inner });
      else ask(argument, `${text} lacks its command`);
      // What it runs sees every file below, also where its own table has it look at no more than one.
      if (words.some((word) => word.text.includes('{}')) && !NO_CONTENT.has(words[0]!.text))
        uses.push(...found(seen, starts));
      if (text.endsWith('dir') && words.some(namesMore)) ask(argument, `${text} runs in each folder below`);
      if (text.startsWith('-ok')) ask(argument, `${text} waits for an answer`);
      at = end < 0 ? args.length : end;
    } else ask(argument, `find ${text} is not known`);
  }
  return { uses, complaints };
}

function filled(word: Argument, starts: readonly Argument[]): Argument[] {
  if (!word.text.includes('{}')) return [word];
  if (word.text === '{}') return starts.map((start) => ({ ...start, pos: word.pos, end: word.end }));
  const before = word.text.slice(0, word.text.indexOf('{}'));
  return starts.map(({ text }) => ({ kind: 'partial' as const, text: before + text, pos: word.pos, end: word.end }));
}

/** A word of `-execdir` that means another file in each folder. */
function namesMore({ text }: Argument, index: number): boolean {
  return index === 0 ? text.includes('/') : text !== '{}' && !/^-\w+$/.test(text);
}

/** A `;`, or a `+` right behind `{}`. THREAT: any other `+` is a word of the command, and so is what follows it. */
function endsCommand(args: readonly Argument[], index: number): boolean {
  const one = args[index]!;
  if (one.kind !== 'literal') return false;
  return one.text === ';' || (one.text === '+' && args[index - 1]?.text === '{}');
}

/**
 * The files that a command may get: everything below the starts, or what the names that are looked for stand for. A
 * name without wildcards, or with an ending of its own, is looked up at the start; no other limits what is found.
 * `seen` is the expression before the command.
 */
function found(seen: readonly string[], starts: readonly Argument[]): Use[] {
  const isName = (at: number): boolean => /^-i?name$/.test(seen[at] ?? '');
  const names = seen.filter((_, index) => isName(index - 1));
  const open = seen.some((word, index) => {
    if (/^(?:!|-not|,)$/.test(word)) return true;
    const next = seen[index + 1] === '(' ? index + 2 : index + 1;
    return /^-or?$/.test(word) && !(isName(next) && (isName(index - 2) || seen[index - 1] === '-prune'));
  });
  const narrow = names.every((name) => !/[*?[]/.test(name) || /\.\w+$/.test(name));
  if (names.length === 0 || !narrow || open) return starts.map((argument) => ({ kind: 'TREE', argument }));
  return starts.flatMap((start) =>
    names.map((name) => ({
      kind: 'READ' as const,
      argument: { ...start, text: `${start.text}/${name.replace(/[*?[\]]/g, '')}` },
    })),
  );
}
