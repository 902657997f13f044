import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { join, type PathStep, splitPath } from './key-path.ts';

const step = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 6 }),
  fc.constantFrom('a', 'b-c', 'd.e', '"', '\\', '[0]', '', '__proto__', ' '),
  fc.nat({ max: 9999 }),
);
const render = (steps: readonly PathStep[]): string =>
  steps.reduce<string>((path, one) => (typeof one === 'number' ? `${path}[${one}]` : join(path, one)), '');

describe('a path', () => {
  it('is split into the steps that it was joined from', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 4 }), fc.array(step, { maxLength: 5 }), (first, rest) => {
        expect(splitPath(render([first, ...rest]))).toEqual({ steps: [first, ...rest], whole: true });
      }),
    );
  });

  it.each<[string, PathStep[]]>([
    ['', []],
    ['.a', []],
    ['a..b', ['a']],
    ['a.', ['a']],
    ['a b', ['a']],
    ['a[x]', ['a']],
    ['a[0', ['a']],
    ['a."b', ['a']],
    ['a"b"', ['a']],
    ['a."\\q"', ['a']],
  ])('that is none is split as far as it goes: %j', (path, steps) => {
    expect(splitPath(path)).toEqual({ steps, whole: false });
  });
});
