import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LOOK_ALIKES } from './look-alikes.ts';
import { foldName, isSameName } from './same-name.ts';

const LETTERS = [
  ...Object.values(LOOK_ALIKES).join(''),
  ...'annbivkv..- \u0301\u0335\u05bf\u034f\u3164\u200bßſΝνΥυςΣᄀ가का',
];
const name = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ unit: fc.constantFrom(...LETTERS), maxLength: 8 }),
);

describe('the folding of names', () => {
  it('is idempotent, for every character that isn’t one of thousands alike, and for texts of them', () => {
    for (let code = 0; code <= 0x10ffff; code += 1) {
      const one = String.fromCodePoint(code);
      if (/[\p{Cn}\p{Co}\p{Script=Han}]/u.test(one)) continue;
      const folded = foldName(one);
      if (foldName(folded) !== folded) expect.fail(`U+${code.toString(16)}`);
    }
    fc.assert(
      fc.property(name, (one) => {
        expect(foldName(foldName(one))).toBe(foldName(one));
      }),
      { numRuns: 1000 },
    );
  });

  it('makes an equivalence', () => {
    fc.assert(
      fc.property(name, name, name, (a, b, c) => {
        expect(isSameName(a, a)).toBe(true);
        expect(isSameName(a, b)).toBe(isSameName(b, a));
        if (isSameName(a, b) && isSameName(b, c)) expect(isSameName(a, c)).toBe(true);
        expect(isSameName(a, foldName(a))).toBe(true);
      }),
    );
  });

  it('doesn’t see case, nor what is not seen', () => {
    const word = fc.stringMatching(/^[a-z]{1,8}$/);
    fc.assert(
      fc.property(
        word,
        fc.constantFrom('\u200b', '\ufe0f', '\u3164', '.', ' ', '\u034f'),
        fc.nat(8),
        (one, unseen, at) => {
          expect(foldName(one)).toBe(one);
          expect(isSameName(one.toUpperCase(), one)).toBe(true);
          expect(isSameName(one.slice(0, at) + unseen + one.slice(at), one)).toBe(true);
        },
      ),
    );
  });

  it('takes a letter for the Latin one that it looks like', () => {
    for (const [latin, all] of Object.entries(LOOK_ALIKES)) {
      for (const one of all) expect([one, foldName(`b${one}b`)]).toEqual([one, `b${latin}b`]);
    }
  });
});
