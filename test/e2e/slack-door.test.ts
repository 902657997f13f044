// Who may not come in where clicks in Slack do, and when the door is open at all.
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keepSlackDoor } from '../../src/gateway/http/index.ts';
import type { ApprovalRecord } from '../../src/model/approval.ts';
import { enrol } from '../support/approvers.ts';
import {
  clickBody,
  openSlack,
  postAsSlack,
  type Sending,
  SLACK_SECRET,
  signAsSlack,
  writeTo,
} from '../support/slack.ts';
import { approvalsFor, openSlackFolder, type SlackFolder, write } from '../support/slack-folder.ts';

let place: SlackFolder;
beforeEach(async () => {
  place = await openSlackFolder();
});
afterEach(() => place.close());

describe('a request at the door is refused', () => {
  const untouched = async ({ id }: ApprovalRecord): Promise<void> => {
    expect(await place.stored(id)).toMatchObject({ status: 'pending' });
    expect((await place.stored(id)).votes ?? []).toEqual([]);
    expect((await place.system.governor.authorize(write)).outcome).toBe('refused');
  };

  it.each([
    ['signed with another secret', { secret: `${SLACK_SECRET}x` }, 401],
    ['not signed', { headers: { 'x-slack-signature': '' } }, 401],
    ['with a signature of something else', { headers: { 'x-slack-signature': `v0=${'0'.repeat(64)}` } }, 401],
    ['of more than five minutes ago', { ahead: -302 }, 401],
    ['of more than five minutes from now', { ahead: 302 }, 401],
    ['at another path', { path: '/' }, 404],
    ['at a path that goes on', { path: '/slack/actions?x=1' }, 404],
    ['that only asks', { method: 'GET' }, 405],
    ['of another kind', { method: 'PUT' }, 405],
  ] as [string, Sending, number][])('%s', async (_, sending, status) => {
    const asked = await place.ask();
    const message = await place.slack.next('/services');
    expect(await place.press(message, sending)).toMatchObject({ status, body: '' });
    await untouched(asked);
    // And the door still takes what is right.
    await place.press(message);
    expect((await place.stored(asked.id)).status).toBe('approved');
  });

  it('signed with another secret, which is told once a minute at the most', async () => {
    const told = (): string[] => place.reported.filter((line) => line.includes('signing_secret'));
    await postAsSlack(place.port(), 'payload=', { headers: { 'x-slack-signature': '' } });
    expect(told()).toEqual([]);
    for (let i = 0; i < 3; i += 1)
      expect(await postAsSlack(place.port(), 'payload=', { secret: 'another' })).toMatchObject({ status: 401 });
    expect(told()).toEqual(['a click was not signed with signing_secret: it was refused']);
  });

  it('that is too large, and not one byte less', async () => {
    const body = (length: number): string => `payload=${'x'.repeat(length - 'payload='.length)}`;
    expect(await postAsSlack(place.port(), body(64 * 1024))).toMatchObject({ status: 400, body: '' });
    const head = (headers: Record<string, string>): string => {
      const lines = Object.entries({ host: 'x', ...signAsSlack(''), ...headers }).map((pair) => pair.join(': '));
      return `POST /slack/actions HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
    };
    // Announced: before any of it is read. In parts: as soon as it is too much.
    const announced = await writeTo(place.port(), head({ 'content-length': String(64 * 1024 + 1) }));
    expect(announced).toMatch(/^HTTP\/1\.1 413 [\s\S]*\r\n\r\n$/);
    const part = `${(64 * 1024 + 1).toString(16)}\r\n${body(64 * 1024 + 1)}\r\n`;
    const inParts = await writeTo(place.port(), head({ 'transfer-encoding': 'chunked' }) + part);
    expect(inParts).toMatch(/^HTTP\/1\.1 413 [\s\S]*\r\n\r\n$/);
    // And nobody is waited for who never ends.
    const [headers, text] = await Promise.all([
      writeTo(place.port(), 'POST /slack/actions HTTP/1.1\r\nHost: x\r\n'),
      writeTo(place.port(), `${head({ 'content-length': '10' })}payl`),
    ]);
    expect(headers).toMatch(/^HTTP\/1\.1 408 /);
    expect(text).toMatch(/^HTTP\/1\.1 408 /);
  }, 30_000);

  it('by more than there is room for at a time', async () => {
    const all = await Promise.all(Array.from({ length: 80 }, () => writeTo(place.port(), 'POST ')));
    // Those that got in were told that they took too long.
    const dropped = all.filter((came) => came === '').length;
    expect(dropped).toBeGreaterThan(0);
    expect(dropped).toBeLessThan(80);
  }, 30_000);

  it('that was there already, byte for byte', async () => {
    const asked = await place.ask();
    const message = await place.slack.next('/services');
    const body = clickBody(message.buttons[1]!, 'U0STRANGER');
    const headers = signAsSlack(body);
    expect((await postAsSlack(place.port(), body, { headers })).status).toBe(200);
    expect(await postAsSlack(place.port(), body, { headers })).toMatchObject({ status: 401, body: '' });
    expect(await place.events('slack_click_refused')).toHaveLength(1);
    await untouched(asked);
  });

  it('by somebody who clicks too often, and by all together', async () => {
    const other = clickBody({ action_id: 'ggen_approve', value: `${ID} ${'d'.repeat(64)}` }, 'U0STRANGER');
    const statuses: number[] = [];
    // Each at another second of Slack's clock, so that none is a copy.
    for (let i = 0; i < 21; i += 1) statuses.push((await postAsSlack(place.port(), other, { ahead: i })).status);
    expect(statuses).toEqual([...Array(20).fill(200), 429]);
    const asked = await place.ask();
    await place.press(await place.slack.next('/services'));
    expect((await place.stored(asked.id)).status).toBe('approved');
    const all = await Promise.all(
      Array.from({ length: 12 }, async () => {
        const seen: number[] = [];
        for (let i = 0; i < 50; i += 1) seen.push((await postAsSlack(place.port(), '', { path: '/' })).status);
        return seen;
      }),
    );
    expect(new Set(all.flat())).toEqual(new Set([404, 429]));
    expect(await postAsSlack(place.port(), other, { ahead: 30 })).toMatchObject({ status: 429, body: '' });
  });

  const ID = '01a20c01-ab91-7720-923f-3c0a9f440efb';

  it.each([
    ['nobody knows', 'U0STRANGER', 'your Slack user may not decide here'],
    ['asked for it', 'U0WRITER', 'Writer asked for this and can’t decide it'],
  ])('where its user is one who %s; the audit trail has it', async (_, user, why) => {
    const asked = await place.ask();
    const answer = await place.press(await place.slack.next('/services'), { user });
    expect(answer.status).toBe(200);
    const text = `Not decided: ${why.replace('’', "'")}.`;
    expect(JSON.parse(answer.body)).toEqual({ response_type: 'ephemeral', replace_original: false, text });
    await untouched(asked);
    expect(await place.events('slack_click_refused')).toMatchObject([
      {
        eventType: 'policy_violation',
        result: 'denied',
        correlationId: asked.correlationId,
        metadata: { approval_id: asked.id, via: 'slack', via_user: user, approved: true },
      },
    ]);
  });

  it('where there is no such request, and a stranger learns nothing of one that there is', async () => {
    const value = `${ID} ${'d'.repeat(64)}`;
    const answers = [
      await postAsSlack(place.port(), clickBody({ action_id: 'ggen_approve', value }, 'U0ANN')),
      await postAsSlack(place.port(), clickBody({ action_id: 'ggen_approve', value }, 'U0STRANGER')),
    ].map(({ body }) => JSON.parse(body).text);
    expect(answers).toEqual([
      `Not decided: no approval request ${ID}.`,
      'Not decided: your Slack user may not decide here.',
    ]);
  });

  it('where the request is not what the message showed', async () => {
    const { id } = await place.ask();
    const message = await place.slack.next('/services');
    place.sql(`UPDATE approvals SET request = json_set(request, '$.shown.content', 'Peas.')`);
    expect(JSON.parse((await place.press(message)).body).text).toBe(
      `Not decided: request ${id} is not what was shown.`,
    );
    expect(await place.stored(id)).toMatchObject({ status: 'pending' });
    expect(await place.events('slack_click_refused')).toHaveLength(1);
  });

  it('where the approver has no key here that passes clicks on, or it was revoked', async () => {
    const asked = await place.ask();
    const message = await place.slack.next('/services');
    place.folder.write('config/approvers.allowed_signers', '');
    enrol(place.folder.configDir, 'ann', 'ben', 'cid');
    expect(JSON.parse((await place.press(message)).body).text).toContain('no key here that passes clicks of ann on');
    await untouched(asked);
  });
});

describe('the door', () => {
  const eventually = async (is: () => boolean | Promise<boolean>): Promise<void> => {
    for (const end = Date.now() + 20_000; Date.now() < end; await delay(10)) if (await is()) return;
    throw new Error(`it never became so: ${place.reported.join('; ')}`);
  };
  const isOpen = (port: number): Promise<boolean> =>
    postAsSlack(port, '').then(
      () => true,
      () => false,
    );
  const freePort = async (): Promise<number> => {
    const other = await openSlack();
    other.close();
    return Number(new URL(other.webhook).port);
  };

  it('closes and opens again as the configuration says, and moves', async () => {
    const first = place.port();
    expect(await isOpen(first)).toBe(true);
    place.folder.write('config/approvals.toml', approvalsFor(place.slack, '127.0.0.1:0', false));
    await eventually(async () => !(await isOpen(first)));
    const port = await freePort();
    place.folder.write('config/approvals.toml', approvalsFor(place.slack, `127.0.0.1:${port}`));
    await eventually(() => isOpen(port));
    place.folder.write('config/approvals.toml', approvalsFor(place.slack, `[::1]:${port}`));
    await eventually(async () => !(await isOpen(port)));
    expect(place.reported.at(-1)).toBe(`clicks in Slack come in at http://[::1]:${port}/slack/actions`);
  });

  it('is one of several: another takes over where the one that has the address ends', async () => {
    const port = await freePort();
    place.folder.write('config/approvals.toml', approvalsFor(place.slack, `127.0.0.1:${port}`));
    await eventually(() => isOpen(port));
    const said: string[] = [];
    const second = await keepSlackDoor(place.system, (line) => said.push(line));
    expect(said).toEqual([`another process has 127.0.0.1:${port}: clicks in Slack come in there while it runs`]);
    await place.door.close();
    await eventually(() => said.length === 2);
    expect(said[1]).toBe(`clicks in Slack come in at http://127.0.0.1:${port}/slack/actions`);
    await second.close();
    expect(await isOpen(port)).toBe(false);
  });

  it('that can’t be had at all is an error that says where to look', async () => {
    place.folder.write('config/approvals.toml', approvalsFor(place.slack, '192.0.2.1:8787'));
    await eventually(() => place.reported.some((line) => line.includes('EADDRNOTAVAIL')));
    await expect(keepSlackDoor(place.system, () => undefined)).rejects.toMatchObject({
      code: 'NOT_AVAILABLE',
      message: 'clicks in Slack can not come in at 192.0.2.1:8787: EADDRNOTAVAIL',
      hint: 'see [approvals.slack] listen',
    });
    // Where it was, it stays.
    expect(await isOpen(place.port())).toBe(true);
  });
});
