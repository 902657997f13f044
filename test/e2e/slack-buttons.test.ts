// Buttons in Slack from the message to the action: a real store, real keys, real HTTP both ways.
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { requestDigest, voteStatement } from '../../src/approvals/vote-statement.ts';
import type { ApprovalRecord, Vote } from '../../src/model/approval.ts';
import { enrol, signerOf } from '../support/approvers.ts';
import { clickBody, openSlack, postAsSlack, type SlackButton } from '../support/slack.ts';
import { openSlackFolder, type SlackFolder, write } from '../support/slack-folder.ts';

let place: SlackFolder;
beforeEach(async () => {
  place = await openSlackFolder();
});
afterEach(() => place.close());

describe('a click', () => {
  it('approves what the message shows; the agent’s next try passes, once', async () => {
    const { id } = await place.ask();
    const message = await place.slack.next('/services');
    expect(message.buttons.map(({ action_id: name, url }) => name ?? url)).toEqual([
      'ggen_approve',
      'ggen_reject',
      `https://approvals.example.com/${id}`,
    ]);
    expect(JSON.stringify(message.body)).toContain('content: Beans.');
    const answer = await place.press(message, { responseUrl: place.slack.responseUrl });
    expect(answer).toMatchObject({ status: 200, body: '' });
    // Slack shows what happened in the place of the question.
    const shown = await place.slack.next('/actions');
    expect(shown).toMatchObject({
      body: { replace_original: true, text: 'Approved: write_file src/a.txt' },
      buttons: [{ url: `https://approvals.example.com/${id}` }],
    });
    expect(await place.stored(id)).toMatchObject({
      status: 'approved',
      decidedBy: { actorType: 'user', id: 'ann', name: 'Slack user U0ANN' },
      votes: [{ via: { relay: 'slack', user: 'U0ANN' }, verified: true }],
    });
    expect(await place.system.governor.authorize(write)).toMatchObject({ outcome: 'permitted', approvalId: id });
    expect((await place.system.governor.authorize(write)).outcome).toBe('refused');
    expect(await place.events('slack_click_refused')).toEqual([]);
  });

  it('rejects, and says so in its answer where it came with no address for one', async () => {
    const { id } = await place.ask();
    const answer = await place.press(await place.slack.next('/services'), { action: 'ggen_reject', user: 'U0BEN' });
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({ 'content-type': 'application/json', 'cache-control': 'no-store' });
    expect(JSON.parse(answer.body)).toMatchObject({ replace_original: true, text: 'Rejected: write_file src/a.txt' });
    expect((await place.stored(id)).status).toBe('rejected');
  });

  it('is answered only where messages go anyway', async () => {
    await place.ask();
    const other = await openSlack();
    const answer = await place.press(await place.slack.next('/services'), { responseUrl: other.responseUrl });
    expect(JSON.parse(answer.body)).toMatchObject({ text: 'Approved: write_file src/a.txt' });
    await place.door.close();
    expect(other.messages).toEqual([]);
    other.close();
  });

  it('on what is decided already shows how it stands, and changes nothing', async () => {
    const { id } = await place.ask();
    const message = await place.slack.next('/services');
    await place.system.desk.decide({ approvalId: id, approved: false, signer: signerOf('cid'), via: 'test' });
    const before = await place.stored(id);
    const answer = await place.press(message);
    expect(JSON.parse(answer.body)).toMatchObject({ replace_original: true, text: 'Rejected: write_file src/a.txt' });
    expect(await place.stored(id)).toEqual(before);
  });

  it('on a button of somebody else, or the link, is taken and does nothing', async () => {
    const { id } = await place.ask();
    const answer = await postAsSlack(place.port(), clickBody({ action_id: 'open', value: 'x' }, 'U0ANN'));
    expect(answer).toMatchObject({ status: 200, body: '' });
    expect((await place.stored(id)).status).toBe('pending');
  });

  it('that Slack sends again is one vote', async () => {
    const { id } = await place.ask();
    const message = await place.slack.next('/services');
    await place.press(message);
    const once = await place.stored(id);
    const again = { 'x-slack-retry-num': '1', 'x-slack-retry-reason': 'http_timeout' };
    const retried = await place.press(message, { ahead: 1, headers: again });
    expect(JSON.parse(retried.body)).toMatchObject({ text: 'Approved: write_file src/a.txt' });
    expect(await place.stored(id)).toEqual(once);
  });

  it('waits for no slow store: Slack is answered in time, and told later', async () => {
    const { id } = await place.ask();
    const message = await place.slack.next('/services');
    const other = new DatabaseSync(join(place.folder.root, '.ggen/audit.db'));
    other.exec('BEGIN IMMEDIATE');
    const answer = await place.press(message, { responseUrl: place.slack.responseUrl });
    expect(answer).toMatchObject({ status: 200, body: '' });
    expect(place.slack.messages.filter(({ path }) => path.startsWith('/actions'))).toEqual([]);
    other.exec('ROLLBACK');
    other.close();
    expect((await place.slack.next('/actions')).body.text).toBe('Approved: write_file src/a.txt');
    expect((await place.stored(id)).status).toBe('approved');
  });
});

