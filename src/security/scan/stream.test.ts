import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFileScanner, type ScanFinding, scanRules } from './scan-bytes.ts';

const example = (id: string): string =>
  scanRules()
    .find((rule) => rule.id === id)!
    .yes()[0]!
    .join('');
const entry = (pattern: string) => ({ pattern, match: [], noMatch: [] });
const scanner = createFileScanner('key', [entry('(?i)corp-[a-z0-9]{8}'), entry('zz[a-z]+zz')]);

function inPieces(bytes: Buffer, sizes: readonly number[]): ScanFinding[] {
  const stream = scanner.stream();
  const found: ScanFinding[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length]!;
    found.push(...stream.push(bytes.subarray(at, at + size)));
    at += size;
  }
  return [...found, ...stream.end()];
}

describe('what comes in pieces', () => {
  // More than is held back and gathered, so that pieces are really cut.
  const filler = (n: number): string => 'the quick brown fox = jumps é\n'.repeat(n);
  const wide = '0123456789 '.repeat(20_000);
  const text =
    `${filler(4000)}k = ${example('github-token')}\n${filler(5000)}${example('private-key')}\n` +
    `${filler(6000)}${example('slack-token')} ${example('npm-token')} ggen:allow-secret\n` +
    `${wide}${example('npm-token')} ${wide} é ${wide}${example('jwt')} ${wide}\n${filler(3000)}corp-abcdef12 zzyyyyzz\n`;
  const bytes = Buffer.from(text);
  const whole = scanner.scan(bytes);

  it('is found as at once, with the same lines and columns, wherever it is cut', () => {
    expect(whole.map(({ rule }) => rule)).toEqual([
      ...['github-token', 'private-key', 'npm-token', 'jwt', 'secret_patterns[0]', 'secret_patterns[1]'],
    ]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1000, max: 600_000 }), { minLength: 1, maxLength: 5 }), (sizes) => {
        expect(inPieces(bytes, sizes)).toEqual(whole);
      }),
      { numRuns: 12 },
    );
  });

  it('is found where the cut is anywhere in a secret', () => {
    const secret = example('github-token');
    const before = filler(10_000);
    for (let cut = 0; cut <= secret.length; cut += 3) {
      const start = Buffer.byteLength(before);
      const found = inPieces(Buffer.from(`${before}${secret}\n${filler(10_000)}`), [start + cut]);
      expect(found.map(({ rule, line, column }) => [rule, line, column])).toEqual([['github-token', 10_001, 1]]);
    }
  });

  it('may be pieces of one byte, or nothing at all', () => {
    const short = Buffer.from(`a\n ${example('npm-token')}\n`);
    expect(inPieces(short, [1])).toEqual(scanner.scan(short));
    expect(scanner.stream().end()).toEqual([]);
  });
});
