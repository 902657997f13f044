import { expect, it } from 'vitest';
import { checkProgramTables } from './check-tables.ts';

it('a line that can be read is no problem', () => {
  expect(checkProgramTables({ terraform: ['plan ok -out=WRITE -var=TEXT', 'apply ask : READ'] })).toEqual([]);
});

it.each([
  ['plan', 'is missing'],
  ['plan ok -out=NOWHERE', 'is no option'],
  ['plan ok : NOTHING', 'is no operand'],
  ['plan ok -a -a', 'stands twice'],
  ['plan ok : READ* WRITE*', 'only one operand'],
])('%s: %s', (line, why) => {
  const [problem] = checkProgramTables({ terraform: ['apply ask', line] });
  expect(problem).toMatchObject({ program: 'terraform', index: 1 });
  expect(problem!.message).toContain(why);
});

it.each([
  ['tf', ['graph ok', 'graph deny'], '"graph" has a line already'],
  ['tf', ['a|b ok', 'b ask'], '"b" has a line already'],
  ['tf', ['ok', 'ask'], 'the program itself has a line already'],
  ['/opt/tf', ['ok'], 'without a folder'],
  ['tf', ['plan ok out'], 'write -out, --out or out=KIND'],
] as const)('%s: %j', (program, lines, why) => {
  expect(
    checkProgramTables({ [program]: lines })
      .map(({ message }) => message)
      .join(),
  ).toContain(why);
});
