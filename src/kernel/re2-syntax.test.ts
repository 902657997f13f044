import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import { parseRe2 } from './re2-syntax.ts';

describe('RE2 patterns', () => {
  it.each([
    '(?i)(api[_-]?key|apikey)\\s*[:=]\\s*[\'"]?([a-zA-Z0-9_-]{20,})[\'"]?',
    '-----BEGIN (RSA |DSA )?PRIVATE KEY-----',
    '(?P<a>x)(?<b>y)(?:z)(?i:w)(?-s:v)',
    '^\\bA{2,3}?[^a-c\\d-]\\x41\\.$',
    'a(?i)b|c',
    '()',
  ])('%j is read', (pattern) => {
    expect(parseRe2(pattern)).toBeDefined();
    expect(() => RE2JS.compile(pattern)).not.toThrow();
  });

  it.each([
    '(',
    ')',
    '[',
    '[]',
    '[b-a]',
    '*a',
    'a**',
    'a{2}{3}',
    '(?=x)',
    '(?<!x)',
    '\\1',
    '\\',
    '(?P<a>x)(?P<a>y)',
    'a{1001}',
    '(?:a{500}){3}',
    'a{3,2}',
    '\\pL',
    '\\Qa\\E',
    '[[:alpha:]]',
    'é',
    '(?i',
    '(?z)x',
    '^*',
    '(?i)*',
    '{',
    '[a-\\d]',
  ])('%j is given up on', (pattern) => {
    expect(parseRe2(pattern)).toBeUndefined();
  });

  it('gives up on what is too deep or too long, without running out of stack', () => {
    expect(parseRe2('('.repeat(5000) + ')'.repeat(5000))).toBeUndefined();
    expect(parseRe2('a'.repeat(10_001))).toBeUndefined();
  });

  it('keeps case folding inside the group that asks for it', () => {
    const tree = parseRe2('(?:(?i)a)b');
    expect(tree).toMatchObject({ kind: 'sequence', items: [{ set: { fold: true } }, { set: { fold: false } }] });
  });

  it('accepts nothing that the engine refuses', () => {
    const bits = fc.constantFrom(
      ...'ab()[]{}|*+?^$\\.-,12:i<>PdswbBAzx0_~/ QEnU'.split(''),
      '(?i)',
      '(?:',
      '[^',
      '{2}',
      '{1,}',
      '{,2}',
      '\\w',
      '[a-z]',
      '(?P<n>',
    );
    fc.assert(
      fc.property(fc.array(bits, { minLength: 1, maxLength: 10 }), (list) => {
        const pattern = list.join('');
        if (parseRe2(pattern) !== undefined) RE2JS.compile(pattern);
      }),
      { numRuns: 5000 },
    );
  });
});
