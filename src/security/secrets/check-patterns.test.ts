import { describe, expect, it } from 'vitest';
import { checkSecretPatterns } from './check-patterns.ts';

const entry = (pattern: string, match: string[] = [], noMatch: string[] = []) => ({ pattern, match, noMatch });

describe('secret patterns at load', () => {
  it('pass where they are RE2 syntax and their examples hold', () => {
    expect(checkSecretPatterns([entry('AKIA[0-9A-Z]{16}'), entry('ke+y', ['my keey'], ['ky'])])).toEqual([]);
  });

  it.each(['(', 'a**', '(?<=x)y', '(?P<n', '\\1', '[z-a]', 'x{2,1}'])('%j is refused: no RE2 syntax', (pattern) => {
    expect(checkSecretPatterns([entry('ok'), entry(pattern)])).toMatchObject([{ index: 1 }]);
  });

  it('are refused where an example doesn’t hold', () => {
    const [first, second] = checkSecretPatterns([entry('key', ['nothing'], ['a key'])]);
    expect(first?.message).toBe('"key" does not match its example "nothing"');
    expect(second?.message).toBe('"key" matches "a key", which stands under no_match');
  });
});
