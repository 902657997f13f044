import { describe, expect, it } from 'vitest';
import { parseConfig, renderProblems } from './index.ts';

const problems = (text: string): string[] => {
  const result = parseConfig([{ name: 'g', text }], {});
  const found = result.ok ? result.loaded.problems : result.problems;
  return found.length === 0 ? [] : renderProblems(found).trim().split('\n');
};
const endpoint = (more: string): string =>
  `[approvals.webhooks]\nenabled = true\n[[approvals.webhooks.endpoint]]\nurl = "https://a.example.com"\n${more}`;
const EVENTS = 'events = ["approval_required"]\n';

describe('an endpoint', () => {
  const key = Buffer.alloc(24, 7).toString('base64');
  it.each([
    [`${EVENTS}secret = "whsec_${key}"\nheaders = { "X-A" = "b" }\n`, undefined],
    [`${EVENTS}secret = "whsec_${key} whsec_${key}"\n`, undefined],
    [`${EVENTS}secret = "whsec_short"\n`, /error: .*secret: is no secret of Standard Webhooks/],
    [`${EVENTS}secret = "not base64 at all!"\n`, /error: .*secret: is no secret/],
    [`${EVENTS}headers = { "X A" = "b" }\n`, /error: .*is no name of a header/],
    [`${EVENTS}headers = { "Host" = "b" }\n`, /error: .*is set by the program itself/],
    [`${EVENTS}headers = { "webhook-id" = "b" }\n`, /error: .*is set by the program itself/],
    [`${EVENTS}headers = { "X-A" = "a\\r\\nX-B: c" }\n`, /error: .*holds what no header can/],
    [`${EVENTS}auth_token = "a\\nb"\n`, /error: .*auth_token: can not stand in a header/],
    ['', /warning: .*is sent nothing: events is empty/],
  ])('with %j', (more, expected) => {
    const found = problems(endpoint(more));
    if (expected === undefined) expect(found).toEqual([]);
    else expect(found[0]).toMatch(expected);
    expect(found.join()).not.toMatch(/whsec_short|X-B: c/);
  });
});

describe('a token', () => {
  const to = (url: string, more: string): string =>
    `[approvals.webhooks]\nenabled = true\n[[approvals.webhooks.endpoint]]\nurl = "${url}"\n${EVENTS}${more}`;
  const agent = (url: string): string =>
    `[[approvers.agent]]\nid = "a"\nauto_approve = true\nauth_token = "t0ken"\nurl = "${url}"\n`;
  const clear = /^g:\d+:1: warning: .*\.url: sends a token over plain http/;
  it('is not sent in clear, but to this machine', () => {
    for (const url of [
      'http://a.example.com/x',
      'http://10.0.0.1/',
      'http://localhost.example.com/',
      'http://[::2]/',
    ]) {
      expect(problems(to(url, 'auth_token = "t0ken"\n'))[0]).toMatch(clear);
      expect(problems(to(url, 'headers = { "Authorization" = "t0ken" }\n'))[0]).toMatch(clear);
      expect(problems(agent(url))[0]).toMatch(clear);
      expect(problems(to(url, ''))).toEqual([]);
    }
    for (const url of ['https://a.example.com/x', 'http://localhost:8080/', 'http://127.0.0.2/', 'http://[::1]/x']) {
      expect(problems(to(url, 'auth_token = "t0ken"\n'))).toEqual([]);
      expect(problems(agent(url))).toEqual([]);
    }
  });
});

describe('the link', () => {
  it.each([
    ['https://approvals.example.com/{id}', undefined],
    ['http://{id}.approvals.example.com/', undefined],
    ['approvals.example.com/{id}', /^g:2:1: error: approvals\.link: is no http or https URL .*https:/],
    ['javascript:alert({id})', /^g:2:1: error: approvals\.link: is no http or https URL/],
    ['', /^g:2:1: error: approvals\.link: is no http or https URL/],
    [
      'https://approvals.example.com/',
      /^g:2:1: warning: approvals\.link: is the same for every request: \{id\} is not/,
    ],
    ['https://approvals.example.com/{ID}', /^g:2:1: warning: approvals\.link: is the same for every request/],
  ])('%j', (link, expected) => {
    const found = problems(`[approvals]\nlink = "${link}"\n`);
    if (expected === undefined) expect(found).toEqual([]);
    else expect(found).toEqual([expect.stringMatching(expected)]);
  });
});

describe('mail', () => {
  const mail = (url: string, more = ''): string => `[approvals.email]\nenabled = true\nsmtp_url = "${url}"\n${more}`;
  const WHOLE = `from = "a@b.c"\nto = ["d@e.f"]\n${EVENTS}`;
  it('goes to a mail server, from somebody to somebody', () => {
    const wrong = problems(mail('https://user:pw@mail.example.com', WHOLE));
    expect(wrong).toContain(
      'g:3:1: error: approvals.email.smtp_url: expected an address as in "smtps://user:password@host:465"',
    );
    expect(problems(mail('smtps://mail.example.com', WHOLE))).toEqual([]);
    expect(problems(mail('smtps://mail.example.com'))).toHaveLength(3);
    expect(problems(`[approvals.email]\nenabled = true\n${WHOLE}`)).toEqual([
      expect.stringMatching(/warning: approvals.email: sends nothing without smtp_url/),
    ]);
  });
});
