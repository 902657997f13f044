import type { Argument } from '../shell/index.ts';
import type { Entry, Kind, OptionRule, Program } from './notation.ts';

/** A word that the program does something with. */
export interface Use {
  readonly kind: Kind;
  readonly argument: Argument;
  /** COMMAND: it and all that follows; MODULE: all that follows it, which is its own */
  readonly rest?: readonly Argument[];
}

export interface Complaint {
  readonly verdict: 'deny' | 'ask';
  /** a clause that names the option or subcommand */
  readonly reason: string;
  readonly argument: Argument | undefined;
  /** about the subcommand as such, which an entry of the lists that names it settles; not about its words */
  readonly ofEntry?: true;
}

/** A call held against a program's table. */
export interface Match {
  readonly entry: Entry | undefined;
  /** subcommand as it is shown: `remote add` */
  readonly subcommand: string;
  readonly uses: readonly Use[];
  readonly complaints: readonly Complaint[];
  /** where the words of the subcommand stand among the arguments */
  readonly places: readonly number[];
  /** names of the options that were given */
  readonly given: ReadonlySet<string>;
}

const ABOUT_ITSELF: ReadonlySet<string> = new Set(['--help', '--version']);

/** Reads the arguments (without the program) as the program would, by its table. What isn't in it is asked about. */
export function matchArguments(program: Program, args: readonly Argument[]): Match {
  const uses: Use[] = [];
  const complaints: Complaint[] = [];
  const given = new Set<string>();
  const root = program.entries.find((entry) => entry.path.length === 0);
  const name = program.names[0]!;
  const complain = (verdict: 'deny' | 'ask', reason: string, argument?: Argument): void => {
    complaints.push({ verdict, reason, argument });
  };
  let at = 0;
  let entry = root;
  let tables = root ? [root.options] : [];
  const path: string[] = [];
  const places: number[] = [];
  const operands: Argument[] = [];
  const replaced = { first: 0, last: 0 };
  let ended = false;
  let withSubcommands = program.entries.some(({ path: words }) => words.length > 0);
  let asksAboutItself = false;

  const takeValue = (rule: OptionRule, glued: Argument | undefined): void => {
    given.add(rule.name);
    if (rule.verdict !== 'ok')
      complain(rule.verdict, said(rule.verdict, `${name}${shown(path)} ${rule.name}`), args[at]);
    if (rule.replaces) replaced[rule.replaces] += 1;
    if (rule.value === undefined) {
      if (glued !== undefined) complain('ask', `${name}${shown(path)} ${rule.name} takes no value`, glued);
      return;
    }
    if (rule.value === 'MODULE') {
      const module = glued ?? args[at + 1];
      if (module === undefined) complain('ask', `${name}${shown(path)} ${rule.name} lacks its value`, args[at]);
      else uses.push({ kind: 'MODULE', argument: module, rest: args.slice(at + (glued === undefined ? 2 : 1)) });
      at = args.length;
      return;
    }
    if (glued !== undefined) {
      uses.push({ kind: rule.value, argument: glued });
      if (rule.second !== undefined) complain('ask', `${name} ${rule.name} takes two words`, glued);
      return;
    }
    if (rule.optional) return;
    const value = args[at + 1];
    if (value === undefined) {
      complain('ask', `${name}${shown(path)} ${rule.name} lacks its value`, args[at]);
      return;
    }
    if (value.many) complain('ask', 'a word that may be several words or none stands for a value', value);
    // THREAT: what reads options at any place takes no word with a dash for a value: it is an option of its own there.
    if (program.anywhere && /^-./.test(value.text)) complain('ask', 'an option stands where a value would be', value);
    at += 1;
    if (rule.value === 'COMMAND') {
      uses.push({ kind: 'COMMAND', argument: value, rest: args.slice(at) });
      at = args.length;
    } else uses.push({ kind: rule.value, argument: value });
    const further = rule.second === undefined ? undefined : args[at + 1];
    if (rule.second !== undefined && further !== undefined) {
      uses.push({ kind: rule.second, argument: further });
      at += 1;
    }
  };

  const takeOption = (argument: Argument): void => {
    const { text } = argument;
    const long = text.startsWith('--') || program.singleDash || isOneDashName(program, text);
    if (argument.kind !== 'literal') {
      // `--since=$x`: the option is known, its value isn't.
      const equals = text.indexOf('=');
      const rule = equals > 0 && long ? findLong(program, tables, text.slice(0, equals)) : undefined;
      if (rule?.length !== 1) {
        complain('ask', 'an option that can not be known before it runs', argument);
        return;
      }
      takeValue(rule[0]!, {
        ...argument,
        text: text.slice(equals + 1),
        kind: text.length > equals + 1 ? argument.kind : 'unknown',
      });
      return;
    }
    if (long) {
      const equals = text.indexOf('=');
      const flag = equals < 0 ? text : text.slice(0, equals);
      const glued = equals < 0 ? undefined : { ...argument, text: text.slice(equals + 1) };
      const rules = findLong(program, tables, flag);
      if (rules.length === 0 && program.singleDash && /^-[A-Za-z]./.test(text)) {
        const short = findExact(tables, text.slice(0, 2));
        if (short?.value !== undefined) {
          takeValue(short, { ...argument, text: text.slice(2) });
          return;
        }
      }
      if (rules.length === 0) {
        const other = findExact(tables, '-*');
        if (other) return void (other.value && glued && uses.push({ kind: other.value, argument: glued }));
        if (ABOUT_ITSELF.has(flag)) asksAboutItself = true;
        else complain('ask', `${name}${shown(path)} ${flag} is not in the table`, argument);
        return;
      }
      const strictest =
        rules.find((rule) => rule.verdict === 'deny') ?? rules.find((rule) => rule.verdict === 'ask') ?? rules[0]!;
      if (rules.length > 1 && strictest.verdict === 'ok')
        complain('ask', `${name}${shown(path)} ${flag} may be several options`, argument);
      takeValue(strictest, glued);
      return;
    }
    for (let index = 1; index < text.length; index += 1) {
      const rule =
        findExact(tables, `-${text[index]}`) ?? (/\d/.test(text[index]!) ? findExact(tables, '-NUM') : undefined);
      if (rule === undefined) {
        const other = findExact(tables, '-*');
        if (!other) {
          complain('ask', `${name}${shown(path)} -${text[index]} is not in the table`, argument);
          return;
        }
        if (other.value) uses.push({ kind: other.value, argument: { ...argument, text: text.slice(index + 1) } });
        return;
      }
      const rest = text.slice(index + 1);
      if (rule.name === '-NUM') {
        const digits = /^\d*/.exec(rest)![0].length;
        index += digits;
        // `head -5c FILE`: behind a number a letter is a unit, and takes no value.
        if (findExact(tables, `-${text[index + 1]}`)?.value !== undefined)
          complain('ask', `${name} ${text}, whose last letter may be a unit`, argument);
      } else if (rule.value !== undefined) {
        // THREAT: a shell reads all letters of a word as options, and takes the values of them from the words behind it.
        if (rest !== '' && findExact(tables, '-c')?.value === 'SHELL')
          complain('deny', `${name} ${text}, whose letters may all be options`, argument);
        takeValue(rule, rest === '' ? undefined : { ...argument, text: rest.startsWith('=') ? rest.slice(1) : rest });
        return;
      } else takeValue(rule, undefined);
    }
  };

  for (; at < args.length; at += 1) {
    const argument = args[at]!;
    const { kind, text } = argument;
    if (!ended && kind === 'literal' && text === '--') {
      ended = true;
      given.add('--');
      continue;
    }
    const option = !ended && text.startsWith('-') && text !== '-';
    const maybe = !ended && (kind === 'unknown' || argument.many === true) && text === '';
    if (option) {
      takeOption(argument);
      continue;
    }
    if (withSubcommands) {
      if (kind !== 'literal') {
        complain('ask', `which subcommand of ${name} runs can not be known`, argument);
        withSubcommands = false;
        continue;
      }
      const next = step(program, path, text);
      if (next !== undefined) {
        path.push(text);
        places.push(at);
        entry = next.entry ?? entry;
        if (next.entry !== undefined)
          tables = program.anywhere && root ? [next.entry.options, root.options] : [next.entry.options];
        withSubcommands = next.deeper;
        if (next.entry?.path.at(-1)?.includes('*')) operands.push(argument);
        continue;
      }
      withSubcommands = false;
      if (entry === root && (root === undefined || root.operands.length === 0)) {
        complaints.push({ verdict: 'ask', reason: `"${name} ${text}" is not in the table`, argument, ofEntry: true });
        return { entry: undefined, subcommand: text, uses, complaints, given, places };
      }
    }
    if (maybe && hasDangerousOption(tables)) complain('ask', 'a word that may be an option can not be known', argument);
    const pair = kind === 'literal' || kind === 'partial' ? /^([A-Za-z_][\w-]*)=/.exec(text) : null;
    const rule = pair ? (findExact(tables, pair[1]!) ?? findExact(tables, '*')) : undefined;
    if (pair && rule) {
      takeValue(rule, { ...argument, text: text.slice(pair[0].length) });
      continue;
    }
    operands.push(argument);
    const position = operands.length - 1 + Math.min(replaced.first, 1);
    const asCommand = entry?.operands[position];
    if (asCommand?.kind === 'COMMAND') {
      uses.push({ kind: 'COMMAND', argument, rest: args.slice(at) });
      operands.pop();
      break;
    }
    if (asCommand?.kind === 'VARS' && pair) {
      uses.push({ kind: 'VARS', argument });
      operands.pop();
      continue;
    }
    if (asCommand?.kind === 'VARS' && entry?.operands[position + 1]?.kind === 'COMMAND') {
      uses.push({ kind: 'COMMAND', argument, rest: args.slice(at) });
      operands.pop();
      break;
    }
    if (program.stopsEarly) ended = true;
  }
  if (entry === undefined) complain('ask', `${name} without a subcommand is not in the table`);
  else if (!asksAboutItself || operands.length > 0) {
    if (entry.verdict === 'ask' || entry.verdict === 'deny')
      complaints.push({
        verdict: entry.verdict,
        reason: said(entry.verdict, `${name}${shown(path)}`),
        argument: undefined,
        ofEntry: true,
      });
    uses.push(
      ...usesOf(entry, operands, replaced, (argument) =>
        complain('ask', `${name}${shown(path)} takes fewer words by its table`, argument),
      ),
    );
  }
  return { entry, subcommand: path.join(' '), uses, complaints, given, places };
}

