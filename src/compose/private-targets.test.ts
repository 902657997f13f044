import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseConfig } from '../config/index.ts';
import { findPlaces } from './places.ts';
import { privateTargets } from './private-targets.ts';
import { buildSnapshot } from './snapshot.ts';

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

it('is a warning where the configuration is loaded, with its line', () => {
  const root = mkdtempSync(join(tmpdir(), 'ggen-private-'));
  const places = findPlaces({ configDir: join(root, 'config'), workspace: root, home: join(root, 'home') });
  const text = `[policies]\nversion = "1.0"\n${configOf('http://127.0.0.1/')}`;
  const said = (more: string) =>
    buildSnapshot([{ name: 'g', text: `${text}${more}` }], places, {}).problems.filter(({ message }) =>
      message.includes('allow_private'),
    );
  const position = { file: 'g', line: 9, column: 1 };
  expect(said('')).toHaveLength(3);
  expect(said('')[0]).toMatchObject({ severity: 'warning', path: 'approvals.webhooks.endpoint[1].url', position });
  expect(said('[approvals]\nenabled = false\n')).toEqual([]);
  rmSync(root, { recursive: true });
});
