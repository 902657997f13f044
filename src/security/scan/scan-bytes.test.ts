import { describe, expect, it } from 'vitest';
import { createFileScanner, scanRules } from './scan-bytes.ts';

const scanner = createFileScanner('key');
const example = (id: string): string =>
  scanRules()
    .find((rule) => rule.id === id)!
    .yes()[0]!
    .join('');

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

  it('is left out where a comment in front of it on its line says so, within a bound', () => {
    const secret = example('npm-token');
    expect(scanner.scan(Buffer.from(`/* ggen:allow-secret */ ${secret}`))).toEqual([]);
    expect(scanner.scan(Buffer.from(`ggen:allow-secret\n${secret}`))).toHaveLength(1);
    expect(scanner.scan(Buffer.from(`ggen:allow-secret ${' '.repeat(4096)}${secret}`))).toHaveLength(1);
  });

  it('counts columns as editors do, also for the second on a line', () => {
    const secret = example('npm-token');
    const text = `x\né😀 ${secret} é ${secret}`;
    expect(scanner.scan(Buffer.from(text)).map(({ line, column }) => [line, column])).toEqual([
      [2, 5],
      [2, 5 + secret.length + 3],
    ]);
  });

  it('of a format is not told again as an assignment', () => {
    expect(scanner.scan(Buffer.from(`api_key = "${example('stripe-key')}"`)).map(({ rule }) => rule)).toEqual([
      'stripe-key',
    ]);
  });
});