/** A refusal says more where it is told. */
function said(verdict: 'deny' | 'ask', use: string): string {
  return verdict === 'ask' ? `${use} is asked about` : use;
}

function shown(path: readonly string[]): string {
  return path.length === 0 ? '' : ` ${path.join(' ')}`;
}

/** Operands to rules: the one that takes any number gets what the others leave. */
function usesOf(
  entry: Entry,
  operands: readonly Argument[],
  replaced: { first: number; last: number },
  extra: (argument: Argument) => void,
): Use[] {
  let rules = entry.operands.filter(({ kind }) => kind !== 'VARS' && kind !== 'COMMAND');
  if (replaced.first > 0) rules = rules.slice(1);
  if (replaced.last > 0) rules = rules.slice(0, -1);
  const many = rules.findIndex((rule) => rule.many);
  const after = many < 0 ? 0 : rules.length - many - 1;
  return operands.flatMap((argument, index) => {
    let rule = many >= 0 && index >= many ? rules[many] : rules[index];
    const fromEnd = operands.length - 1 - index;
    if (many >= 0 && index >= many && fromEnd < after) rule = rules[rules.length - 1 - fromEnd];
    if (rule === undefined) {
      extra(argument);
      return [];
    }
    return [{ kind: rule.kind, argument }];
  });
}

