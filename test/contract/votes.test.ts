// Several people decide on one request, from several processes, on every kind of store.

import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createApprovalDesk } from '../../src/approvals/index.ts';
import { parseConfig } from '../../src/config/index.ts';
import type { GovernanceStore } from '../../src/governor/index.ts';
import type { ApprovalRecord, Quorum } from '../../src/model/approval.ts';
import { BUILTIN_OPERATIONS } from '../../src/model/operation.ts';
import { keysOf, nobodyLends, signerOf } from '../support/approvers.ts';
import { describeStores } from './describe-stores.ts';
import type { StorePlace } from './store-kinds.ts';
import { newId, requestEntry, sampleRequest } from './store-samples.ts';

const NOW = 1_790_000_000_000;
const PEOPLE = ['ann', 'ben', 'cid', 'dan', 'eve'];
const parsed = parseConfig(
  [
    {
      name: 'approvals.toml',
      text: PEOPLE.map((id) => `[[approvers.user]]\nid = "${id}"\ncan_approve = ["*"]\n`).join(''),
    },
  ],
  {},
);
if (!parsed.ok) throw new Error('the configuration can not be used');
const { approvals } = parsed.loaded.config;
const KEYS = keysOf(...PEOPLE, 'writer');

describeStores('votes on the $name store', (kind) => {
  let place: StorePlace;
  let stores: GovernanceStore[];
  let now: number;

  const open = async (): Promise<GovernanceStore> => {
    const store = await kind.open(place, { clock: () => now });
    stores.push(store);
    return store;
  };
  const ask = async (store: GovernanceStore, required: number, of = PEOPLE.length): Promise<string> => {
    const quorum: Quorum = { required, of, eligible: PEOPLE };
    const record = sampleRequest(now, { quorum, strategy: 'multi-approval', actionDigest: newId().padEnd(64, '0') });
    return (await store.createRequest(record, requestEntry(record))).id;
  };
  const deskOf = (store: GovernanceStore) =>
    createApprovalDesk({
      store,
      delegations: nobodyLends,
      clock: () => now,
      newId,
      config: () => approvals,
      keys: () => KEYS,
      operation: (name) => BUILTIN_OPERATIONS.find((one) => one.name === name),
      mask: (text) => text,
    });
  const vote = (
    store: GovernanceStore,
    approvalId: string,
    approver: string,
    approved: boolean,
  ): Promise<ApprovalRecord> =>
    deskOf(store).decide({
      approvalId,
      signer: signerOf(approver),
      approved,
      via: 'test',
      comment: `said ${approver}`,
    });
  const told = async (store: GovernanceStore, id: string): Promise<string[]> =>
    (await store.query({ limit: 1000, eventType: 'approval_decision' }))
      .filter(({ metadata }) => metadata.approval_id === id)
      .map(({ metadata }) => String(metadata.event))
      .reverse();

  beforeEach(async () => {
    stores = [];
    now = NOW;
    place = await kind.create();
  });
  afterEach(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await kind.remove(place);
  });

  it('are kept over a restart, decide together, and stand in the log beside what they decided', async () => {
    const first = await open();
    const id = await ask(first, 2);
    expect(await vote(first, id, 'ann', true)).toMatchObject({
      status: 'pending',
      votes: [{ approver: { id: 'ann' }, approved: true, at: NOW, comment: 'said ann', verified: true }],
    });
    await first.close();
    const second = await open();
    now += 1000;
    const decided = await vote(second, id, 'ben', true);
    expect(decided).toMatchObject({ status: 'approved', decidedBy: { id: 'ben' }, decidedAt: NOW + 1000 });
    expect(decided.useBy).toBe(now + approvals.useWithinSeconds * 1000);
    expect(decided.votes?.map(({ approver }) => approver.id)).toEqual(['ann', 'ben']);
    expect(await told(second, id)).toEqual(['approval_vote', 'approval_vote', 'approval_approved']);
    expect((await second.listRequests({ limit: 9 }))[0]?.votes).toEqual(decided.votes);
  });

  it('end a request early that can’t be approved any more, and are refused from then on', async () => {
    const store = await open();
    const id = await ask(store, 4);
    await vote(store, id, 'ann', true);
    await vote(store, id, 'ben', false);
    expect(await vote(store, id, 'cid', false)).toMatchObject({ status: 'rejected', decidedBy: { id: 'cid' } });
    await expect(vote(store, id, 'dan', true)).rejects.toMatchObject({ code: 'CONFLICT' });
    // Who wasn't told that the first yes arrived says it once more: nothing changes, and nothing is wrong.
    expect(await vote(store, id, 'ann', true)).toMatchObject({ status: 'rejected' });
    expect(await told(store, id)).toEqual([...Array(3).fill('approval_vote'), 'approval_rejected']);
  });

  it('count once: the same word again changes nothing, another one is refused, and so is who was not asked', async () => {
    const store = await open();
    const id = await ask(store, 2);
    const once = await vote(store, id, 'ann', true);
    expect(await vote(store, id, 'ann', true)).toEqual(once);
    await expect(vote(store, id, 'ann', false)).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(vote(store, id, 'mallory', true)).rejects.toMatchObject({ code: 'NOT_PERMITTED' });
    await expect(vote(store, id, 'writer', true)).rejects.toMatchObject({ code: 'NOT_PERMITTED' });
    await expect(vote(store, newId(), 'ann', true)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    // In somebody's name, with a key that is not theirs, or no key at all.
    for (const sign of [signerOf('mallory').sign, signerOf('ben').sign, async () => 'AAAA']) {
      const signer = { approver: 'cid', sign };
      await expect(deskOf(store).decide({ approvalId: id, signer, approved: true, via: 'test' })).rejects.toMatchObject(
        { code: 'NOT_PERMITTED', message: expect.stringMatching(/^cid (signed with|has no)/) },
      );
    }
    expect(await told(store, id)).toEqual(['approval_vote']);
    expect((await vote(store, id, 'ben', true)).status).toBe('approved');
    expect((await vote(store, id, 'ann', true)).status).toBe('approved');
  });

  it('come too late once the time to decide is over', async () => {
    const store = await open();
    const id = await ask(store, 2);
    await vote(store, id, 'ann', true);
    now += 1_000_000;
    await expect(vote(store, id, 'ben', true)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect((await deskOf(store).show(id)).status).toBe('expired');
    expect(await told(store, id)).toEqual(['approval_vote', 'approval_expired']);
  });

  it('by all at once, from three processes, are each counted once, and one of them decides', async () => {
    const three = [await open(), await open(), await open()];
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.boolean(), { minLength: PEOPLE.length, maxLength: PEOPLE.length }),
        fc.integer({ min: 1, max: PEOPLE.length }),
        fc.array(fc.nat(2), { minLength: 10, maxLength: 10 }),
        async (words, required, places) => {
          const id = await ask(three[0]!, required);
          // Everybody votes twice, wherever.
          const casts = places.map((at, i) => vote(three[at]!, id, PEOPLE[i % 5]!, words[i % 5]!));
          const results = await Promise.allSettled(casts);
          for (const result of results) {
            if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'CONFLICT' });
          }
          const record = (await three[1]!.getRequest(id))!;
          const yes = words.filter(Boolean).length;
          expect(record.status).toBe(yes >= required ? 'approved' : 'rejected');
          const votes = record.votes!;
          expect(new Set(votes.map(({ approver }) => approver.id)).size).toBe(votes.length);
          for (const { approver, approved } of votes) expect(approved).toBe(words[PEOPLE.indexOf(approver.id)]);
          const events = await told(three[2]!, id);
          expect(events.filter((event) => event === 'approval_vote')).toHaveLength(votes.length);
          expect(events.filter((event) => event !== 'approval_vote')).toEqual([`approval_${record.status}`]);
        },
      ),
      { numRuns: 12 },
    );
  });
});
