import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isGgenError } from './errors.ts';
import { assertMembers, assertOneOf } from './members.ts';

const MEMBERS = {
  a: 'string',
  b: 'number?',
  c: 'strings?',
  d: 'boolean',
  e: 'function?',
  f: 'object?',
  g: 'list?',
} as const;
const whyNot = (given: unknown): string | undefined => {
  try {
    assertMembers('it', given, MEMBERS);
    return undefined;
  } catch (error) {
    if (!isGgenError(error)) throw error;
    expect(error.code).toBe('INPUT_INVALID');
    return error.message;
  }
};
const whole = { a: '', b: 0, c: ['x'], d: false, e: () => 1, f: {}, g: [] };

it('whatever a program hands in is taken, or refused by its member', () => {
  fc.assert(fc.property(fc.anything(), (given) => void whyNot(given)));
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(MEMBERS)), fc.anything(), (name, value) => {
      const why = whyNot({ ...whole, [name]: value });
      if (why !== undefined) expect(why).toMatch(new RegExp(`^it: ${name} (is missing|must be) `));
    }),
  );
});

it.each([
  [whole, undefined],
  [{ a: 'x', d: true }, undefined],
  [undefined, 'it: must be an object'],
  [null, 'it: must be an object'],
  [[], 'it: must be an object'],
  [{ d: true }, 'it: a is missing (it is a string)'],
  [{ a: 7, d: true }, 'it: a must be a string'],
  [{ a: 'x' }, 'it: d is missing (it is true or false)'],
  [{ ...whole, d: 'no' }, 'it: d must be true or false'],
  [{ ...whole, b: null }, 'it: b must be a number'],
  [{ ...whole, c: 'x' }, 'it: c must be a list of strings'],
  [{ ...whole, c: [7] }, 'it: c must be a list of strings'],
  [{ ...whole, e: {} }, 'it: e must be a function'],
  [{ ...whole, f: [] }, 'it: f must be an object'],
  [{ ...whole, g: {} }, 'it: g must be a list'],
])('%j', (given, why) => expect(whyNot(given)).toBe(why));

it('one of several words is one of them', () => {
  assertOneOf('word', 'a', ['a', 'b']);
  expect(() => assertOneOf('word', 'x\n', ['a', 'b'])).toThrow('word must be "a" or "b", not "x\\\\u{a}"');
  for (const value of [undefined, null, 7, ['a']])
    expect(() => assertOneOf('word', value, ['a', 'b'])).toThrow(/^word must be "a" or "b"$/);
});
