import { type Match, matchArguments, type Program, type Use } from '../programs/index.ts';
import { type Argument, type FoundCommand, judgeVariable, literal, PIPE } from '../shell/index.ts';
import { type CommandPart, type Judge, wordText } from './analysis.ts';
import { refusedInAwk } from './awk-script.ts';
import { readFind } from './find-expression.ts';
import { expandGlob } from './glob-names.ts';
import { baseName } from './program-starters.ts';
import { judgeModule } from './python-modules.ts';
import { complaintsOf, refineUses } from './refine-uses.ts';
import { reach } from './remote-targets.ts';
import { readSedScript } from './sed-script.ts';
import { touch } from './touches.ts';

/** More commands than these in one line, and it is refused: a rival stopped to look after fifty. */
const MAX_COMMANDS = 200;
/** More words than these in one line, patterns expanded, and it is refused. */
const MAX_WORDS = 4000;

const SYSTEM = /^\/(?:usr\/(?:local\/)?)?s?bin\/[^/]+$/;

/** One program with its words: what policy judges of it, what it touches, what it starts. */
export function judgeFound(judge: Judge, found: FoundCommand, depth: number): void {
  judge.commands += 1;
  if (judge.commands === MAX_COMMANDS + 1) judge.shell.deny(undefined, `it has more than ${MAX_COMMANDS} commands`);
  if (judge.commands > MAX_COMMANDS) return;
  const [program, ...rest] = found.argv;
  // A program that runs elsewhere looks around there.
  for (const cwd of found.cwds ?? []) {
    if (judge.scene.base.ok && cwd !== judge.scene.base.path) touch(judge, 'read', literal(cwd, found), [cwd]);
  }
  if (program?.kind !== 'literal') {
    judge.shell.deny(program, 'which program runs can not be known before it runs');
    return;
  }
  judge.given += rest.length;
  const args = judge.given > MAX_WORDS ? [] : rest.flatMap((argument) => expanded(judge, argument, found.cwds));
  judge.given += Math.max(0, args.length - rest.length);
  if (judge.given > MAX_WORDS) {
    judge.shell.deny(undefined, `it has more than ${MAX_WORDS} words`);
    return;
  }
  const name = baseName(program.text);
  const planted = program.text.includes('/') ? undefined : judge.scene.planted(name);
  if (planted !== undefined) judge.ask(program, `"${name}" would be ${planted}, which lies in the workspace`);
  const argv = [program.text, ...args.map(wordText)];
  judge.result.words.push(argv);
  const part = (more: Partial<CommandPart>): void => {
    const { pos, end, cwds } = found;
    judge.result.parts.push({
      argv,
      text: depth === 0 && end > pos ? judge.line.slice(pos, end) : argv.join(' '),
      builtin: false,
      asks: [],
      loose: [],
      cwds,
      pos,
      end,
      ...more,
    });
  };
  if (found.builtin) {
    part({ builtin: true });
    return;
  }
  if (found.cwds === undefined) judge.ask(program, 'where it runs can not be known');
  const table = judge.scene.program(name);
  if (table === undefined) {
    if (args.some((argument) => argument.kind !== 'literal')) {
      judge.ask(program, `what "${program.text}" is given can not be known, nor what it does with it`);
    }
    judge.warn(`"${program.text}" has no table: what its words do is not judged`);
    part({ loose: argv });
    return;
  }
  const match = name === 'find' || name === 'gfind' ? findMatch(args) : matchArguments(table, oldStyle(name, args));
  const asks: string[] = [];
  const standsAt = (path: string): boolean =>
    (found.cwds ?? []).some((cwd) => judge.scene.exists(path.startsWith('/') ? path : `${cwd}/${path}`));
  // An entry of the lists that names the subcommand settles it; nobody has seen the options that come with it.
  const ofUse = complaintsOf(name, match, standsAt).map((complaint) => ({ ...complaint, ofEntry: true as const }));
  for (const { verdict, reason, argument, ofEntry } of [...match.complaints, ...ofUse]) {
    if (verdict === 'deny') judge.deny(argument, `${reason} is refused: it can run other code, or change what runs`);
    else if (ofEntry) asks.push(reason);
    else judge.ask(argument, reason);
  }
  const isFolder = (path: string): boolean =>
    (found.cwds ?? []).some((cwd) => judge.scene.isFolder(path.startsWith('/') ? path : `${cwd}/${path}`));
  const uses = refineUses(name, match, isFolder);
  const cwds = withFolders(judge, uses, found.cwds);
  const tool = runsByName(judge, match, args);
  if (tool !== undefined) judgeFound(judge, { ...found, cwds, argv: tool }, depth + 1);
  const inner = uses.filter((use) => use.kind === 'COMMAND' || use.kind === 'SHELL');
  if (match.entry?.verdict === 'code') judge.warn(`runs project code: "${argv.slice(0, 3).join(' ')}"`);
  // THREAT: a program of the name `env` may stand anywhere; only the system's own is known to start what it is given.
  const through = table.through && inner.length > 0 && (program.text === name || SYSTEM.test(program.text));
  if (!through) part({ argv: inOrder(match, argv), asks, loose: looseWords(match, uses, argv) });
  else for (const reason of asks) judge.ask(program, reason);
  if (needsInput(table, uses) && !match.given.size) {
    if (found.fed) judge.deny(program, `"${name}" would run what it is fed`);
    else judge.ask(program, `"${name}" runs what it reads on standard input`);
  }
  for (const use of uses) judgeUse(judge, { ...found, cwds }, use, name, depth);
}

