import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldKey } from './json-keys.ts';
import { isExactNumber } from './json-number.ts';
import { type JsonScan, parseJson, scanJson } from './json-scan.ts';

const scan = (text: string | Uint8Array) => scanJson(typeof text === 'string' ? Buffer.from(text) : text);
const good = (text: string): JsonScan => {
  const result = scan(text);
  if (!result.ok) throw new Error(`${result.problem} at ${result.offset}`);
  return result;
};
const problem = (text: string | Uint8Array): string => {
  const result = scan(text);
  return result.ok ? 'accepted' : result.problem;
};

describe('the strict JSON scanner', () => {
  it('accepts what JSON.stringify writes, and counts its values', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const result = scan(JSON.stringify(value));
        expect(result).toMatchObject({ ok: true, inexactNumbers: false });
      }),
    );
    expect(good('{"a":[1,{"b":null}],"c":true}').values).toBe(6);
  });

  it('accepts nothing that JSON.parse refuses', () => {
    const bit = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"',
      '\\',
      '1',
      '-',
      '0',
      '.',
      'e',
      'true',
      'nul',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(bit, { maxLength: 12 }), (bits) => {
        const text = bits.join('');
        if (!scan(text).ok) return;
        expect(() => JSON.parse(text)).not.toThrow();
      }),
      { numRuns: 3000 },
    );
  });

  it('refuses what JSON.parse refuses and accepts the rest, repeated keys and depth apart', () => {
    const texts = [
      ...[
        '1',
        '-0',
        '0.5',
        '1e5',
        '1E+5',
        '-1.5e-3',
        '""',
        '"\\u00e9\\n"',
        '[]',
        '{}',
        ' [ 1 , 2 ] ',
        '{"a":{}}',
        'null',
      ],
      ...['', ' ', '01', '1.', '.5', '-', '+1', '1e', 'NaN', 'tru', 'truee', "'a'", '"a', '"\\x"', '"\\u12g4"', '"\t"'],
      ...[
        '[1,]',
        '[,1]',
        '{"a"}',
        '{"a":}',
        '{"a":1,}',
        '{a:1}',
        '[1 2]',
        '1 2',
        '{}{}',
        '[}',
        '\ufeff{}',
        '"\\',
        '"\\u1',
      ],
    ];
    for (const text of texts) {
      let parses = true;
      try {
        JSON.parse(text);
      } catch {
        parses = false;
      }
      expect([text, scan(text).ok]).toEqual([text, parses]);
    }
  });

  it('refuses a key that occurs twice, however it is spelt, at any depth', () => {
    expect(problem('{"method":1,"method":2}')).toBe('a key occurs twice in one object');
    expect(problem('{"method":1,"me\\u0074hod":2}')).toBe('a key occurs twice in one object');
    expect(problem('[{"x":{"é":1,"\\u00e9":2}}]')).toBe('a key occurs twice in one object');
    expect(problem('{"a":{"b":1},"c":{"b":1}}')).toBe('accepted');
    const many = Array.from({ length: 40 }, (_, i) => `"k${i}":0`).join(',');
    expect(problem(`{${many},"k39":1}`)).toBe('a key occurs twice in one object');
    expect(problem(`{${many}}`)).toBe('accepted');
  });

  it('reports keys that a lenient reader takes for one', () => {
    expect(good('{"path":1,"Path":2}').lookalikeKeys).toBe(true);
    expect(good('{"params":1,"param\u017f":2}').lookalikeKeys).toBe(true);
    expect(good('{"task":1,"tas\u212a":2}').lookalikeKeys).toBe(true);
    expect(good('{"a\\ud800":1,"a\\ufffd":2}').lookalikeKeys).toBe(true);
    expect(good('{"name\\u0000x":1}').lookalikeKeys).toBe(true);
    expect(good('{"path":1,"pathname":2,"p":{"Path":1}}').lookalikeKeys).toBe(false);
    const many = Array.from({ length: 40 }, (_, i) => `"k${i}":0`).join(',');
    expect(good(`{${many},"K7":1}`).lookalikeKeys).toBe(true);
    expect(foldKey('Method')).toBe(foldKey('method'));
  });

  it('reports half surrogate pairs', () => {
    expect(good('"\\ud83d\\ude00"').loneSurrogates).toBe(false);
    for (const text of ['"\\ud83d"', '"\\ude00"', '"\\ud83d\\u0041"', '"\\ud83dx"', '"\\ud83d\\ud83d\\ude00"']) {
      expect(good(text).loneSurrogates).toBe(true);
    }
  });

  it('reports numbers that do not survive being a double', () => {
    for (const text of ['9007199254740993', '1e400', '1e-400', '0.10000000000000000001', '-9007199254740993']) {
      expect([text, good(text).inexactNumbers]).toEqual([text, true]);
    }
    for (const text of ['9007199254740991', '1e5', '0', '-0', '0.30000000000000004', '123456789012345', '0e400']) {
      expect([text, good(text).inexactNumbers]).toEqual([text, false]);
    }
    expect(good('1'.repeat(200_000)).inexactNumbers).toBe(true);
  });

  it('never takes two different integers for one double', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }), fc.bigInt({ min: 1n, max: 5000n }), (a, step) => {
        const [x, y] = [String(a), String(a + step)];
        if (isExactNumber(x) && isExactNumber(y)) expect(Number(x)).not.toBe(Number(y));
      }),
    );
  });

  it('refuses bytes that are not UTF-8', () => {
    expect(problem(Buffer.from([0x22, 0xff, 0x22]))).toBe('not valid UTF-8');
    expect(problem(Buffer.from([0x22, 0xc0, 0xa2, 0x22]))).toBe('not valid UTF-8'); // an overlong quote
    expect(problem(Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]))).toBe('not valid UTF-8'); // a surrogate
  });

  it('refuses nesting beyond the limit without recursing into it', () => {
    expect(problem('['.repeat(128) + ']'.repeat(128))).toBe('accepted');
    expect(problem('['.repeat(129) + ']'.repeat(129))).toBe('nested deeper than 128 levels');
    expect(problem('{"a":'.repeat(5_000_000))).toBe('nested deeper than 128 levels');
  });

  it('refuses objects and batches with too many members', () => {
    const limits = { maxMembers: 3 };
    const ok = (text: string) => scanJson(Buffer.from(text), limits).ok;
    expect([ok('[1,2,3]'), ok('[1,2,3,4]')]).toEqual([true, false]);
    expect([ok('[[1,2,3,4]]'), ok('{"a":1,"b":1,"c":1}'), ok('[{"a":1,"b":1,"c":1,"d":1}]')]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('says where the outermost members stand', () => {
    const text = '{ "id" : 7 , "méthod":"x", "p":{"a":[1]} }';
    const bytes = Buffer.from(text);
    const parts = good(text).members.map(({ key, start, end }) => [key, bytes.toString('utf8', start, end)]);
    expect(parts).toEqual([
      ['id', '7'],
      ['méthod', '"x"'],
      ['p', '{"a":[1]}'],
    ]);
    expect(good('[1, {"a":2}]').members.map(({ start, end }) => '[1, {"a":2}]'.slice(start, end))).toEqual([
      '1',
      '{"a":2}',
    ]);
    expect(good('5')).toMatchObject({ kind: 'scalar', members: [] });
  });

  it('reads a value, or says what is wrong and where', () => {
    expect(parseJson('{"a":[1,"é"]}')).toEqual({ a: [1, 'é'] });
    expect(() => parseJson('{"a":1,"a":2}')).toThrow('a key occurs twice in one object, at byte 10');
    expect(() => parseJson('"\ud800"')).toThrow('half a surrogate pair');
  });
});
