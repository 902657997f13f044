import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Argument } from '../shell/index.ts';
import { expandGlob } from './glob-names.ts';

const glob = (text: string, more: Partial<Argument> = {}): Argument => ({
  kind: 'glob',
  text,
  pos: 0,
  end: 1,
  ...more,
});

/** Folders of `/w` by their path. */
const FOLDERS: Readonly<Record<string, readonly string[]>> = {
  '/': ['w', 'etc'],
  '/w': ['a.ts', 'b.ts', 'c.js', '.env', 'd', 'e', '-rf', 'x y'],
  '/w/d': ['f.ts', '.git'],
  '/w/e': ['f.ts', 'g'],
};
const expand = (text: string, more: Partial<Argument> = {}, cwd = '/w'): string[] | undefined =>
  expandGlob(glob(text, more), cwd, (folder) => FOLDERS[folder])?.map(
    (one) => `${one.kind === 'literal' ? '' : '?'}${one.text}`,
  );

describe('a pattern stands for the names that match where it runs', () => {
  it.each([
    ['*.ts', ['a.ts', 'b.ts']],
    ['?.ts', ['a.ts', 'b.ts']],
    ['[ab].ts', ['a.ts', 'b.ts']],
    ['[!a].ts', ['b.ts']],
    ['[^a].ts', ['b.ts']],
    ['[a-b].*', ['a.ts', 'b.ts']],
    ['[]a].ts', ['a.ts']],
    ['[!]a].ts', ['b.ts']],
    ['*', ['a.ts', 'b.ts', 'c.js', 'd', 'e', '-rf', 'x y']],
    ['.*', ['.env']],
    ['\\.*', ['.env']],
    ['[.]*', ['[.]*']],
    ['d/*', ['d/f.ts']],
    ['*/f.ts', ['d/f.ts', 'e/f.ts']],
    ['*/g', ['e/g']],
    ['*/none', ['*/none']],
    ['*/', ['d/', 'e/']],
    ['*/..', ['a.ts/..', 'b.ts/..', 'c.js/..', 'd/..', 'e/..', '-rf/..', 'x y/..']],
    ['/w/*.js', ['/w/c.js']],
    ['../w/*.js', ['../w/c.js']],
    ['*.md', ['*.md']],
    ['\\*.md', ['*.md']],
    ['d/*.md', ['d/*.md']],
    ['none/*', undefined],
    ['**', undefined],
    ['**/*.ts', undefined],
    ['[a', undefined],
    ['[a*', undefined],
    ['[[:alpha:]]*', undefined],
    ['[a\\]]*', undefined],
  ])('%s: %j', (text, names) => expect(expand(text)).toEqual(names));

  it('which is nobody knows what where its names would be split again', () => {
    expect(expand('*.ts', { split: true })).toEqual(['a.ts', 'b.ts']);
    expect(expand('x*', { split: true })).toEqual(['?']);
    expect(expandGlob(glob('x*', { split: true }), '/w', (folder) => FOLDERS[folder])).toEqual([
      { kind: 'unknown', text: '', many: true, pos: 0, end: 1 },
    ]);
    expect(expand('x*')).toEqual(['x y']);
  });

  it('and more than 1000 names are not known', () => {
    const names = (count: number) => () => Array.from({ length: count }, (_, index) => `n${index}`);
    expect(expandGlob(glob('*'), '/w', names(1000))).toHaveLength(1000);
    expect(expandGlob(glob('*'), '/w', names(1001))).toBeUndefined();
  });
});

describe('matching', () => {
  const letter = fc.constantFrom('a', 'b', 'c', '.', '-', 'é', '😀');
  const name = fc.string({ unit: letter, minLength: 1, maxLength: 8 });
  type Piece = { readonly text: string; readonly fits: (c: string) => boolean; readonly many: boolean };
  const exactly = letter.map((c): Piece => ({ text: c, fits: (one) => one === c, many: false }));
  const one = fc.constant<Piece>({ text: '?', fits: () => true, many: false });
  const many = fc.constant<Piece>({ text: '*', fits: () => true, many: true });
  const set = fc
    .tuple(fc.boolean(), fc.uniqueArray(fc.constantFrom<string>('a', 'b', 'c', '.', 'é', '😀', ']'), { minLength: 1 }))
    .map(
      ([not, letters]): Piece => ({
        // A bracket in the set stands first, a dash not at all.
        text: `[${not ? '!' : ''}${letters.toSorted((a, b) => Number(b === ']') - Number(a === ']')).join('')}]`,
        fits: (c) => letters.includes(c) !== not,
        many: false,
      }),
    );
  const pattern = fc.array(fc.oneof(exactly, one, many, set), { minLength: 1, maxLength: 6 });

  const oracle = (pieces: readonly Piece[], letters: readonly string[]): boolean => {
    const [first, ...rest] = pieces;
    if (first === undefined) return letters.length === 0;
    if (first.many) return letters.some((_, at) => oracle(rest, letters.slice(at))) || oracle(rest, []);
    return letters[0] !== undefined && first.fits(letters[0]) && oracle(rest, letters.slice(1));
  };

  it('agrees with a naive oracle', () => {
    fc.assert(
      fc.property(pattern, fc.uniqueArray(name, { maxLength: 6 }), (pieces, names) => {
        const text = pieces.map((piece) => piece.text).join('');
        fc.pre(/[*?[]/.test(text) && text !== '**');
        const fine = names.filter((one) => (!one.startsWith('.') || text.startsWith('.')) && oracle(pieces, [...one]));
        expect(expandGlob(glob(text), '/w', () => names)?.map((one) => one.text)).toEqual(
          fine.length > 0 ? fine : [text],
        );
      }),
      { numRuns: 1000 },
    );
  });

  it('looks at each letter of a name a bounded number of times, however many stars there are', () => {
    let looked = 0;
    // Every letter that is compared is taken out of the name once.
    const counted = (length: number): string => {
      const text = new String('a'.repeat(length));
      return Object.assign(text, {
        *[Symbol.iterator]() {
          for (let at = 0; at < length; at += 1) {
            looked += 1;
            yield 'a';
          }
        },
      }) as unknown as string;
    };
    for (const length of [100, 200, 400]) {
      looked = 0;
      expandGlob(glob(`${'*a'.repeat(20)}b`), '/w', () => [counted(length)]);
      expect(looked).toBe(length);
    }
  });
});
