import { describe, expect, it } from 'vitest';
import { parseConfig, renderProblems } from './index.ts';

const problems = (text: string): string[] => {
  const result = parseConfig([{ name: 'g', text }], {});
  const found = result.ok ? result.loaded.problems : result.problems;
  return found.length === 0 ? [] : renderProblems(found).trim().split('\n');
};
const user = (id: string, role: string, scope = '*'): string =>
  `[[approvers.user]]\nid = "${id}"\nrole = "${role}"\ncan_approve = ["${scope}"]\n`;

describe('what is said of one operation', () => {
  it('has no effect where there is none of that name', () => {
    expect(problems('[approvals.operations.delete_fle]\nstrategy = "single-approval"\n')).toEqual([
      'g:1:1: warning: approvals.operations.delete_fle: there is no operation "delete_fle": this has no effect (did you mean delete_file?)',
    ]);
  });

  it('lets nothing grave approve itself, nor a timer approve it unless the configuration accepts that in words', () => {
    const said = (strategy: string) => `[approvals.operations.delete_file]\nstrategy = "${strategy}"\n`;
    expect(problems(said('auto-approval'))[0]).toMatch(/^g:2:1: error: .*class destructive can not approve themselves/);
    expect(problems(said('time-based-approval'))[0]).toMatch(/^g:2:1: error: .*a timer may not approve/);
    const accepted = `[approvals]\naccept_timer_for_destructive = true\n${said('time-based-approval')}`;
    expect(problems(accepted)).toEqual([expect.stringMatching(/^g:4:1: warning: .*a timer that nobody stops/)]);
  });

  it('is told where those who are there can’t give it', () => {
    const text = `[approvals.operations.call_tool]\nstrategy = "multi-approval"\nmin_approvers = 3\n${user('ann', '')}${user('ben', '')}`;
    expect(problems(text)).toEqual([
      "g:2:1: warning: approvals.operations.call_tool.strategy: can't be reached for call_tool: 3 approvals are needed and 2 may be given (ann, ben); requests are refused at once",
    ]);
  });
});

describe('a quorum by role', () => {
  const multi = (roles: string) =>
    `[approvals.strategies]\nexternal_calls = "multi-approval"\n[approvals.multi-approval]\nmin_approvers = 1\nquorum_percentage = 0.1\nroles = { ${roles} }\n`;
  it('is warned of where the role has too few who may approve', () => {
    const people = user('ann', 'operator') + user('ben', 'operator', 'network') + user('cid', 'security', 'files');
    expect(problems(`${multi('operator = 2')}${people}`)).toEqual([]);
    expect(problems(`${multi('operator = 1, security = 1')}${people}`)).toEqual([
      "g:2:1: warning: approvals.strategies.external_calls: can't be reached for http_request, web_search: 1 approvals of role security are needed and 0 may be given (nobody); requests are refused at once",
    ]);
  });

  it('takes names of roles alone', () => {
    expect(problems(multi('"__proto__" = 1'))[0]).toMatch(/error: .*is no role/);
    expect(problems(multi('operator = 0'))[0]).toMatch(/error: .*a whole number from 1 to 1000/);
  });
});

describe('those who are asked later', () => {
  const escalation = (after: number, ids: string) =>
    `[approvals.escalation]\nafter_seconds = ${after}\napprovers = [${ids}]\n${user('ann', '')}${user('ben', '')}`;
  it.each([
    [escalation(60, '"ben"'), []],
    [
      escalation(60, '"bob"'),
      [/approvers\[0\]: "bob" is no \[\[approvers.user\]\]: nobody is asked \(did you mean ben\?\)/],
    ],
    [escalation(0, '"ben"'), [/approvers: has no effect while after_seconds is 0/]],
    [escalation(60, ''), [/after_seconds: has no effect: approvers names nobody/]],
    [escalation(300, '"ben"'), [/after_seconds: has no effect: a request is over after 300 s/]],
  ])('%#: are warned of where that has no effect', (text, expected) => {
    expect(problems(text)).toEqual(expected.map((one) => expect.stringMatching(one)));
  });
});

describe('the ids of approvers', () => {
  const agent = (id: string) => `[[approvers.agent]]\nid = "${id}"\n`;
  it.each([
    [user('ann', '') + user('ann', ''), /^g:6:1: error: .*user\[1\]\.id: "ann" is the id of another approver/],
    [user('ann', '') + user('Ann', ''), /^g:6:1: error: .*"Ann" reads like "ann", which is the id of another approver/],
    [user('ann', '') + user('\u0430nn', ''), /^g:6:1: error: .*reads like "ann"/],
    [user('Bot', '') + agent('bot'), /^g:6:1: error: .*agent\[0\]\.id: "bot" reads like "Bot"/],
    [user('ann ', ''), /^g:2:1: error: .*"ann " starts or ends with a blank/],
    [user('an\u3164n', ''), /^g:2:1: error: .*"an.*n" holds a character that nobody sees/],
    [agent('b\u200bot'), /^g:2:1: error: .*"b\\u\{200b\}ot" holds a character that nobody sees/],
  ])('%j: are told apart by people', (text, expected) => expect(problems(text)[0]).toMatch(expected));
});

describe('an agent that decides by itself', () => {
  const agent = (more: string) =>
    `[[approvers.agent]]\nid = "bot"\ncan_approve = ["tools"]\nauto_approve = true\n${more}`;
  it('needs one thing that decides', () => {
    expect(problems(agent('command = ["x"]\n'))).toEqual([]);
    expect(problems(agent('role = "security_validator"\n'))).toEqual([]);
    expect(problems(agent(''))[0]).toMatch(/warning: .*nothing decides for "bot"/);
    expect(problems(agent('command = ["x"]\nurl = "https://x.example.com"\n'))[0]).toMatch(
      /error: .*both command and url/,
    );
    expect(problems(agent('url = "ftp://x"\n'))[0]).toMatch(/error: .*http or https/);
    expect(problems(agent('command = ["x"]\ntimeout_seconds = 0\n'))[0]).toMatch(/error: .*from 1 to 3600/);
  });
});
