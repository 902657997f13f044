import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { refusedInAwk } from './awk-script.ts';

describe('an awk program that only works on what it reads', () => {
  it.each([
    '{print $1}',
    '{print $1, $NF}',
    'NR>1',
    '$3 > 10 {print}',
    '{if ($1 > 2) print $2}',
    '/a|b/',
    '!seen[$0]++',
    'END{print NR}',
    'BEGIN{FS=":"} {print $1}',
    '{s+=$1} END{print s/NR}',
    '{print "a > b"}',
    '{print "|"}',
    '/>/ {print}',
    '$1 ~ /x|y/',
    '{printf "%s\\n", $1}',
    '{print ($1+$2)/2, ($3)/3}',
    'a || b',
    '# print > "f"\n{print}',
    '{x = a / b / c; print x}',
    'length > 72',
    '{gsub(/"/, ""); print}',
    '{print $1}\n/"/{print "x"}',
  ])('%j', (program) => expect(refusedInAwk(program)).toBeUndefined());
});

describe('what an awk program runs, writes or brings in is refused', () => {
  it.each([
    'BEGIN{system("rm")}',
    '{ system ( "rm" ) }',
    '{print | "sh"}',
    '{print|"sh"}',
    '"ls" | getline',
    '{getline < "f"}',
    'BEGIN{getline}',
    '{print |& "sh"}',
    '{print > "f"}',
    '{print >> "f"}',
    '{printf "%s", $1 > "f"}',
    '{print $1>"f"}',
    '{print a,\nb > "f"}',
    '{print a \\\n > "f"}',
    '{print a &&\nb > "f"}',
    '@load "x"',
    '@include "x"',
    '{f = "system"; @f("rm")}',
    '{ENVIRON["x"]=1}',
    '{ARGV[1]="f"}',
    '{print PROCINFO["x"]}',
    'BEGIN{a++ / system("rm") / 2}',
    '1\n/"/{print "rm" | "sh"} #"',
    '{if (1) /"/; print "rm" | "sh" #"\n}',
    'BEGIN{if(1) /a/ / 2; print "rm" | "sh"; x=1/2}',
    '/a/ {system("rm")}',
    '{print "a" "b" > $1}',
    '{sys\\\ntem("rm")}/',
    '{print\n}{print > "f"}',
  ])('%j', (program) => expect(refusedInAwk(program)).toBeDefined());

  it.each(['"', '/', '{print "a', '{print "a\n"}', '/[/'])('%j: what never ends is too', (program) =>
    expect(refusedInAwk(program)).toMatch(/never ends/),
  );
});

it('no program makes it throw, and none that pipes outside of texts gets through', () => {
  const part = fc.constantFrom(
    'print',
    ' ',
    '"',
    '/',
    '|',
    '>',
    '(',
    ')',
    '{',
    '}',
    '\n',
    '#',
    '\\',
    'a',
    '1',
    '++',
    '[',
    ']',
    ';',
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 25 }), (parts) => {
      const program = parts.join('');
      const refused = refusedInAwk(program);
      // Nothing in which a text, a pattern or a comment can begin: a pipe is a pipe.
      if (!/["/#\\]/.test(program) && /(?<!\|)\|(?!\|)/.test(program)) expect(refused).toBeDefined();
    }),
    { numRuns: 1000 },
  );
});
