import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quoteWords, splitLiteralCommand } from './shell-words.ts';

describe('a literal command', () => {
  it.each<[string, string[]]>([
    ['git status', ['git', 'status']],
    ['  git\t log  ', ['git', 'log']],
    [`git commit -m "fix: a | b" 'c $d \\e'`, ['git', 'commit', '-m', 'fix: a | b', 'c $d \\e']],
    [`echo a"b c"'d'e ''`, ['echo', 'ab cde', '']],
    ['git show HEAD~1', ['git', 'show', 'HEAD~1']],
    ['/usr/bin/env-x --a=b,c:d%20+1@x', ['/usr/bin/env-x', '--a=b,c:d%20+1@x']],
    [`echo 'é 漢'`, ['echo', 'é 漢']],
    [`"g"it status`, ['git', 'status']],
    ['ls FOO=1', ['ls', 'FOO=1']],
  ])('%j is split', (text, argv) => {
    expect(splitLiteralCommand(text)).toEqual({ ok: true, argv });
  });

  it.each<[string, number, RegExp]>([
    ['', 1, /empty/],
    ['   ', 1, /empty/],
    ['ls; rm x', 3, /";" joins/],
    ['ls && rm x', 4, /"&"/],
    ['ls | sh', 4, /"\|"/],
    ['ls > x', 4, /redirects/],
    ['git status 1>(rm x)', 13, /redirects/],
    ['ls <x', 4, /redirects/],
    ['echo $HOME', 6, /expansion/],
    ['echo "$HOME"', 7, /expansion/],
    ['echo "a`b`"', 8, /substitution/],
    ['echo `id`', 6, /substitution/],
    ['echo (x)', 6, /subshell/],
    ['echo {a,b}', 6, /brace/],
    ['ls *', 4, /glob/],
    ['ls a?', 5, /glob/],
    ['ls [a]', 4, /glob/],
    ['ls ~', 4, /home/],
    ['ls ~root/x', 4, /home/],
    ['make a=~/x', 8, /home/],
    ['make PATH=a:~/x', 13, /home/],
    [`ls ''~`, 6, /home/],
    ['ls # x', 4, /comment/],
    ['ls \\x', 4, /escapes/],
    ['ls "a\\"', 6, /escapes/],
    ['ls "a!b"', 6, /history/],
    ['!ls', 1, /history/],
    ['ls a^b', 5, /history/],
    ['ls\nrm', 3, /U\+000A ends a command/],
    ['ls\rrm', 3, /U\+000D/],
    ["ls 'a\nb'", 6, /U\+000A/],
    ['ls "a\u0000"', 6, /U\+0000/],
    ['ls \ud800', 4, /U\+D800/],
    ["ls '\u2028'", 5, /U\+2028/],
    ['ls é', 4, /U\+00E9/],
    ['ls\u00a0x', 3, /U\+00A0/],
    ['lѕ', 2, /U\+0455/],
    ["'lѕ'", 1, /plain name/],
    [`ls 'x`, 4, /never closed/],
    [`ls "x`, 4, /never closed/],
    ['A=1 ls', 1, /assignment/],
    [`'A'=1 ls`, 1, /assignment/],
    ['""', 1, /empty/],
    ['time ls', 1, /grammar/],
    ['"if" x', 1, /grammar/],
    ['- ls', 1, /plain name/],
    ['-x', 1, /plain name/],
    ['%1', 1, /plain name/],
    ["'a b' c", 1, /plain name/],
    ['echo =ls', 6, /zsh/],
  ])('%j is refused', (text, column, reason) => {
    const split = splitLiteralCommand(text);
    expect(split).toMatchObject({ ok: false, column });
    expect(split.ok ? '' : split.reason).toMatch(reason);
  });

  it('is refused past 64 Ki characters, and taken up to them', () => {
    expect(splitLiteralCommand(`ls ${'x'.repeat(65_533)}`)).toMatchObject({ ok: true });
    expect(splitLiteralCommand(`ls ${'x'.repeat(65_534)}`)).toMatchObject({ ok: false, column: 65_537 });
  });

  it('never throws, whatever it gets', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const split = splitLiteralCommand(text);
        expect(split.ok ? split.argv.length > 0 : split.column >= 1 && split.reason !== '').toBe(true);
      }),
    );
  });
});

/** Texts that are often accepted, and nearly accepted. */
const pieces = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9_@%+=:,./-]{1,6}$/),
  fc.stringMatching(/^[ -&(-~]{0,8}$/).map((inner) => `'${inner}'`),
  fc.stringMatching(/^[ #%-[\]-_a-~]{0,8}$/).map((inner) => `"${inner}"`),
  fc.constantFrom(
    ' ',
    ' ',
    '  ',
    '\t',
    '~',
    '~/',
    'é',
    "'é漢😀'",
    '"ü"',
    '$',
    '*',
    '!',
    '#',
    '{a,b}',
    '[a]',
    '=',
    '^',
    '\\',
    '%',
    '-',
  ),
);
const lines = fc
  .tuple(fc.stringMatching(/^[a-z][a-z0-9.-]{0,5}$/), fc.array(pieces, { maxLength: 8 }))
  .map(([program, rest]) => `${program} ${rest.join('')}`);

/** Runs what was accepted through one shell, with the program's name taken as a word like the others. */
function wordsOf(shell: string[], texts: readonly string[]): string[][] {
  const script = texts.map((text) => `printf '%s\\0' x ${text}; printf '\\1\\0'`).join('\n');
  const run = spawnSync(shell[0]!, [...shell.slice(1), script], {
    encoding: 'utf8',
    env: { HOME: '/nowhere', LC_ALL: 'C.UTF-8' },
  });
  expect(run.stderr).toBe('');
  return run.stdout
    .split('\u0001\0')
    .slice(0, -1)
    .map((words) => words.split('\0').slice(1, -1));
}

describe('what is accepted means the same to a real shell', () => {
  it('bash reads exactly the same words', () => {
    const accepted = fc
      .sample(lines, { numRuns: 3000, seed: 20_261 })
      .map((text) => ({ text, split: splitLiteralCommand(text) }))
      .flatMap(({ text, split }) => (split.ok ? [{ text, argv: [...split.argv] }] : []));
    expect(accepted.length).toBeGreaterThan(300);
    const words = wordsOf(
      ['bash', '--norc', '-c'],
      accepted.map(({ text }) => text),
    );
    expect(words).toEqual(accepted.map(({ argv }) => argv));
  });
});

describe('words written as one line', () => {
  it('are split into the same words again, or not written at all', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 12 }), { maxLength: 6 }), (rest) => {
        const words = ['git', ...rest];
        const line = quoteWords(words);
        const hidden = rest.some((word) => /[\u0000-\u001f\u007f-\u009f\u2028\u2029]|\p{Surrogate}/u.test(word));
        if (line === undefined) expect(hidden).toBe(true);
        else expect(splitLiteralCommand(line)).toEqual({ ok: true, argv: words });
      }),
    );
  });

  it('need a program of a plain name', () => {
    expect(quoteWords(["it's", 'x'])).toBeUndefined();
    expect(quoteWords(['', 'x'])).toBeUndefined();
    expect(quoteWords([])).toBeUndefined();
    expect(quoteWords(['echo', "it's", '', '$x', '~/a', '=ls', 'a b'])).toBe(
      `echo 'it'"'"'s' '' '$x' '~/a' '=ls' 'a b'`,
    );
  });
});
