import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type InputLine, readLines } from './line-reader.ts';

async function linesOf(chunks: readonly Buffer[], max: number): Promise<InputLine[]> {
  const lines: InputLine[] = [];
  for await (const line of readLines(Readable.from(chunks), max)) lines.push(line);
  return lines;
}

describe('the lines of a stream', () => {
  it('are the same however it is cut into chunks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: fc.constantFrom('a', 'é', '\n', '😀') }),
        fc.infiniteStream(fc.integer({ min: 1, max: 5 })),
        async (text, sizes) => {
          const bytes = Buffer.from(text);
          const chunks: Buffer[] = [];
          for (let at = 0; at < bytes.length; ) {
            const size = sizes.next().value as number;
            chunks.push(bytes.subarray(at, at + size));
            at += size;
          }
          const expected = text.split('\n');
          if (expected.at(-1) === '') expected.pop();
          expect(await linesOf(chunks, 1000)).toEqual(expected.map((line) => ({ text: line })));
        },
      ),
    );
  });

  it('over the limit are reported and dropped; the next line is read again', async () => {
    const chunks = Array.from({ length: 100 }, () => Buffer.alloc(1000, 'x'));
    chunks.push(Buffer.from('\nok\n'));
    expect(await linesOf(chunks, 5000)).toEqual([{ tooLong: true }, { text: 'ok' }]);
    expect(await linesOf([Buffer.alloc(5001, 'x')], 5000)).toEqual([{ tooLong: true }]);
    expect(await linesOf([Buffer.alloc(5000, 'x')], 5000)).toEqual([{ text: 'x'.repeat(5000) }]);
  });
});
