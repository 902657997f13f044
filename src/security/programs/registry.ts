import { type Entry, type NotationProblem, type Program, parsePrograms } from './notation.ts';
import { DEVELOP } from './tables/develop.ts';
import { FILES } from './tables/files.ts';
import { GIT } from './tables/git.ts';
import { NETWORK, START } from './tables/start.ts';
import { TEXT } from './tables/text.ts';

const TABLES: readonly string[] = [GIT, FILES, TEXT, DEVELOP, START, NETWORK];

/** Where each program's lines stand: they are read when a command first names it. */
let sources: Map<string, string> | undefined;
const parsed = new Map<string, Program>();

function indexSources(): Map<string, string> {
  const found = new Map<string, string>();
  for (const table of TABLES) {
    for (const block of table.split(/^(?=program )/m)) {
      const names = /^program (\S+)/.exec(block)?.[1];
      for (const name of names?.split('|') ?? []) if (!found.has(name)) found.set(name, block);
    }
  }
  return found;
}

/** The built-in table of a program, by its bare name. */
export function builtinProgram(name: string): Program | undefined {
  sources ??= indexSources();
  const source = sources.get(name);
  if (source === undefined) return undefined;
  let program = parsed.get(source);
  if (program === undefined) {
    program = parsePrograms(source).programs[0]!;
    parsed.set(source, program);
  }
  return { ...program, names: [name] };
}

/** Every table that comes with the system, with what is wrong in it: for tests. */
export function allPrograms(): { programs: Program[]; problems: NotationProblem[] } {
  return parsePrograms(TABLES.join('\n'));
}

/** Entries of the user's own come before the built-in ones. */
export function withEntries(name: string, base: Program | undefined, entries: readonly Entry[]): Program {
  const empty = {
    names: [name],
    abbreviates: true,
    stopsEarly: false,
    singleDash: false,
    anywhere: false,
    through: false,
  };
  const oneDashNames = new Set(
    entries.flatMap(({ options }) =>
      [...options.keys()].filter((option) => /^-[^-]./.test(option) && option !== '-NUM'),
    ),
  );
  if (base === undefined) return { ...empty, entries, oneDashNames };
  return { ...base, entries: [...entries, ...base.entries], oneDashNames };
}
