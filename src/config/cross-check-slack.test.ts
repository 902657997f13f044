import { describe, expect, it } from 'vitest';
import { parseConfig, renderProblems } from './index.ts';

const SECRET = '8f742231b10e8888abcd99yyyzzz85a5';
const PEOPLE =
  '[[approvers.user]]\nid = "ann"\ncan_approve = ["*"]\n[[approvers.user]]\nid = "ben"\n[[approvers.agent]]\nid = "bot"\n';
const HOOK =
  '[approvals.webhooks]\nenabled = true\n[[approvals.webhooks.endpoint]]\nurl = "https://hooks.slack.com/services/x"\nevents = ["approval_required"]\n';
const problems = (slack: string, rest = `${PEOPLE}${HOOK}`): string[] => {
  const result = parseConfig([{ name: 'g', text: `[approvals.slack]\n${slack}\n${rest}` }], { SECRET });
  const found = result.ok ? result.loaded.problems : result.problems;
  return found.length === 0 ? [] : renderProblems(found).trim().split('\n');
};
const ON = 'buttons = true\nsigning_secret = "${SECRET}"';
const users = (...lines: string[]): string => ['[approvals.slack.users]', ...lines].join('\n');

describe('buttons in Slack', () => {
  it('are fine with a secret, somebody to click, and somewhere to show them', () => {
    expect(problems(`${ON}\n${users('U0123ABC = "ann"', 'W0456DEF = "ben"')}`)).toEqual([]);
    expect(problems('')).toEqual([]);
  });

  it.each([
    ['buttons = true', /^g:2:1: error: approvals\.slack\.buttons: needs signing_secret/],
    ['buttons = true\nsigning_secret = "${UNSET}"', /^g:3:1: warning: .*off, since the environment variable UNSET/],
    ['signing_secret = ""', /^g:2:1: error: .*signing_secret: expected the signing secret of a Slack app/],
    ['signing_secret = "too short"', /^g:2:1: error: .*signing_secret: expected the signing secret/],
    ['listen = "example.com:80"', /^g:2:1: error: .*listen: expected an address and a port/],
    [`${ON}\nlisten = "0.0.0.0:8787"`, /^g:4:1: warning: .*listens beyond this machine, and speaks no TLS/],
    [users('U0123ABC = "nan"'), /^g:3:1: error: .*users\.U0123ABC: "nan" is no .*\(did you mean ann\?\)/],
    [users('U0123ABC = "bot"'), /^g:3:1: error: .*users\.U0123ABC: "bot" is an agent, and a click is a person’s/],
    [users('U0123ABC = "ann"', 'U0456DEF = "ann"'), /^g:4:1: error: .*U0456DEF: "ann" is U0123ABC already/],
    [users('U0123ABC = ""'), /^g:3:1: error: .*U0123ABC: expected a text that is not empty/],
    [users('ann = "ann"'), /^g:3:1: error: .*"ann" is no id of a Slack user/],
    ['button = true', /^g:2:1: error: .*unknown key "button" \(did you mean buttons\?\)/],
  ])('with %j', (slack, expected) => {
    const more = slack.includes('[approvals.slack.users]') ? '' : `\n${users('U0123ABC = "ann"')}`;
    const found = problems(`${slack}${more}`);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(expected);
    expect(found.join()).not.toContain('too short');
  });

  it('that can have no effect are warned about', () => {
    const of = (slack: string, rest?: string) => problems(slack, rest).map((line) => line.replace(/^.*warning: /, ''));
    expect(of(ON)).toEqual([expect.stringMatching(/^approvals.slack.buttons: has no effect: users names nobody/)]);
    const nobody = [expect.stringMatching(/^approvals.slack.buttons: has no effect: no .* that is on is Slack’s/)];
    const on = `${ON}\n${users('U0123ABC = "ann"')}`;
    expect(of(on, PEOPLE)).toEqual(nobody);
    expect(of(on, `${PEOPLE}${HOOK.replace('true', 'false')}`)).toEqual(nobody);
    expect(of(on, `${PEOPLE}${HOOK}format = "json"\n`)).toEqual(nobody);
  });
});
