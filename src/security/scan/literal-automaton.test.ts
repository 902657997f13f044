import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compileLiterals } from './literal-automaton.ts';

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'A', 'c', '_'), minLength: 1, maxLength: 4 });

it('finds what a plain search finds, in any cut', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(word, { minLength: 1, maxLength: 8 }),
      fc.string({ unit: fc.constantFrom('a', 'b', 'B', 'c', '_', 'é'), maxLength: 40 }),
      fc.nat(40),
      (literals, text, cut) => {
        const bytes = Buffer.from(text);
        const automaton = compileLiterals(literals);
        const found: string[] = [];
        const first = bytes.subarray(0, cut);
        const middle = automaton.run(first, automaton.start, (literal, end) => found.push(`${literal}@${end}`));
        automaton.run(bytes.subarray(cut), middle, (literal, end) => found.push(`${literal}@${first.length + end}`));
        const folded = bytes.toString('latin1').replace(/[A-Z]/g, (c) => c.toLowerCase());
        const expected: string[] = [];
        for (let end = 1; end <= folded.length; end += 1) {
          literals.forEach((literal, index) => {
            if (folded.slice(0, end).endsWith(literal.toLowerCase())) expected.push(`${index}@${end}`);
          });
        }
        expect(found.sort()).toEqual(expected.sort());
      },
    ),
  );
});

it('refuses an empty literal', () => {
  expect(() => compileLiterals([''])).toThrow('empty');
});
