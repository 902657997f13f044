import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSedScript } from './sed-script.ts';

describe('a sed script that only changes what flows through it', () => {
  it.each([
    '',
    'p',
    's/a/b/',
    's/a/b/g;p',
    's|a/b|c|',
    's#a#b#gI',
    '1d',
    '$d',
    '1,5p',
    '/a/,/b/d',
    '/a/I,+3p',
    '0~2d',
    '2,~4p',
    '\\,a,d',
    '/x/!s/a/b/',
    '{p;p}',
    '/a/{s/b/c/\np\n}',
    ':a;N;$!ba;s/\\n/ /g',
    'y/abc/xyz/',
    '# a comment\np',
    'a text; e rm',
    'a\\\ntext\\\ne rm',
    'i text',
    'c\\\nx',
    '=',
    'l 5',
    'q5',
    's/[a-z]*/x/',
    's/[^]]/x/',
    's/\\//x/',
    's/[[:alpha:]]/x/',
    's/a/[/',
    'n;d',
    '$!N',
    's/a/b/3',
    's/a/b/pg',
    'h;G;x',
  ])('%j', (script) => expect(readSedScript(script)).toEqual({ reads: [], writes: [] }));
});

describe('what a sed script runs is refused', () => {
  it.each([
    'e',
    'e rm',
    '1e rm',
    '/a/e',
    's/a/rm/e',
    's/a/rm/ge',
    's/a/b/;e rm',
    'p\ne rm',
    '{e rm\n}',
    '$!e rm',
    's|a|rm|e',
    's/a/b/me',
    'a text\ne rm',
    'a text\\ \ne rm',
    'a text\\\\\ne rm',
    's/a/[/;e rm;#]/',
    'y/[/a/;e rm\n#]/',
    ':a;e rm',
    'b;e rm',
    'q;e rm',
    '\\,a,e rm',
    '1,/b/e rm',
    '# c\ne rm',
  ])('%j', (script) => expect(readSedScript(script).refused).toMatch(/runs|seds differ|not known/));

  it.each([
    'v',
    'k',
    's/a/b',
    's/a',
    's',
    '/a',
    's/a/b/z',
    's\\a\\b\\',
    's/[/]/x/',
    's/[]/]a/;p #/w f',
    '/[/]/p',
    'dp',
  ])('%j: what can not be read is too', (script) => expect(readSedScript(script).refused).toBeDefined());
});

it('the files of a sed script are named to the end of their line', () => {
  expect(readSedScript('w out')).toEqual({ reads: [], writes: ['out'] });
  expect(readSedScript('s/a/b/w out; p')).toEqual({ reads: [], writes: ['out; p'] });
  expect(readSedScript('s/a/b/gw a b\nW c')).toEqual({ reads: [], writes: ['a b', 'c'] });
  expect(readSedScript('/x/r in\nR in2')).toEqual({ reads: ['in', 'in2'], writes: [] });
});

it('no script makes it throw, and its end is found', () => {
  const part = fc.constantFrom(...'s / \\ [ ] ; e w a y { } \n # , ! 1 $ | p b : ~ +'.split(' '), ' ', '\n');
  fc.assert(
    fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
      const script = parts.join('');
      const { refused, writes } = readSedScript(script);
      // Without an e, a w or an s nothing can run and nothing is written.
      if (!/[ew]/.test(script))
        expect({ refused: /runs/.test(refused ?? ''), writes }).toEqual({ refused: false, writes: [] });
    }),
    { numRuns: 1000 },
  );
});