/** `yarn NAME …` runs a script of that name, or the program: where the program is known, it is judged as well. */
function runsByName(judge: Judge, match: Match, args: readonly Argument[]): readonly Argument[] | undefined {
  if (!match.entry?.path.at(-1)?.includes('*')) return undefined;
  const at = args.findIndex(({ text }) => text === match.subcommand);
  const table = judge.scene.program(match.subcommand);
  // A tool of the project that takes any option is the project's own code under either name.
  const own = table?.entries.some(({ path, options }) => path.length === 0 && options.has('-*'));
  return at >= 0 && table !== undefined && !own ? args.slice(at) : undefined;
}

function findMatch(args: readonly Argument[]): Match {
  return { entry: undefined, subcommand: '', places: [], given: new Set(['find']), ...readFind(args) };
}

/** `tar xzf FILE`: its oldest spelling has no dash. */
function oldStyle(name: string, args: readonly Argument[]): readonly Argument[] {
  const [first, ...rest] = args;
  if (!/^(?:bsd|g)?tar$/.test(name) || first?.kind !== 'literal' || !/^[A-Za-z]+$/.test(first.text)) return args;
  // Only where its value is the next word in both spellings.
  if (/[bCFfgHIKLNTVX]./.test(first.text)) return [{ ...first, kind: 'unknown', text: '', many: true }, ...rest];
  return [{ ...first, text: `-${first.text}` }, ...rest];
}

function expanded(judge: Judge, argument: Argument, cwds: readonly string[] | undefined): Argument[] {
  if (argument.kind !== 'glob' || cwds === undefined) return [argument];
  const found = new Map<string, Argument>();
  for (const cwd of cwds) {
    const names = expandGlob(argument, cwd, judge.scene.list);
    if (names === undefined) return [argument];
    for (const name of names) found.set(name.text, name);
  }
  return [...found.values()];
}

/** Where a command works after its own `-C`: there, or where it started for what stands before it. */
function withFolders(
  judge: Judge,
  uses: readonly Use[],
  cwds: readonly string[] | undefined,
): readonly string[] | undefined {
  let places = cwds;
  for (const { kind, argument } of uses) {
    if (kind !== 'DIR') continue;
    touch(judge, 'read', argument, places);
    const next = argument.kind === 'literal' ? places?.map((cwd) => judge.scene.enter(cwd, argument.text)) : undefined;
    places = next?.every((place) => place !== undefined) ? [...new Set([...(places ?? []), ...next])] : undefined;
  }
  return places;
}

/** `git -C x status` is `git status -C x` to the lists: the subcommand stands right behind its program. */
function inOrder({ places }: Match, argv: readonly string[]): readonly string[] {
  if (places.every((place, index) => place === index)) return argv;
  const [program, ...words] = argv;
  return [program!, ...places.map((place) => words[place]!), ...words.filter((_, index) => !places.includes(index))];
}

/** What only rule 8 looks at: everything where the program's own code or no table says what becomes of it. */
function looseWords(match: Match, uses: readonly Use[], argv: readonly string[]): readonly string[] {
  if (match.given.has('find')) return [];
  if (match.entry === undefined || match.entry.verdict === 'code' || match.complaints.length > 0) return argv;
  const changed = uses
    .filter((use) => use.kind === 'MAYBE' || use.kind === 'AWK' || use.kind === 'CODE')
    .map(({ argument }) => wordText(argument));
  return changed.length === 0 ? [] : [argv[0]!, ...changed];
}

