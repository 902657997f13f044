import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, canonicalString } from './canonical-json.ts';
import type { Json } from './json.ts';

describe('canonical JSON', () => {
  it('writes the example of RFC 8785 §3.2.2 as the RFC does', () => {
    const input = JSON.parse(
      '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],' +
        '"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}',
    ) as Json;
    expect(canonicalJson(input)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it('sorts keys by UTF-16 code units, as RFC 8785 §3.2.3', () => {
    const keys = ['\u20ac', '\r', '\ufb33', '1', '\ud83d\ude00', '\u0080', '\u00f6'];
    const text = canonicalJson(Object.fromEntries(keys.map((key) => [key, 0])));
    expect(Object.keys(JSON.parse(text) as object)).toEqual([
      '1',
      '\r',
      '\u0080',
      '\u00f6',
      '\u20ac',
      '\ud83d\ude00',
      '\ufb33',
    ]);
  });

  it('writes strings as JSON.stringify does', () => {
    const any = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'binary-ascii' }),
    );
    fc.assert(
      fc.property(any, (text) => {
        expect(canonicalString(text)).toBe(JSON.stringify(text));
      }),
    );
    for (let code = 0; code < 0xffff; code += 1) {
      const text = String.fromCharCode(code);
      if (text.isWellFormed()) expect(canonicalString(text)).toBe(JSON.stringify(text));
    }
  });

  it('says the same of two values exactly when they are equal', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        const parsed = (v: unknown): Json => JSON.parse(JSON.stringify(v)) as Json;
        const same = canonicalJson(parsed(a)) === canonicalJson(parsed(b));
        expect(same).toBe(isEqual(parsed(a), parsed(b)));
      }),
    );
  });

  it('doesn’t depend on the order in which keys were set, and reads back as the value', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
        const value = JSON.parse(JSON.stringify(object)) as { [key: string]: Json };
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        expect(canonicalJson(reversed)).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(value);
      }),
    );
  });

  it('refuses what has no canonical form: NaN, infinity, lone surrogates, bottomless nesting', () => {
    expect(() => canonicalJson(Number.NaN)).toThrow(/no JSON form/);
    expect(() => canonicalJson([Number.POSITIVE_INFINITY])).toThrow(/no JSON form/);
    expect(() => canonicalJson({ a: '\ud800' })).toThrow(/lone surrogate/);
    expect(() => canonicalJson({ '\udc00': 1 })).toThrow(/lone surrogate/);
    let deep: Json = 0;
    for (let i = 0; i < 10_000; i += 1) deep = [deep];
    expect(() => canonicalJson(deep)).toThrow(/nested deeper/);
  });
});

function isEqual(a: Json, b: Json): boolean {
  try {
    expect(a).toEqual(b);
    return true;
  } catch {
    return false;
  }
}