describe('where a click is not enough', () => {
  const remove = { actionType: 'delete_file', target: 'src/a.txt', requester: 'writer' };
  const call = { actionType: 'call_tool', target: 'deploy', requester: 'writer' };
  const long = { ...write, content: 'x'.repeat(4000) };
  const digested = (record: ApprovalRecord): SlackButton => ({
    action_id: 'ggen_approve',
    value: `${record.id} ${requestDigest(record)}`,
  });

  it.each([
    ['what can not be undone', remove, 'delete_file is destructive'],
    ['what takes several', call, 'it takes several approvers'],
    ['what does not fit', long, 'a message does not hold all of it'],
  ])('for %s: no button, and nothing that one could have sent counts', async (_, action, why) => {
    const asked = await place.ask(action);
    const { buttons } = await place.slack.next('/services');
    expect(buttons.map((one) => one.action_id ?? one.url)).toEqual([`https://approvals.example.com/${asked.id}`]);
    const answer = await postAsSlack(place.port(), clickBody(digested(asked), 'U0ANN'));
    expect(JSON.parse(answer.body).text).toBe(`Not decided: a click is not enough: ${why}.`);
    expect((await place.stored(asked.id)).votes ?? []).toEqual([]);
    expect(await place.events('slack_click_refused')).toHaveLength(1);
  });

  it('where nobody who may decide has a key that passes clicks on', async () => {
    place.folder.write('config/approvers.allowed_signers', '');
    enrol(place.folder.configDir, 'ann', 'ben', 'cid');
    await place.ask();
    const { buttons } = await place.slack.next('/services');
    expect(buttons.map((one) => one.action_id)).toEqual([undefined]);
  });

  it.each([
    ['as it is', (record: ApprovalRecord) => record],
    [
      'rewritten into something harmless',
      (record: ApprovalRecord) => ({
        ...record,
        operation: { name: 'write_file' },
        metadata: { operations: ['write_file'] },
        strategy: 'single-approval' as const,
      }),
    ],
  ])('for who can write the database and has the relay’s key: the request %s', async (_, forge) => {
    for (const action of [remove, call]) {
      const record = forge(await place.ask(action));
      const via = { relay: 'slack', user: 'U0ANN' } as const;
      const at = Date.now();
      const votes: Vote[] = [];
      for (const approver of ['ann', 'ben']) {
        const statement = voteStatement(record, { approved: true, at, via, approver });
        const signature = await place.relays.get(approver)!.sign(statement);
        const who = { actorType: 'user', id: approver, name: 'Slack user' } as const;
        votes.push({ approver: who, approved: true, at, verified: true, via, signature });
      }
      const { operation, metadata, strategy } = record;
      const json = (value: unknown): string => JSON.stringify(value).replaceAll("'", "''");
      place.sql(
        `UPDATE approvals SET status = 'approved', verified = 1, use_by = ${at + 60_000}, decided_at = ${at},
         decided_by = '${json(votes[0]!.approver)}', votes = '${json(votes)}',
         request = json_patch(request, '${json({ operation, metadata, strategy })}') WHERE id = '${record.id}'`,
      );
      expect((await place.stored(record.id)).status).toBe('approved');
      expect((await place.system.governor.authorize(action)).outcome).toBe('refused');
      expect((await place.stored(record.id)).status).toBe('revoked');
    }
    expect(await place.events('approval_unproven')).toHaveLength(2);
  });
});
