import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BLOCK, OWN_TEXTS, packBlocks, unpackBlock } from './index.ts';

const text = fc.oneof(
  fc.constant(null),
  fc.string({ unit: 'grapheme' }),
  fc.string({ minLength: 30_000, maxLength: 31_000 }),
);
const entry = fc.tuple(text, text, text, text, text, text);

it('gives back what was packed, in blocks that follow one another', () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 50 }), (entries) => {
      const blocks = packBlocks(entries);
      expect(blocks.flatMap(({ block }) => unpackBlock(block))).toEqual(entries);
      let next = 0;
      for (const { first, block } of blocks) {
        expect(first).toBe(next);
        const { length } = unpackBlock(block);
        expect(length).toBeGreaterThan(0);
        expect(length).toBeLessThanOrEqual(BLOCK);
        next += length;
      }
    }),
    { numRuns: 15 },
  );
});

it('closes a block that is long before it is full', () => {
  const long = OWN_TEXTS.map(() => 'x'.repeat(11_000));
  expect(packBlocks([long, long, long]).map(({ first }) => first)).toEqual([0, 1, 2]);
});

it('takes nothing for a block that is none', () => {
  const deflated = (value: unknown): Uint8Array => deflateRawSync(JSON.stringify(value));
  for (const none of [
    new Uint8Array(),
    Buffer.from('plain'),
    deflated({}),
    deflated([['a']]),
    deflated([[1, 2, 3, 4, 5, 6]]),
  ])
    expect(() => unpackBlock(none)).toThrow();
  expect(() => unpackBlock(deflateRawSync('['.padEnd(17 * 1024 * 1024)))).toThrow();
});
