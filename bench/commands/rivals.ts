// How others decide whether a command line may run: by its text. Each takes the same list of programs.
import { parse } from 'shell-quote';

export interface Rival {
  readonly name: string;
  allows(line: string): boolean;
}

/** The kinds that are in use: a prefix, a split at operators, a lexer of shell words. */
export function createRivals(programs: ReadonlySet<string>): Rival[] {
  const first = (text: string): string => text.trim().split(/\s+/, 1)[0] ?? '';
  return [
    { name: 'first word on the list', allows: (line) => programs.has(first(line)) },
    {
      name: 'split at && || ; |, first words',
      allows: (line) => line.split(/&&|\|\||[;|&\n]/).every((part) => part.trim() === '' || programs.has(first(part))),
    },
    {
      name: 'the same, substitutions and redirections refused',
      allows: (line) =>
        !/\$\(|`|[<>]\(|>/.test(line) &&
        line.split(/&&|\|\||[;|&\n]/).every((part) => part.trim() === '' || programs.has(first(part))),
    },
    {
      name: 'shell-quote 1.x, first words',
      allows(line) {
        let start = true;
        for (const token of parse(line)) {
          if (typeof token === 'string') {
            if (start && !/^\w+=/.test(token)) {
              if (!programs.has(token)) return false;
              start = false;
            }
          } else if ('op' in token) {
            if (token.op === 'glob') start = false;
            else if (/^(?:&&|\|\||;|\||&|\(|\)|;;|\|&)$/.test(token.op)) start = true;
          }
        }
        return true;
      },
    },
  ];
}
