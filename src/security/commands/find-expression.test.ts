import { describe, expect, it } from 'vitest';
import type { Argument } from '../shell/index.ts';
import { readFind } from './find-expression.ts';

const literals = (text: string): Argument[] =>
  text === '' ? [] : text.split(' ').map((one) => ({ kind: 'literal', text: one, pos: 0, end: 0 }));
const unknown: Argument = { kind: 'unknown', text: '', many: true, pos: 0, end: 0 };

const uses = (text: string): string[] =>
  readFind(literals(text)).uses.map(({ kind, argument, rest }) =>
    [kind, ...(rest ?? [argument]).map((one) => (one.kind === 'literal' ? one.text : `${one.text}…`))].join(' '),
  );
const complaints = (args: readonly Argument[]): string[] =>
  readFind(args).complaints.map(({ verdict, reason }) => `${verdict} ${reason}`);

describe('a call of find', () => {
  it.each([
    ['', ['READ .']],
    ['a b -name *.ts', ['READ a', 'READ b']],
    ['-L a -type f', ['READ a']],
    ['. ( -name a -o -name b ) ! -path c -print0', ['READ .']],
    ['. -delete', ['READ .', 'DELETE .']],
    ['a b -name x -delete', ['READ a', 'READ b', 'DELETE a', 'DELETE b']],
    ['-name x -delete', ['READ .', 'DELETE .']],
    ['. -fprint out', ['READ .', 'WRITE out']],
    ['. -fls out', ['READ .', 'WRITE out']],
    ['. -fprintf out %p', ['READ .', 'WRITE out']],
    ['. -exec rm -f {} ;', ['READ .', 'COMMAND rm -f .']],
    ['a b -exec rm {} +', ['READ a', 'READ b', 'COMMAND rm a b']],
    ['a -execdir rm {} ;', ['READ a', 'COMMAND rm a']],
    ['a -exec mv {} {}.old ;', ['READ a', 'COMMAND mv a a…', 'TREE a']],
    ['a -name .env -exec cat {} ;', ['READ a', 'COMMAND cat a', 'READ a/.env']],
    ['a -name *.ts -exec cat {} +', ['READ a', 'COMMAND cat a', 'READ a/.ts']],
    ['a -not -name b -exec cat {} +', ['READ a', 'COMMAND cat a', 'TREE a']],
    ['a -exec cat + b {} +', ['READ a', 'COMMAND cat + b a', 'TREE a']],
    ['a -exec sh -c x ; -exec ls ;', ['READ a', 'COMMAND sh -c x', 'COMMAND ls']],
    ['a -exec rm {}', ['READ a', 'COMMAND rm a']],
    ['. -name -delete', ['READ .']],
    ['. -name -exec -delete', ['READ .', 'DELETE .']],
  ])('%j', (text, expected) => {
    expect(uses(text)).toEqual(expected);
    expect(complaints(literals(text))).toEqual([]);
  });

  it.each([
    ['. -weird', 'ask find -weird is not known'],
    ['. -files0-from f', 'ask where find starts comes out of a file'],
    ['. -ok rm {} ;', 'ask -ok waits for an answer'],
    ['. -okdir rm {} ;', 'ask -okdir waits for an answer'],
    ['. -execdir cat HEAD ;', 'ask -execdir runs in each folder below'],
    ['. -exec ;', 'ask -exec lacks its command'],
    ['. -exec', 'ask -exec lacks its command'],
    ['. -name a b', 'ask find b is not known'],
  ])('%j: %s', (text, complaint) => expect(complaints(literals(text))).toContain(complaint));

  it('that is not known before it runs is asked about', () => {
    expect(complaints([unknown])).toEqual(['ask a word that may be a part of the expression of find can not be known']);
    for (const args of [
      [...literals('.  -name'.replace('  ', ' ')), unknown],
      [...literals('. -print'), unknown],
      [...literals('. -print'), { ...unknown, many: false, kind: 'partial' as const, text: '-x' }],
    ])
      expect(complaints(args)).toEqual(['ask a part of the expression of find can not be known']);
    expect(complaints([...literals('. -name'), { ...unknown, many: false }])).toEqual([]);
  });
});