/** The entry that one more word leads to; `deeper`: a further word may lead on. */
function step(
  program: Program,
  path: readonly string[],
  word: string,
): { entry: Entry | undefined; deeper: boolean } | undefined {
  const fits = (entry: Entry, wild: boolean): boolean =>
    entry.path.length > path.length &&
    path.every((part, index) => entry.path[index]!.includes(part)) &&
    (entry.path[path.length]!.includes(word) || (wild && entry.path[path.length]!.includes('*')));
  const exact = program.entries.filter((entry) => fits(entry, false));
  const found = exact.length > 0 ? exact : program.entries.filter((entry) => fits(entry, true));
  if (found.length === 0) return undefined;
  return {
    entry: found.find((entry) => entry.path.length === path.length + 1),
    deeper: found.some((entry) => entry.path.length > path.length + 1),
  };
}

type Tables = readonly ReadonlyMap<string, OptionRule>[];

function findExact(tables: Tables, name: string): OptionRule | undefined {
  for (const table of tables) {
    const rule = table.get(name);
    if (rule) return rule;
  }
  return undefined;
}

/** `-auto-approve`: a name behind one dash, from a line of the user's own; the built-in tables write bundles so. */
function isOneDashName(program: Program, text: string): boolean {
  return program.oneDashNames?.has(text.split('=', 1)[0]!) ?? false;
}

/** All options that a long spelling may mean: the one of that name, or those that begin so. */
function findLong(program: Program, tables: Tables, flag: string): OptionRule[] {
  const exact = findExact(tables, flag);
  if (exact) return [exact];
  // Programs that write their names with one dash take two as well.
  const takesTwo = program.singleDash || isOneDashName(program, flag.slice(1));
  const oneDash = flag.startsWith('--') && takesTwo ? findExact(tables, flag.slice(1)) : undefined;
  if (oneDash) return [oneDash];
  if (flag.startsWith('--no-')) {
    const positive = findExact(tables, `--${flag.slice(5)}`);
    if (positive && positive.verdict === 'ok') return [{ ...positive, value: undefined }];
  }
  if (!program.abbreviates || flag.length < 3) return [];
  const found = new Map<string, OptionRule>();
  for (const table of tables) for (const [name, rule] of table) if (name.startsWith(flag)) found.set(name, rule);
  return [...found.values()];
}

function hasDangerousOption(tables: Tables): boolean {
  return tables.some((table) =>
    [...table.values()].some(
      (rule) => rule.verdict !== 'ok' || rule.value === 'WRITE' || rule.value === 'SHELL' || rule.value === 'COMMAND',
    ),
  );
}
