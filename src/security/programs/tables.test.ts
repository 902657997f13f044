import { describe, expect, it } from 'vitest';
import { allPrograms, builtinProgram } from './registry.ts';

describe('the built-in tables', () => {
  const { programs, problems } = allPrograms();

  it('can be read', () => {
    expect(problems).toEqual([]);
    expect(programs.length).toBeGreaterThan(80);
  });

  it('name each program once', () => {
    const names = programs.flatMap((program) => program.names);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it('lead from each name to its own table, read when it is asked for', () => {
    for (const { names, entries } of programs) {
      for (const name of names) expect(builtinProgram(name)?.entries).toEqual(entries);
    }
    expect(builtinProgram('no-such-program')).toBeUndefined();
  });

  it('say of no subcommand two things', () => {
    for (const { names, entries } of programs) {
      const paths = entries.flatMap(({ path }) =>
        path.reduce<string[]>((all, words) => all.flatMap((start) => words.map((word) => `${start} ${word}`)), ['']),
      );
      expect({ names, twice: paths.filter((path, index) => paths.indexOf(path) !== index) }).toEqual({
        names,
        twice: [],
      });
    }
  });
});
