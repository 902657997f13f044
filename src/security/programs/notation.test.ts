import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEntry, parsePrograms } from './notation.ts';

const said = (text: string): string[] => parsePrograms(text).problems.map(({ line, message }) => `${line}: ${message}`);

describe('a table of programs', () => {
  it('is names, flags and one line for each way to call it', () => {
    const { programs, problems } = parsePrograms(`
      # a comment
      program git|hub anywhere early exact dash through
        ok --no-pager -C=DIR -c=TEXT! # behind a line too
        status|st ok -s --porcelain=?TEXT : READ*
        remote add ask --x? --arg=TEXT,READ -t=WRITE^ -e=TEXT< : TEXT URL
      program ls
        ok : READ* WRITE
    `);
    expect(problems).toEqual([]);
    const [git, ls] = programs;
    expect(git).toMatchObject({
      names: ['git', 'hub'],
      anywhere: true,
      stopsEarly: true,
      abbreviates: false,
      singleDash: true,
      through: true,
    });
    expect(ls).toMatchObject({
      names: ['ls'],
      anywhere: false,
      stopsEarly: false,
      abbreviates: true,
      singleDash: false,
    });
    expect(ls!.entries[0]!.operands).toEqual([
      { kind: 'READ', many: true },
      { kind: 'WRITE', many: false },
    ]);
    expect(git!.entries.map(({ path, verdict }) => [path, verdict])).toEqual([
      [[], 'ok'],
      [[['status', 'st']], 'ok'],
      [[['remote'], ['add']], 'ask'],
    ]);
    const options = (index: number): unknown[] => [...git!.entries[index]!.options.values()];
    const rule = { verdict: 'ok', value: undefined, second: undefined, optional: false, replaces: undefined };
    expect(options(0)).toEqual([
      { ...rule, name: '--no-pager' },
      { ...rule, name: '-C', value: 'DIR' },
      { ...rule, name: '-c', value: 'TEXT', verdict: 'deny' },
    ]);
    expect(options(1)).toEqual([
      { ...rule, name: '-s' },
      { ...rule, name: '--porcelain', value: 'TEXT', optional: true },
    ]);
    expect(options(2)).toEqual([
      { ...rule, name: '--x', verdict: 'ask' },
      { ...rule, name: '--arg', value: 'TEXT', second: 'READ' },
      { ...rule, name: '-t', value: 'WRITE', replaces: 'last' },
      { ...rule, name: '-e', value: 'TEXT', replaces: 'first' },
    ]);
  });

  it.each([
    ['ok -x', /^1: a line stands before the first "program"$/],
    ['program', /^1: "program" needs a name$/],
    ['program a wild', /^1: "wild" is not one of exact, early, dash, anywhere, through$/],
    ['program a\nstatus -x', /^2: one of ok, code, ask, deny is missing$/],
    ['program a\nok -x=NOTHING', /^2: "-x=NOTHING" is no option/],
    ['program a\nok -x=TEXT,NOTHING', /^2: "-x=TEXT,NOTHING" is no option/],
    ['program a\nok =TEXT', /^2: "=TEXT" is no option/],
    ['program a\n\nok -x!!', /^3: "-x!!" is no option/],
    ['program a\nok -x -x', /^2: -x stands twice$/],
    ['program a\nok : NOTHING', /^2: "NOTHING" is no operand/],
    ['program a\nok : READ* WRITE*', /^2: only one operand can take any number$/],
  ])('%j: says what is wrong and where', (text, message) => {
    expect(said(text)).toHaveLength(1);
    expect(said(text)[0]).toMatch(message);
  });

  it('of any text is read without a throw', () => {
    const word = fc.constantFrom(
      'program',
      'ok',
      'deny',
      ':',
      '-x',
      '--y=TEXT',
      'READ*',
      'git|hub',
      '!',
      '=',
      '*',
      '\n',
      '#',
      '__proto__',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(word, fc.string()), { maxLength: 30 }), (words) => {
        const { programs, problems } = parsePrograms(words.join(' '));
        for (const { line } of problems) expect(line).toBeGreaterThan(0);
        for (const { names } of programs) expect(names.length).toBeGreaterThan(0);
      }),
    );
  });

  it('has no entry where a line has no verdict', () => {
    const failed: string[] = [];
    expect(parseEntry(['status', '-x'], (message) => failed.push(message))).toBeUndefined();
    expect(failed).toHaveLength(1);
  });
});
