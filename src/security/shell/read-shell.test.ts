import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { problems, reading, words } from './reading.fixture.ts';

describe('any text', () => {
  const shellish = fc
    .array(
      fc.constantFrom(
        ...'; & | && || > >> < ( ) { } ` $( ) $ " \' \\ \n # ! * ? [ ] ~ = <( >( <<< <<E $(( )) [[ ]] ${ if then fi for x in do done case esac a b x=1 while'.split(
          ' ',
        ),
        ' ',
        '\u0000',
        '\ud800',
        '€',
      ),
      { maxLength: 40 },
    )
    .map((parts) => parts.join(''));

  it('is read without a throw, and each problem and command stands inside it', () => {
    fc.assert(
      fc.property(fc.oneof(shellish, fc.string({ unit: 'binary' }), fc.string()), (line) => {
        const { commands, problems: found } = reading(line);
        for (const { pos, end } of [...commands, ...found]) {
          expect(pos).toBeGreaterThanOrEqual(0);
          expect(end).toBeLessThanOrEqual(line.length + 1);
        }
        for (const { argv } of commands) expect(argv[0]?.kind).toBe('literal');
        if (commands.length === 0 && reading(line).redirects.length === 0 && /^[a-z]+$/.test(line))
          expect(found).not.toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('is read the same way twice', () => {
    fc.assert(
      fc.property(shellish, (line) => {
        expect(JSON.stringify(reading(line))).toBe(JSON.stringify(reading(line)));
      }),
    );
  });
});

describe('a line is refused as a whole', () => {
  it.each(['', ' ', '\n', '# a'])('%j: empty', (line) => expect(problems(line)).toEqual(['deny it is empty']));

  it('that is longer than 65536 characters', () => {
    expect(problems(`ls ${'a'.repeat(65_533)}`)).toEqual([]);
    expect(problems(`ls ${'a'.repeat(65_534)}`)).toEqual(['deny it is longer than 65536 characters']);
  });

  it.each([
    '\u0000',
    '\u0007',
    '\r',
    '\u001b',
    '\u007f',
    '\u0085',
    '\u00a0',
    '\u00ad',
    '\u061c',
    '\u180e',
    '\u200b',
    '\u200f',
    '\u2028',
    '\u202e',
    '\u2066',
    '\u3000',
    '\ufeff',
    '\u{e0041}',
    '\ud800',
    '\udc00',
  ])('that holds the hidden character %j', (c) => {
    for (const line of [`ls a${c}b`, `ls 'a${c}b'`, `${c}ls`])
      expect(problems(line)[0]).toMatch(/^deny it holds the hidden character U\+/);
  });

  it('but not one with tabs, line ends and letters of any alphabet', () => {
    expect(problems("ls\t'äöü €' 日本 😀\nls")).toEqual([]);
  });

  it.each([
    'ls )',
    'ls "',
    "ls '",
    'ls `',
    'ls $(',
    'if ls',
    'ls |',
    'ls &&',
    '( ls',
    '{ ls',
    'for',
    'ls <<< ',
    '&& ls',
    ';; ls',
  ])('%j: not a command line', (line) =>
    expect(problems(line).some((problem) => problem.startsWith('deny '))).toBe(true),
  );

  it('nested more deeply than a stack holds', () => {
    for (const [open, close] of [
      ['(', ')'],
      ['$(', ')'],
      ['{ ', ';}'],
      ['"$(', ')"'],
    ]) {
      const line = `${open!.repeat(15_000)}ls${close!.repeat(15_000)}`;
      expect(problems(line).some((problem) => problem.startsWith('deny '))).toBe(true);
    }
  });

  it('whose parts are more than are looked at: the walk ends there', () => {
    const looked = reading('ls;'.repeat(21_000)).commands.length;
    expect(looked).toBeLessThan(5000);
    expect(problems('ls;'.repeat(21_000))).toContain('deny the line has more parts than are judged');
    expect(problems('ls;'.repeat(1000))).toEqual([]);
  });

  it('loops in loops are counted as often as they are walked', () => {
    const nested = (depth: number): string =>
      depth === 0 ? 'ls' : `for x${depth} in 1 2 3 4 5 6 7 8; do ${nested(depth - 1)}; done`;
    expect(problems(nested(2))).toEqual([]);
    expect(problems(nested(8))).toContain('deny the line has more parts than are judged');
    const folders = (depth: number): string => (depth === 0 ? 'cd a' : `while ls; do ${folders(depth - 1)}; done`);
    for (const depth of [4, 8, 16]) expect(reading(folders(depth)).commands.length).toBeLessThan(2 * depth * depth);
  });
});

describe('the folder of a command', () => {
  const places = (line: string): (readonly string[] | undefined)[] =>
    reading(line)
      .commands.filter(({ builtin }) => !builtin)
      .map(({ cwds }) => cwds);

  it.each([
    ['ls', [['/w']]],
    ['cd a && ls', [['/w/a', '/w']]],
    ['cd a; ls', [['/w/a', '/w']]],
    ['(cd a); ls', [['/w']]],
    ['cd a | ls; ls', [['/w'], ['/w']]],
    ['cd a & ls', [['/w']]],
    ['cd; ls', [['/h', '/w']]],
    ['cd -; ls', [undefined]],
    ['cd $x; ls', [undefined]],
    ['cd a b; ls', [undefined]],
    ['pushd a; popd; ls', [undefined]],
    ['for x in a b; do cd $x; ls; done', [undefined, undefined, undefined]],
  ] as const)('%s', (line, expected) => {
    const found = places(line);
    for (const [index, cwds] of expected.entries()) {
      if (cwds === undefined) expect(found).toContain(undefined);
      else expect(found[index]).toEqual(expect.arrayContaining([...cwds].slice(0, 1)));
    }
  });

  it('is nowhere where the line starts nowhere', () => {
    expect(reading('cd a; ls', { cwd: undefined }).commands.map(({ cwds }) => cwds)).toEqual([undefined, undefined]);
    expect(reading('cd a; ls', { enter: () => undefined }).commands[1]!.cwds).toBeUndefined();
  });
});

describe('every place of the grammar where a command may stand is looked at', () => {
  it.each([
    'a; rm',
    'a & rm',
    'a && rm',
    'a || rm',
    'a | rm',
    'a |& rm',
    '! rm',
    'time rm',
    '{ rm; }',
    '(rm)',
    'coproc rm',
    'if rm; then a; fi',
    'if a; then rm; fi',
    'if a; then b; elif rm; then c; fi',
    'if a; then b; else rm; fi',
    'for x in a; do rm; done',
    'for x in $(rm); do a; done',
    'for ((i=$(rm);;)); do a; done',
    'select x in a; do rm; done',
    'while rm; do a; done',
    'until a; do rm; done',
    'case $(rm) in a) b;; esac',
    'case a in $(rm)) b;; esac',
    'case a in a) rm;; esac',
    '[[ $(rm) ]]',
    '[[ a = `rm` ]]',
    '[[ a && ! ( -n $(rm) ) ]]',
    '(( $(rm) ))',
    'a $(rm)',
    'a `rm`',
    'a "`rm`"',
    'a "$(rm)"',
    'a <(rm)',
    'a >(rm)',
    'a $((1 + $(rm)))',
    'a ${x:-$(rm)}',
    'a "${x:+`rm`}"',
    'a ${x#$(rm)}',
    'a ${x/$(rm)/b}',
    'a ${x/b/$(rm)}',
    'a ${x:$(rm)}',
    'a ${x[$(rm)]}',
    'x=$(rm)',
    'x=($(rm))',
    'x[$(rm)]=a',
    'CI=$(rm) a',
    'a > $(rm)',
    'a <<< $(rm)',
    'a <<E\n$(rm)\nE',
    'a <<E\n`rm`\nE',
    'a <<-E\n\t${x:-$(rm)}\n\tE',
    'a\nrm',
    'a $"$(rm)"',
    'a `echo \\`rm\\``',
    'export x=$(rm)',
    'test $(rm) = a',
    'cd $(rm)',
    '{ a; } > $(rm)',
    'a {b,$(rm)}',
  ])('%j', (line) => {
    const said = problems(line).some((problem) => problem.startsWith('deny '));
    expect(said || words(line).some(([program]) => program === 'rm')).toBe(true);
    if (!/x\[|\{b,/.test(line)) expect(words(line)).toContainEqual(['rm']);
  });

  it.each(["a <<'E'\n$(rm)\nE", "a '$(rm)'", 'a \\$\\(rm\\)', "a $'$(rm)'", 'a # $(rm)', 'a "\\$(rm)"'])(
    '%j: quoted, it is text',
    (line) => {
      expect(problems(line)).toEqual([]);
      expect(words(line).flat()).not.toContain('rm');
    },
  );
});

describe('what other shells read differently is refused', () => {
  it.each([
    ['=ls a', 'zsh takes `=ls` for the path of ls'],
    ['ls >!a', 'zsh overwrites'],
    ['repeat 3 ls', 'zsh repeats'],
    ['foreach x (a b) ls; end', 'zsh loops'],
    ['noglob rm *', 'zsh runs rm'],
    ['nocorrect rm a', 'zsh runs rm'],
    ['{ ls } always { rm a }', 'zsh runs the second block'],
    ['autoload -U x', 'zsh loads a function'],
    ['zmodload zsh/net/tcp', 'zsh loads a module'],
    ['emulate sh', 'zsh changes its grammar'],
    ['setopt extended_glob', 'zsh changes its grammar'],
    ['functions', 'zsh shows and defines functions'],
    ['sched +1 rm', 'zsh runs it later'],
    ['vared x', 'zsh edits a variable'],
    ['chdir a', 'a builtin of zsh, no program of bash'],
    ['ls *(e:rm:)', 'a qualifier of zsh runs code'],
    ['ls a(N)', 'a qualifier of zsh'],
    ['ls =(rm)', 'zsh runs it'],
    ['ls ${(e)x}', 'a flag of zsh runs what the variable holds'],
    ['ls ${(P)x}', 'a flag of zsh'],
    ['echo ${ rm; }', 'newer shells run it'],
    ['coproc NAME { rm; } always', 'no grammar of bash'],
  ])('%s: %s', (line) => expect(problems(line).some((problem) => problem.startsWith('deny '))).toBe(true));
});
