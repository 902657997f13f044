import { isAbsolute, resolve } from 'node:path';
import { analyseCommand } from '../../src/security/commands/analyse-command.ts';
import { expandGlob } from '../../src/security/commands/glob-names.ts';
import { builtinProgram } from '../../src/security/programs/index.ts';
import { type Argument, type FoundCommand, readShell } from '../../src/security/shell/index.ts';
import { type BashRun, FILES } from './run-bash.ts';

/** What we say that a line does. */
export interface Reading {
  readonly accepted: boolean;
  /** nothing in it was refused or asked about by the shell's reader */
  readonly sure: boolean;
  readonly commands: readonly FoundCommand[];
  /** the words of each start, patterns replaced by the names that match */
  readonly known: readonly (readonly Argument[])[];
  /** everything that would be started, what programs start themselves included, as it is shown to policy */
  readonly argvs: readonly (readonly string[])[];
  /** absolute */
  readonly written: ReadonlySet<string>;
}

export interface Where {
  readonly home: string;
  readonly cwd: string;
}

export function readLine(line: string, { home, cwd }: Where): Reading {
  const list = (folder: string): readonly string[] | undefined =>
    folder === cwd ? FILES : folder === resolve(cwd, 'd1') ? [] : undefined;
  const enter = (from: string, to: string): string => resolve(from, to);
  const harmless = new Set<string>();
  const { shell, programs, words } = analyseCommand(line, {
    workspace: cwd,
    home,
    base: { ok: true, path: cwd },
    harmless,
    program: builtinProgram,
    list,
    isFolder: (path) => list(path) !== undefined,
    exists: () => false,
    planted: () => undefined,
    enter,
  });
  const { commands, redirects, problems } = readShell(line, { home, cwd, harmless, enter });
  const written = new Set<string>();
  let sure = problems.length === 0;
  for (const { access, target, cwds } of redirects) {
    if (access !== 'write') continue;
    if (cwds === undefined && !isAbsolute(target.text)) sure = false;
    for (const from of cwds ?? ['/']) written.add(resolve(from, target.text));
  }
  // A file that the line makes may match a pattern behind it: such patterns stay what they are.
  const names = (argument: Argument, from: string): readonly Argument[] =>
    (argument.kind === 'glob' && written.size === 0 && sure ? expandGlob(argument, from, list) : undefined) ?? [
      argument,
    ];
  const known = [
    ...words.map(asLiterals),
    ...commands.flatMap(({ argv, cwds }) => (cwds ?? []).map((from) => argv.flatMap((one) => names(one, from)))),
    ...commands.filter(({ cwds }) => cwds === undefined).map(({ argv }) => argv),
  ];
  const accepted = ![...shell, ...programs].some(({ severity }) => severity === 'block' || severity === 'deny');
  return { accepted, sure, commands, known, argvs: words, written };
}

/** Why the reading of a line that isn't refused doesn't hold what bash did; undefined where it does. */
export function missedBy(reading: Reading, run: BashRun, where: Where): string | undefined {
  if (!reading.accepted) return undefined;
  const names = new Set(reading.argvs.map(([program]) => program!));
  for (const words of run.started) {
    if (!names.has(words[0]!)) return `started ${JSON.stringify(words)}, which is not among the commands`;
    if (reading.sure && !reading.known.some((row) => fits(row, words))) {
      return `started ${JSON.stringify(words)}, whose words are not among those of the commands`;
    }
  }
  if (!reading.sure) return undefined;
  const file = run.changed.find((path) => !reading.written.has(path));
  return file === undefined
    ? undefined
    : `wrote ${file.slice(where.cwd.length + 1)}, which is not among the redirections`;
}

/** Whether a start is what the command stands for: word by word, up to a word that nobody knows. */
function fits(argv: readonly Argument[], words: readonly string[]): boolean {
  for (const [at, { kind, text, many }] of argv.entries()) {
    if (kind === 'glob' || (kind === 'unknown' && many)) return true;
    const word = words[at]?.replace(/^\/dev\/fd\/\d+$/, '/dev/fd/63');
    // A plain `~` in front is shown as a file of the folder.
    const fine =
      kind === 'literal'
        ? word === text || `./${word}` === text
        : word?.startsWith(text) || `./${word}`.startsWith(text);
    if (!fine) return false;
    if (many) return true;
  }
  return argv.length === words.length;
}

function asLiterals(argv: readonly string[]): Argument[] {
  return argv.map((text) => {
    const known = text.replace(/\ufffd$/, '');
    return { kind: known === text ? 'literal' : known === '' ? 'unknown' : 'partial', text: known, pos: 0, end: 0 };
  });
}
