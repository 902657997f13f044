import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Argument } from '../shell/index.ts';
import { matchArguments } from './match-arguments.ts';
import { parsePrograms } from './notation.ts';

const { programs } = parsePrograms(`
program git anywhere
  ok --no-pager -C=DIR -c=TEXT! --exec-path=?TEXT!
  status ok -s -b --short --porcelain=?TEXT -u=?TEXT : READ*
  log ok -n=TEXT --oneline --output=WRITE --outer -NUM : TEXT*
  push ask --force? --receive-pack=TEXT! : REMOTE TEXT*
  remote ok
  remote add ok : TEXT URL
  gc deny
program cp
  ok -r -t=WRITE^ --target-directory=WRITE^ : READ* WRITE
program grep
  ok -r -e=TEXT< -f=READ< : TEXT READ*
program env early through
  ok -i -u=TEXT : VARS COMMAND
program find dash
  ok -name=TEXT -O=TEXT -delete!
program dd
  ok if=READ of=WRITE *=TEXT
program jq
  ok --arg=TEXT,TEXT -n : TEXT READ*
program loose
  ok -* : READ*
`);
const literals = (text: string): Argument[] =>
  text === '' ? [] : text.split(' ').map((one) => ({ kind: 'literal', text: one, pos: 0, end: 0 }));
const unknown: Argument = { kind: 'unknown', text: '', pos: 0, end: 0 };

const match = (line: string, more: readonly Argument[] = []) => {
  const [name, ...rest] = line.split(' ');
  const program = programs.find(({ names }) => names.includes(name!))!;
  return matchArguments(program, [...literals(rest.join(' ')), ...more]);
};
const uses = (line: string): string[] =>
  match(line).uses.map(
    ({ kind, argument, rest }) => `${kind} ${(rest ?? [argument]).map((one) => one.text).join(' ')}`,
  );
const complaints = (line: string, more?: readonly Argument[]): string[] =>
  match(line, more).complaints.map(({ verdict, reason }) => `${verdict} ${reason}`);

describe('the words of a call', () => {
  it.each([
    ['git status', []],
    ['git status a b', ['READ a', 'READ b']],
    ['git status -sb --short', []],
    ['git status --porcelain=v2 a', ['TEXT v2', 'READ a']],
    ['git status --porcelain v2', ['READ v2']],
    ['git status --porc', []],
    ['git status -- -s --weird', ['READ -s', 'READ --weird']],
    ['git -C a status', ['DIR a']],
    ['git -Ca status', ['DIR a']],
    ['git status -C a', ['DIR a']],
    ['git log -n 5', ['TEXT 5']],
    ['git log -n5 x', ['TEXT 5', 'TEXT x']],
    ['git log -12', []],
    ['git log --output=a', ['WRITE a']],
    ['git log --output a', ['WRITE a']],
    ['git log --outp a', ['WRITE a']],
    ['git remote add o https://x', ['TEXT o', 'URL https://x']],
    ['cp a b c', ['READ a', 'READ b', 'WRITE c']],
    ['cp -t d a b', ['WRITE d', 'READ a', 'READ b']],
    ['cp --target-directory=d a', ['WRITE d', 'READ a']],
    ['cp a b -t d', ['WRITE d', 'READ a', 'READ b']],
    ['grep x a b', ['TEXT x', 'READ a', 'READ b']],
    ['grep -e x a b', ['TEXT x', 'READ a', 'READ b']],
    ['grep -e x -e y a', ['TEXT x', 'TEXT y', 'READ a']],
    ['grep -f p a', ['READ p', 'READ a']],
    ['grep a b -e x', ['TEXT x', 'READ a', 'READ b']],
    ['grep -rex a', ['TEXT x', 'READ a']],
    ['env -i A=1 B=2 ls -x', ['VARS A=1', 'VARS B=2', 'COMMAND ls -x']],
    ['env -u X ls', ['TEXT X', 'COMMAND ls']],
    ['find -name x', ['TEXT x']],
    ['find -O3', ['TEXT 3']],
    ['dd if=a of=b bs=1', ['READ a', 'WRITE b', 'TEXT 1']],
    ['jq --arg a b . f', ['TEXT a', 'TEXT b', 'TEXT .', 'READ f']],
    ['loose -weird --other a', ['READ a']],
    ['git --version', []],
    ['cp -', ['WRITE -']],
  ])('%s', (line, expected) => {
    expect(uses(line)).toEqual(expected);
    expect(complaints(line)).toEqual([]);
  });

  it.each([
    ['git -c a=b status', 'deny git -c'],
    ['git status -c a=b', 'deny git status -c'],
    ['git -ca=b status', 'deny git -c'],
    ['git --exec-path=a status', 'deny git --exec-path'],
    ['git --exec-p=a status', 'deny git --exec-path'],
    ['git push --receive-pack=x o', 'deny git push --receive-pack'],
    ['git push --rec x o', 'deny git push --receive-pack'],
    ['git push --force', 'ask git push --force is asked about'],
    ['git push', 'ask git push is asked about'],
    ['git gc', 'deny git gc'],
    ['git weird', 'ask "git weird" is not in the table'],
    ['git status --weird', 'ask git status --weird is not in the table'],
    ['git status -z', 'ask git status -z is not in the table'],
    ['git status -sz', 'ask git status -z is not in the table'],
    ['git status --short=x', 'ask git status --short takes no value'],
    ['git log --out', 'ask git log --out may be several options'],
    ['git log -n', 'ask git log -n lacks its value'],
    ['git remote add a b c', 'ask git remote add takes fewer words by its table'],
    ['find -delete', 'deny find -delete'],
  ])('%s: %s', (line, complaint) => expect(complaints(line)).toContain(complaint));

  it.each<[string, Argument, string]>([
    ['git', unknown, 'ask which subcommand of git runs can not be known'],
    ['git log', { ...unknown, kind: 'partial', text: '--x' }, 'ask an option that can not be known before it runs'],
    ['git log', unknown, 'ask a word that may be an option can not be known'],
    ['git log -n', { ...unknown, many: true }, 'ask a word that may be several words or none stands for a value'],
  ])('%s and a word that is not known: %3$s', (line, argument, complaint) =>
    expect(complaints(line, [argument])).toContain(complaint),
  );

  it('may be not known where no option can be meant', () => {
    expect(complaints('git log --', [unknown])).toEqual([]);
    expect(complaints('git log -n', [unknown])).toEqual([]);
    expect(complaints('git log', [{ ...unknown, kind: 'partial', text: '--output=' }])).toEqual([]);
  });

  it('are all used or complained about, in any order', () => {
    const word = fc.constantFrom(
      ...'git log status -s -n 5 --oneline --output=a --weird -- a b -C d --out - -x push'.split(' '),
    );
    fc.assert(
      fc.property(
        fc.constantFrom('git', 'cp', 'grep', 'env', 'find', 'dd', 'jq', 'loose'),
        fc.array(word, { maxLength: 8 }),
        (name, words) => {
          const { uses: found, complaints: said, subcommand } = match([name, ...words].join(' '));
          const plain = words.filter((one) => /^[abd5]$/.test(one));
          const used = found.flatMap(({ argument, rest }) => (rest ?? [argument]).map((one) => one.text));
          if (said.length > 0) return;
          for (const one of plain) expect([...used, ...subcommand.split(' ')]).toContain(one);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
