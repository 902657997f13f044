import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPatternScanner } from './own-patterns.ts';
import { createFileScanner, SCAN_RULES } from './scan-bytes.ts';

const scanner = createFileScanner('key');
const example = (id: string): string => SCAN_RULES.find((rule) => rule.id === id)!.yes[0]!.join('');

describe('a finding', () => {
  it('says the line and the column, and never the secret', () => {
    const secret = example('github-token');
    const [finding] = scanner.scan(Buffer.from(`a\nbé\n  x = ${secret}\n`));
    expect(finding).toMatchObject({ rule: 'github-token', line: 3, column: 7 });
    expect(JSON.stringify(finding)).not.toContain(secret.slice(6, 20));
  });

  it('has the same fingerprint for the same secret under the same key, and another under another', () => {
    const text = Buffer.from(example('npm-token'));
    const of = (key: string): string | undefined => createFileScanner(key).scan(text)[0]?.fingerprint;
    expect(of('a')).toBe(of('a'));
    expect(of('a')).not.toBe(of('b'));
  });

  it('is left out where its line says that it was looked at', () => {
    const secret = example('npm-token');
    expect(scanner.scan(Buffer.from(`${secret} // ggen:allow-secret\n${secret}`)).map(({ line }) => line)).toEqual([2]);
  });

  it('of a format is not told again as an assignment', () => {
    expect(scanner.scan(Buffer.from(`api_key = "${example('stripe-key')}"`)).map(({ rule }) => rule)).toEqual([
      'stripe-key',
    ]);
  });
});

describe('what comes in pieces', () => {
  const filler = (n: number): string => 'the quick brown fox = jumps\n'.repeat(n);

  it('is found wherever it is cut, with the same lines', () => {
    const text = `${filler(400)}k = ${example('github-token')}\n${filler(300)}${example('private-key')}\n${filler(600)}${example('slack-token')} ${example('npm-token')}\n`;
    const whole = scanner.scan(Buffer.from(text));
    expect(whole.map(({ rule }) => rule)).toEqual(['github-token', 'private-key', 'slack-token', 'npm-token']);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1, maxLength: 12 }), (sizes) => {
        const bytes = Buffer.from(text);
        const stream = scanner.stream();
        const found = [];
        for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
          const size = sizes[turn % sizes.length]!;
          found.push(...stream.push(bytes.subarray(at, at + size)));
          at += size;
        }
        found.push(...stream.end());
        expect(found.map(({ rule, line, fingerprint }) => ({ rule, line, fingerprint }))).toEqual(
          whole.map(({ rule, line, fingerprint }) => ({ rule, line, fingerprint })),
        );
      }),
      { numRuns: 40 },
    );
  });
});

describe('patterns of the configuration', () => {
  const entry = (pattern: string) => ({ pattern, match: [], noMatch: [] });
  it('are found by the linear engine, each match with its place', () => {
    const own = createPatternScanner([entry('(?i)corp-[a-z0-9]{8}'), entry('[0-9]{4}-[0-9]{4}')], 'key');
    expect(
      own
        .scan(Buffer.from('é corp-abcdef12\nCORP-00000000 1234-5678'))
        .map(({ rule, line, column }) => [rule, line, column]),
    ).toEqual([
      ['secret_patterns[0]', 1, 3],
      ['secret_patterns[0]', 2, 1],
      ['secret_patterns[1]', 2, 15],
    ]);
    expect(own.scan(Buffer.from('nothing'))).toEqual([]);
    expect(own.scan(Buffer.from('corp-abcdef12 # ggen:allow-secret'))).toEqual([]);
  });

  it('that would stall another engine take no longer', () => {
    const own = createPatternScanner([entry('(a+)+$')], 'key');
    expect(own.scan(Buffer.from(`${'a'.repeat(5000)}b`))).toEqual([]);
  });
});
