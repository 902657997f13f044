import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { problems, reading, words } from './reading.fixture.ts';

const only = (line: string): string[] => words(line).at(-1)!.slice(1);

describe('the words of a command', () => {
  it('that are quoted are exactly these, whatever they hold', () => {
    // What is hidden is refused; a `~` in front is shown as a file of the folder.
    const text = fc.string({ unit: fc.constantFrom(...' \t\n!"#$%&()*+,-./09:;<=>?@AZ[\\]^_`az{|}'.split('')) });
    const quote: fc.Arbitrary<(value: string) => string> = fc.constantFrom(
      (value: string) => `'${value}'`,
      (value: string) => `"${value.replace(/[$`"\\]/g, '\\$&')}"`,
      (value: string) => `$'${value.replace(/['\\]/g, '\\$&')}'`,
    );
    const word = fc.tuple(text, quote).map(([value, quoted]) => ({ value, source: quoted(value) }));
    fc.assert(
      fc.property(fc.array(word, { maxLength: 5 }), (row) => {
        const line = `prog ${row.map(({ source }) => source).join(' ')}`;
        expect(problems(line)).toEqual([]);
        expect(words(line)).toEqual([['prog', ...row.map(({ value }) => value)]]);
      }),
    );
  });

  it.each([
    ['f {a,b}x', ['ax', 'bx']],
    ['f {1..3} {3..1}', ['1', '2', '3', '3', '2', '1']],
    ['f {,} {,a} ""{,a}', ['a', '', 'a']],
    ["f {a,b}'*'", ['a*', 'b*']],
    ['f {a,b}*', ['<glob>a*', '<glob>b*']],
    ['f {01..3}', ['<unknown>']],
    ['f {1..999}', ['<unknown>']],
    ['f {a,{b,c}}', ['<unknown>']],
    ['f ~ ~/a ~/{a,b}', ['/h', '/h/a', '/h/a', '/h/b']],
    [`f "~" '~'/a \\~ "~"/{a,b}`, ['./~', './~/a', './~', './~/a', './~/b']],
    [`f ~"" ~"/a" ~\\/a ~$x ~x ~+ ~{,a}`, Array(8).fill('<unknown>')],
    ['f "~"/*', ['<glob>./~/*']],
    ['f "~"/$x', ['<partial>./~/']],
    ['f x=~ x=a:~/b x="a":~', ['<partial>x=', '<partial>x=', '<partial>x=']],
    ['f a=b "x=~"', ['a=b', 'x=~']],
    ['f a$((1)) $((0-1)) $# "$$"', ['<partial>a', '<unknown>', '<unknown>', '<unknown>']],
    ['f a$x "a$x"b $x$y "$@"', ['<partial>a', '<partial>a', '<unknown>', '<unknown>']],
    ['f <(ls)', ['/dev/fd/63']],
    ['f [a]$x', ['<unknown>']],
    ['f {a,b}[$x]', ['<unknown>']],
    ['f {a},""}$(ls)', ['<unknown>']],
    ['f {} x@{1} {a a,b} \\{a,b} "{a,b}"', ['{}', 'x@{1}', '{a', 'a,b}', '{a,b}', '{a,b}']],
    ['f [$x] a["b"] [\\]]', ['<unknown>', '<unknown>', '<unknown>']],
  ])('%s', (line, expected) => expect(only(line)).toEqual(expected));

  it('that may be several or none are marked so', () => {
    const many = (line: string): (boolean | undefined)[] =>
      reading(line)
        .commands.at(-1)!
        .argv.slice(1)
        .map((a) => a.many);
    expect(many('f *"$x" "$x"* [$x] $x "$x" "$@" $! "$!" $((1)) $(ls) "$(ls)" {a,$x}')).toEqual([
      true,
      true,
      true,
      true,
      undefined,
      true,
      true,
      undefined,
      undefined,
      true,
      undefined,
      true,
    ]);
  });

  it('that are variables hold what was assigned, as long as that is certain', () => {
    expect(only('x=a; f $x "$x"')).toEqual(['a', 'a']);
    expect(only('x="a b"; f $x "$x"')).toEqual(['<unknown>', 'a b']);
    expect(only('x=""; f $x "$x"')).toEqual(['<unknown>', '']);
    for (const line of [
      'x=*; f "$x"',
      'x=a:~; f "$x"',
      'x=a; x+=b; f $x',
      'x=(a b); f $x',
      'x=a; read x; f $x',
      'x=a; unset x; f $x',
      'x=a; ls && x=b; f $x',
      'x=a; : ${x:=b}; f $x',
      'for x in a b; do ls; done; f $x',
      'x=a ls; f $x',
      'while ls; do f $x; x=a; done',
      'x=a; printf -v x b; f $x',
      'x=a; export x; f $x',
      'if ls; then x=a; fi; f $x',
    ])
      expect(only(line), line).toEqual(['<unknown>']);
    expect(only('x=a; (x=b); f $x')).toEqual(['a']);
    expect(only('x=a; x=b | ls; f $x')).toEqual(['a']);
    expect(words('for x in a b; do f $x; done')).toEqual([
      ['f', 'a'],
      ['f', 'b'],
    ]);
  });
});

describe('a word is refused', () => {
  it.each([
    ['f 1>(ls)', 'a word holds a character of the shell’s grammar'],
    ['f 2<(ls)', 'a word holds a character of the shell’s grammar'],
    ['f “a”', 'a word holds a character of the shell’s grammar'],
    ['f 5\\\n<f', 'an escaped line break joins what the parser keeps apart'],
    ['f {x}\\\n>f', 'an escaped line break joins what the parser keeps apart'],
    ['f "$\\\nHOME"', 'an escaped line break joins what the parser keeps apart'],
    ['f $HOME\\\nx "$HOME\\\nx"', 'an escaped line break joins what the parser keeps apart'],
    ['f <<E\n$x$HOME\\\nx\nE', 'an escaped line break joins what the parser keeps apart'],
    ["f $\\\n'\\x41'", 'an escaped line break joins what the parser keeps apart'],
    ["f $'a\\\nb'", 'a line break is escaped where it can not be'],
    ["f $'\\x01'", 'it spells a control character'],
    ['f {a,$(ls)}', 'the braces hold more than plain words'],
    ['f ${!x}', 'it takes the name of a variable from a variable'],
    ['f ${x[$y]}', 'a subscript that is no number can run commands'],
    ['f ${PATH:=a}', 'the variable PATH can change what runs'],
    ['f ${x@P}', 'this expansion of a variable is not known here'],
  ])('%j: %s', (line, reason) => expect(problems(line)).toContain(`deny ${reason}`));

  it.each(["f $'a\\\\\nb'", 'f a \\\n b', 'f 5 \\\n <f', "f 'a\\\nb'", '"f" "a\\\nb"', 'f a\\\nb'])(
    '%j: is not, where an escaped line break only goes on',
    (line) => expect(problems(line)).toEqual([]),
  );
});

describe('names out of a variable', () => {
  it('are split again where it is not quoted', () => {
    const last = (line: string) => reading(line).commands.at(-1)!.argv[1];
    expect(last('for x in *.ts; do f $x; done')).toMatchObject({ kind: 'glob', text: '*.ts', split: true });
    expect(last('for x in *.ts; do f a$x; done')).toMatchObject({ kind: 'glob', text: 'a*.ts', split: true });
    expect(last('for x in *.ts; do f "$x"; done')).not.toHaveProperty('split', true);
  });
});
