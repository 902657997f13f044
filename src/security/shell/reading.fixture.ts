import { posix } from 'node:path';
import { readShell, type ShellReading, type ShellScene } from './read-shell.ts';

/** Reads a line at `/w`, at home in `/h`, where `cd` follows the text alone. */
export function reading(line: string, scene: Partial<ShellScene> = {}): ShellReading {
  return readShell(line, {
    home: '/h',
    cwd: '/w',
    harmless: new Set(),
    enter: (cwd, target) => posix.resolve(cwd, target),
    ...scene,
  });
}

/** Each command's words; what isn't known for certain is marked with its kind. */
export function words(line: string): string[][] {
  return reading(line).commands.map(({ argv }) =>
    argv.map(({ kind, text }) => (kind === 'literal' ? text : `<${kind}>${text}`)),
  );
}

/** `deny reason` or `ask reason` of each problem, once. */
export function problems(line: string): string[] {
  return [...new Set(reading(line).problems.map(({ verdict, reason }) => `${verdict} ${reason}`))];
}
