import { parseEntry } from './notation.ts';

/** One thing wrong with a user's line about a program; `index` is its place in the list. */
export interface ProgramProblem {
  readonly program: string;
  readonly index: number;
  readonly message: string;
}

/** What is wrong with the tables of `policies.security.programs`. */
export function checkProgramTables(programs: Readonly<Record<string, readonly string[]>>): ProgramProblem[] {
  return Object.entries(programs).flatMap(([program, lines]) => {
    const seen = new Set<string>();
    return lines.flatMap((line, index) => {
      const messages: string[] = [];
      const words = line.split(/\s+/).filter((word) => word !== '');
      const entry = parseEntry(words, (message) => void messages.push(message));
      if (program.includes('/')) messages.push('a program stands by its name, without a folder');
      for (const path of entry ? spellings(entry.path) : []) {
        if (seen.has(path)) messages.push(`${path === '' ? 'the program itself' : `"${path}"`} has a line already`);
        seen.add(path);
      }
      for (const { name, value } of entry?.options.values() ?? []) {
        if (!/^-/.test(name) && value === undefined)
          messages.push(`"${name}" is no option: write -${name}, --${name} or ${name}=KIND`);
      }
      return messages.map((message) => ({ program, index, message: `${JSON.stringify(line)}: ${message}` }));
    });
  });
}

/** Every way to write the words that lead to a line. */
function spellings(path: readonly (readonly string[])[]): string[] {
  return path.reduce<string[]>(
    (all, words) => all.flatMap((start) => words.map((word) => `${start} ${word}`.trim())),
    [''],
  );
}
