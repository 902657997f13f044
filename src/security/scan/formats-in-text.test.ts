import { expect, it } from 'vitest';
import { formatsInText } from './formats-in-text.ts';
import { structureRules } from './rules/structures.ts';
import { tokenRules } from './rules/tokens.ts';

const found = (text: string): string[] => formatsInText(text).map(({ rule }) => rule.id);

it.each([...tokenRules(), ...structureRules()].map((rule) => [rule.id, rule] as const))(
  '%s is found in short texts and in long ones',
  (id, rule) => {
    for (const parts of rule.yes()) {
      const text = parts.join('');
      expect(found(`x\n${text}\ny`)).toContain(id);
      expect(found(`${'x\n'.repeat(20_000)}${text}\né`)).toContain(id);
      expect(found(`İ ${text}`.replace(' ', '\n'))).toContain(id);
    }
  },
);

it('says where, in the units of the text', () => {
  const text = `é😀 ${tokenRules()
    .find(({ id }) => id === 'npm-token')!
    .yes()[0]!
    .join('')}!`;
  expect(formatsInText(text)).toMatchObject([{ start: 4, end: text.length - 1 }]);
  expect(formatsInText('a plain text')).toEqual([]);
});