function needsInput(table: Program, uses: readonly Use[]): boolean {
  const runs = table.entries.some((entry) => entry.path.length === 0 && entry.operands[0]?.kind === 'SCRIPT');
  return (
    runs && !uses.some((use) => ['SCRIPT', 'SHELL', 'CODE', 'MODULE'].includes(use.kind) && use.argument.text !== '-')
  );
}

function judgeUse(judge: Judge, found: FoundCommand, use: Use, name: string, depth: number): void {
  const { argument } = use;
  const { cwds } = found;
  switch (use.kind) {
    case 'TEXT':
    case 'MAYBE':
    case 'DIR':
      return;
    case 'WORD':
      /^[~/]|(?:^|\/)\.\.(?:\/|$)/.test(argument.text) ? touch(judge, 'read', argument, cwds) : undefined;
      return;
    case 'SCRIPT':
      if (argument.text === PIPE) judge.deny(argument, `"${name}" would run what a command prints`);
      if (argument.text !== '-') touch(judge, 'read', argument, cwds);
      return;
    case 'READ':
      argument.text === '-' ? undefined : touch(judge, 'read', argument, cwds);
      return;
    case 'TREE':
      argument.text === '-' ? undefined : touch(judge, 'tree', argument, cwds);
      return;
    case 'WRITE':
      /^(?:-|\/dev\/(?:null|stdout|stderr))$/.test(argument.text) ? undefined : touch(judge, 'write', argument, cwds);
      return;
    case 'DELETE':
      touch(judge, 'delete', argument, cwds);
      return;
    case 'URL':
    case 'REMOTE':
      reach(judge, use.kind, argument, cwds);
      return;
    case 'VARS': {
      const variable = argument.text.split('=', 1)[0]!;
      const verdict = judgeVariable(variable, judge.scene.harmless);
      if (verdict === 'leading') judge.deny(argument, `the variable ${variable} can change what runs`);
      else if (verdict === 'unknown') judge.ask(argument, `what the variable ${variable} changes is not known`);
      return;
    }
    case 'COMMAND': {
      const words = use.rest ?? [argument];
      const given = name === 'xargs' || name === 'parallel' ? [...words, unknownWords(argument)] : words;
      if (/^(?:npx|bunx)$/.test(name)) fetched(judge, argument);
      judgeFound(judge, { ...found, argv: given, fed: found.fed || name === 'xargs' }, depth + 1);
      return;
    }
    case 'SHELL':
      if (argument.kind !== 'literal') {
        judge.shell.deny(argument, 'the text that a shell runs can not be known');
        return;
      }
      judge.read(argument.text, cwds, depth + 1, found.fed);
      return;
    case 'CODE':
      judge.ask(argument, `"${name}" runs code that stands in an argument`);
      return;
    case 'MODULE':
      judgeModule(judge, argument, cwds);
      return;
    case 'SED': {
      if (argument.kind !== 'literal') {
        judge.ask(argument, 'a script of sed can not be known before it runs');
        return;
      }
      const { reads, writes, refused } = readSedScript(argument.text);
      if (refused !== undefined) judge.deny(argument, `the script of sed: ${refused}`);
      for (const text of reads) touch(judge, 'read', { ...argument, text }, cwds);
      for (const text of writes) touch(judge, 'write', { ...argument, text }, cwds);
      return;
    }
    case 'AWK': {
      if (argument.kind !== 'literal') {
        judge.ask(argument, 'a program of awk can not be known before it runs');
        return;
      }
      const refused = refusedInAwk(argument.text);
      if (refused !== undefined) judge.deny(argument, `the program of awk: ${refused}`);
    }
  }
}

/** What xargs adds to the words of a command. */
function unknownWords({ pos, end }: Argument): Argument {
  return { kind: 'unknown', text: '', many: true, pos, end };
}

function fetched(judge: Judge, argument: Argument): void {
  const { workspace } = judge.scene;
  if (
    argument.kind === 'literal' &&
    /^[A-Za-z0-9_.-]+$/.test(argument.text) &&
    judge.scene.exists(`${workspace}/node_modules/.bin/${argument.text}`)
  )
    return;
  judge.ask(argument, 'npx fetches and runs a package that is not installed here');
}
