import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseConfig } from '../config/index.ts';
import { STRATEGIES_BY_STRICTNESS } from '../model/approval.ts';
import { BUILTIN_OPERATIONS, type OperationClass } from '../model/operation.ts';
import { findingsOf, slackButtonsOf, whyNotRelayed } from './relayed-votes.ts';

const GRAVE: readonly OperationClass[] = ['destructive', 'high_risk'];

it('a click is enough only for what can be undone, takes one approval, and nothing was found about', () => {
  fc.assert(
    fc.property(
      fc.subarray([...BUILTIN_OPERATIONS], { minLength: 1 }),
      fc.constantFrom(...STRATEGIES_BY_STRICTNESS),
      fc.nat({ max: 2 }),
      (operations, strategy, findings) => {
        const isGrave = operations.some(({ classes }) => classes.some((one) => GRAVE.includes(one)));
        const may = !isGrave && strategy !== 'multi-approval' && findings === 0;
        expect(whyNotRelayed({ operations, strategy, findings }) === undefined).toBe(may);
      },
    ),
  );
});

it('what is said of findings counts, in whatever form', () => {
  expect([undefined, [], [{}], 'odd', null].map((findings) => findingsOf({ metadata: { findings } as never }))).toEqual(
    [0, 0, 1, 1, 1],
  );
});

it('buttons are on where they are wanted, signed, and somebody may click', () => {
  const users = '[approvals.slack.users]\nU0123ABC = "ann"\n[[approvers.user]]\nid = "ann"\n';
  const on = (text: string): boolean => {
    const parsed = parseConfig([{ name: 'a', text }], { SECRET: '0123456789abcdef' });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    return slackButtonsOf(parsed.loaded.config.approvals) !== undefined;
  };
  const slack = (buttons: boolean, variable = 'SECRET'): string =>
    `[approvals.slack]\nbuttons = ${buttons}\nsigning_secret = "\${${variable}}"\n`;
  expect(on(`${slack(true)}${users}`)).toBe(true);
  expect(on(`${slack(false)}${users}`)).toBe(false);
  expect(on(`${slack(true, 'UNSET')}${users}`)).toBe(false);
  expect(on(slack(true))).toBe(false);
});
