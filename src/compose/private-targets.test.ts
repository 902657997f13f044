import { expect, it } from 'vitest';
import { parseConfig } from '../config/index.ts';
import { privateTargets } from './private-targets.ts';

const configOf = (url: string, more = '', enabled = true): string => `[approvals.webhooks]
enabled = ${enabled}
[[approvals.webhooks.endpoint]]
url = "https://a.example.com/"
events = ["approval_required"]
[[approvals.webhooks.endpoint]]
url = "${url}"
events = ["approval_required"]
${more}
[approvals.email]
enabled = ${enabled}
smtp_url = "${url.replace(/^http/, 'smtp')}"
${more}
[[approvers.agent]]
id = "a"
auto_approve = ${enabled}
url = "${url}"
${more}
`;

const found = (text: string): ReturnType<typeof privateTargets> => {
  const parsed = parseConfig([{ name: 'g', text }], {});
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return privateTargets(parsed.loaded.config.approvals);
};

it.each([
  ['http://localhost:8080/x', 'loopback'],
  ['http://LOCALHOST./x', 'loopback'],
  ['http://127.0.0.2/', 'loopback'],
  ['http://127.1/', 'loopback'],
  ['http://[::1]:80/', 'loopback'],
  ['http://[::ffff:10.0.0.1]/', 'private'],
  ['http://192.168.1.1/', 'private'],
  ['http://169.254.169.254/', 'link-local'],
])('%s is never connected to without allow_private', (url, kind) => {
  const message = `is never connected to: it is a ${kind} address, which takes allow_private = true beside it`;
  expect(found(configOf(url))).toEqual([
    { rule: 'approvals.webhooks.endpoint[1].url', message },
    { rule: 'approvals.approvers.agent[0].url', message },
    { rule: 'approvals.email.smtp_url', message },
  ]);
  expect(found(configOf(url, 'allow_private = true'))).toEqual([]);
  expect(found(configOf(url, '', false))).toEqual([]);
});

it.each(['http://internal.example.com/', 'http://9.9.9.9/', 'http://localhost.example.com/'])(
  'of %s nothing is said before it is looked up',
  (url) => {
    expect(found(configOf(url))).toEqual([]);
  },
);
