import { describe, expect, it } from 'vitest';
import { createFileScanner } from './scan-bytes.ts';

const entry = (pattern: string) => ({ pattern, match: [], noMatch: [] });
const places = (patterns: readonly string[], text: string | Buffer): (string | number)[][] =>
  createFileScanner('key', patterns.map(entry))
    .scan(Buffer.from(text))
    .map(({ rule, line, column }) => [rule, line, column]);

describe('patterns of the configuration', () => {
  it('are found in files, each match with its place', () => {
    const text = 'é corp-abcdef12\nCORP-00000000 1234-5678';
    expect(places(['(?i)corp-[a-z0-9]{8}', '[0-9]{4}-[0-9]{4}'], text)).toEqual([
      ['secret_patterns[0]', 1, 3],
      ['secret_patterns[0]', 2, 1],
      ['secret_patterns[1]', 2, 15],
    ]);
    expect(places(['(?i)corp-[a-z0-9]{8}'], 'nothing')).toEqual([]);
    expect(places(['corp-[a-z0-9]{8}'], 'corp-abcdef12 # ggen:allow-secret')).toEqual([]);
  });

  it('that hang on where the text begins or ends see all of it', () => {
    expect(places(['^corp-[a-z]+'], 'corp-a\ncorp-b')).toEqual([['secret_patterns[0]', 1, 1]]);
    expect(places(['(?m)^corp-[a-z]+$'], 'corp-a\nx corp-b\ncorp-c')).toEqual([
      ['secret_patterns[0]', 1, 1],
      ['secret_patterns[0]', 3, 1],
    ]);
  });

  it('are found where a letter beyond ASCII counts as one of theirs', () => {
    expect(places(['(?i)pass-[a-z]{4}'], 'pa\u017f\u017f-abcd')).toEqual([['secret_patterns[0]', 1, 1]]);
    expect(places(['(?i)ok-[a-z]{4}'], 'o\u212a-abcd')).toEqual([['secret_patterns[0]', 1, 1]]);
  });

  it('are found in text that is not UTF-8', () => {
    const text = Buffer.concat([Buffer.from([0xff, 0xe9, 0x20]), Buffer.from('corp-abcd1 '), Buffer.from([0xfe])]);
    expect(createFileScanner('key', [entry('corp-[^x]{5}')]).scan(text)).toHaveLength(1);
  });

  it('of which our parser knows nothing see every text', () => {
    expect(places(['\\pL{3}-geheim'], 'äöü-geheim')).toEqual([['secret_patterns[0]', 1, 1]]);
  });

  it('do not tell again what our own rules tell, nor twice what two of them match', () => {
    const token = `gh${'p'}_${'Ab3dEfGh2jKlMn4pQrStUv6xYz01aB'}`;
    const found = places(['gh[a-z]_[A-Za-z0-9]+', 'corp-[a-z]{4}', 'corp-[a-z]{2}'], `${token}0000000 corp-abcd`);
    expect(found.at(-1)).toEqual(['secret_patterns[1]', 1, expect.any(Number)]);
    expect(found).toHaveLength(2);
  });

  it('that would stall another engine take no longer', () => {
    expect(places(['(a+)+$'], `${'a'.repeat(5000)}b`)).toEqual([]);
    expect(places(['xy(a+)+b'], `xy${'a'.repeat(50_000)}`)).toEqual([]);
  });
});
