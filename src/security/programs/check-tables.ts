import { parseEntry } from './notation.ts';

/** One thing wrong with a user's line about a program; `index` is its place in the list. */
export interface ProgramProblem {
  readonly program: string;
  readonly index: number;
  readonly message: string;
}

/** What is wrong with the tables of `policies.security.programs`. */
export function checkProgramTables(programs: Readonly<Record<string, readonly string[]>>): ProgramProblem[] {
  return Object.entries(programs).flatMap(([program, lines]) =>
    lines.flatMap((line, index) => {
      const messages: string[] = [];
      const words = line.split(/\s+/).filter((word) => word !== '');
      parseEntry(words, (message) => void messages.push(message));
      return messages.map((message) => ({ program, index, message: `${JSON.stringify(line)}: ${message}` }));
    }),
  );
}
