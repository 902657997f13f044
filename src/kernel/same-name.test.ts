import { describe, expect, it } from 'vitest';
import { isSameName, whyNoName } from './same-name.ts';

const UNSEEN = [0x3164, 0x115f, 0x1160, 0xffa0, 0x2800, 0xfe0f, 0xa0, 0x34f, 0x200b, 0x2060, 0xad, 0x180b, 0xe0100];

describe('names that a person takes for the same', () => {
  it.each([
    'ann ',
    ' ann',
    'ann.',
    'ANN',
    'a-n_n',
    'ａｎｎ',
    '\u0430nn', // Cyrillic а
    '\u0410NN',
    '\u0391\u039d\u039d', // Greek, all of it
    '\u13aann', // Cherokee Ꭺ
    'a\u0578n', // Armenian ո
    'ann\u0335', // a stroke through it, which makes no letter of its own
    '\u05bfann',
    ...UNSEEN.map((code) => `an${String.fromCodePoint(code)}n${String.fromCodePoint(code)}`),
  ])('%j is ann', (name) => {
    expect(isSameName(name, 'ann')).toBe(true);
    expect(isSameName(`team/${name}/7`, 'TEAM-ANN-7')).toBe(true);
  });

  it.each([
    ['Вася', 'ВАСЯ'],
    ['Νίκος', 'νίκοσ'],
    ['νικη', 'ΝΙΚΗ'],
    ['νera', 'vera'],
    ['ΝICK', 'nick'],
    ['Straße', 'STRASSE'],
    ['a\u034f\u0301', 'á'],
    ['\u1100.\u1161', '가'],
  ])('%j is %j', (a, b) => expect(isSameName(a, b)).toBe(true));
});

describe('names of two people', () => {
  it.each([
    ['ann', 'anna'],
    ['ann', 'ánn'],
    ['nick', 'vick'],
    ['user1', 'user2'],
    ['कि', 'की'], // told apart by their vowel signs
    ['李', '王'],
    // of nothing that folds, what stands there
    ['.', '..'],
    ['', '.'],
    ['\u200b', ''],
  ])('%j is not %j', (a, b) => expect(isSameName(a, b)).toBe(false));
});

describe('what is no name', () => {
  it.each<[unknown, string]>([
    [7, 'is no text'],
    [undefined, 'is no text'],
    ['', 'is empty'],
    [' \u00a0', 'is empty'],
    ['a'.repeat(201), 'is longer than 200 characters'],
    ['ann ', 'starts or ends with a blank'],
    [' ann', 'starts or ends with a blank'],
    ...[
      '\n',
      '\t',
      '\u001b',
      '\u0085',
      '\u2028',
      '\u202e',
      '\ud800',
      ...UNSEEN.map((c) => String.fromCodePoint(c)),
    ].map((one): [unknown, string] => [`a${one}b`, 'holds a character that nobody sees']),
  ])('%j %s', (name, why) => expect(whyNoName(name)).toBe(why));

  it.each(['ann', 'Ann Lee', 'team/bot-7', 'Вася', 'ánn', '李', 'a'.repeat(200)])('but %j is one', (name) =>
    expect(whyNoName(name)).toBeUndefined(),
  );
});
