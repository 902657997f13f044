// What somebody clicked in Slack, passed on and signed by the relay's key: where it counts, on every kind of store.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createApprovalDesk, isProven } from '../../src/approvals/index.ts';
import { requestDigest } from '../../src/approvals/vote-statement.ts';
import { parseConfig } from '../../src/config/index.ts';
import type { GovernanceStore } from '../../src/governor/index.ts';
import type { ApprovalRecord, Quorum } from '../../src/model/approval.ts';
import { BUILTIN_OPERATIONS } from '../../src/model/operation.ts';
import { keysWithRelays, nobodyLends, relayOf, signerOf } from '../support/approvers.ts';
import { describeStores } from './describe-stores.ts';
import type { StorePlace } from './store-kinds.ts';
import { newId, requestEntry, sampleRequest } from './store-samples.ts';

const NOW = 1_790_000_000_000;
const parsed = parseConfig(
  [
    {
      name: 'approvals.toml',
      text: `[approvals.slack]
buttons = true
signing_secret = "0123456789abcdef"
[approvals.slack.users]
U0ANN = "ann"
U0BEN = "ben"
U0WRITER = "Writer"
${['ann', 'ben', 'Writer'].map((id) => `[[approvers.user]]\nid = "${id}"\ncan_approve = ["*"]\n`).join('')}
[[approvers.agent]]
id = "bot"
can_approve = ["*"]
`,
    },
  ],
  {},
);
if (!parsed.ok) throw new Error('the configuration can not be used');
const { approvals } = parsed.loaded.config;
const KEYS = keysWithRelays('ann', 'ben', 'bot', 'Writer');
const QUORUM: Quorum = { required: 1, of: 1, eligible: ['ann', 'ben', 'Writer'], agents: ['bot'] };

describeStores('clicks on the $name store', (kind) => {
  let place: StorePlace;
  let store: GovernanceStore;

  beforeEach(async () => {
    place = await kind.create();
    store = await kind.open(place, { clock: () => NOW });
  });
  afterEach(async () => {
    await store.close();
    await kind.remove(place);
  });

  const ask = (more: Partial<ApprovalRecord> = {}): Promise<ApprovalRecord> => {
    const record = sampleRequest(NOW, {
      operation: { name: 'write_file' },
      metadata: { operations: ['write_file'] },
      quorum: QUORUM,
      actionDigest: newId().padEnd(64, '0'),
      ...more,
    });
    return store.createRequest(record, requestEntry(record));
  };
  const desk = () =>
    createApprovalDesk({
      store,
      delegations: nobodyLends,
      clock: () => NOW,
      newId,
      config: () => approvals,
      keys: () => KEYS,
      operation: (name) => BUILTIN_OPERATIONS.find((one) => one.name === name),
      mask: (text) => text,
    });
  const click = (approvalId: string, signer = relayOf('ann', 'U0ANN'), approved = true, digest?: string) =>
    desk().decide({
      approvalId,
      approved,
      signer,
      via: 'Slack user',
      ...(digest === undefined ? {} : { requestDigest: digest }),
    });
  const untouched = async ({ id }: ApprovalRecord): Promise<void> => {
    expect(await store.getRequest(id)).toMatchObject({ status: 'pending' });
    expect((await store.getRequest(id))?.votes ?? []).toEqual([]);
    expect(await store.query({ limit: 9, eventType: 'approval_decision' })).toEqual([]);
  };

  it('decide, are a person’s word, and say by whose click they are', async () => {
    const asked = await ask();
    const decided = await click(asked.id, relayOf('ann', 'U0ANN'), true, requestDigest(asked));
    expect(decided).toMatchObject({
      status: 'approved',
      verified: true,
      decidedBy: { actorType: 'user', id: 'ann', name: 'Slack user' },
      votes: [{ approved: true, via: { relay: 'slack', user: 'U0ANN' } }],
    });
    expect(isProven(decided, QUORUM, { keys: KEYS, now: NOW, operations: [], relayed: true })).toBe(true);
    expect(isProven(decided, QUORUM, { keys: KEYS, now: NOW, operations: [], relayed: false })).toBe(false);
    const [entry] = await store.query({ limit: 9, eventType: 'approval_decision' });
    expect(entry).toMatchObject({
      actor: { actorType: 'user', id: 'ann' },
      metadata: { event: 'approval_approved', decided_by_kind: 'person', via: 'slack', via_user: 'U0ANN' },
    });
    expect(String(entry?.metadata.statement)).toContain('"via":"slack","via_user":"U0ANN"');
    // The same click once more, by somebody who wasn't told: nothing changes.
    expect(await click(asked.id)).toEqual(decided);
    await expect(click(asked.id, relayOf('ben', 'U0BEN'), false)).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('reject too', async () => {
    const asked = await ask();
    expect((await click(asked.id, relayOf('ben', 'U0BEN'), false)).status).toBe('rejected');
  });

  it.each([
    ['what can not be undone', { operation: { name: 'delete_file' } }, 'delete_file is destructive'],
    ['what is high-risk', { operation: { name: 'publish_template' } }, 'publish_template is high_risk'],
    ['what does such a thing as well', { metadata: { operations: ['write_file', 'delete_file'] } }, 'is destructive'],
    ['what takes several', { strategy: 'multi-approval' }, 'it takes several approvers'],
    ['what something was found about', { metadata: { findings: [{ rule: 'r' }] } }, 'inspectors found something'],
    ['what no message holds', { shown: { content: 'x'.repeat(4000) } }, 'a message does not hold all of it'],
  ] as [string, Partial<ApprovalRecord>, string][])('decide nothing on %s', async (_, more, why) => {
    const asked = await ask(more);
    for (const approved of [true, false]) {
      await expect(click(asked.id, undefined, approved)).rejects.toMatchObject({
        code: 'NOT_PERMITTED',
        message: expect.stringContaining(why),
      });
    }
    await untouched(asked);
    // In person it can be decided all the same.
    expect((await click(asked.id, signerOf('ann') as never)).status).toBe('approved');
  });

  it.each([
    ['who asked, however it is spelt', relayOf('Writer', 'U0WRITER'), 'asked for this'],
    ['an agent', relayOf('bot', 'U0ANN'), 'is an agent'],
    ['somebody else’s user', relayOf('ann', 'U0BEN'), 'does not say that U0BEN is ann'],
    ['nobody’s user', relayOf('ann', 'constructor'), 'does not say that constructor is ann'],
    ['one with no key enrolled', relayOf('cid', 'U0ANN'), 'does not say that U0ANN is cid'],
    [
      'the key for deciding in person',
      { ...signerOf('ann'), via: relayOf('ann', 'U0ANN').via },
      'signed something else',
    ],
    ['the relay’s key without saying so', { ...relayOf('ann', 'U0ANN'), via: undefined }, 'signed something else'],
  ] as [string, ReturnType<typeof relayOf>, string][])('of %s decide nothing', async (_, signer, why) => {
    const asked = await ask();
    await expect(click(asked.id, signer)).rejects.toMatchObject({
      code: 'NOT_PERMITTED',
      message: expect.stringContaining(why),
    });
    await untouched(asked);
  });

  it('decide nothing on what is not as it was shown', async () => {
    const asked = await ask();
    const other = requestDigest({ ...asked, shown: { content: 'something else' } });
    await expect(click(asked.id, undefined, true, other)).rejects.toMatchObject({
      code: 'CONFLICT',
      message: `request ${asked.id} is not what was shown`,
    });
    await untouched(asked);
  });
});
