import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleRequest } from '../../test/contract/store-samples.ts';
import { keysOf, keysWithRelays, relayOf, signerOf } from '../../test/support/approvers.ts';
import type { ApprovalRecord, Quorum, Vote } from '../model/approval.ts';
import type { Delegation } from '../model/delegation.ts';
import { BUILTIN_OPERATIONS } from '../model/operation.ts';
import { approverKeysOf, SLACK_NAMESPACE, VOTE_NAMESPACE } from './approver-keys.ts';
import { delegationStatement } from './delegations/statement.ts';
import { checkVote, isProven } from './signed-votes.ts';
import { requestDigest, voteStatement } from './vote-statement.ts';

const NOW = 1_790_000_000_000;
const PEOPLE = ['ann', 'ben', 'cid'];
const KEYS = keysOf(...PEOPLE, 'writer');
const quorum: Quorum = { required: 2, of: 3, eligible: PEOPLE };

async function voteOf(record: ApprovalRecord, name: string, approved = true, more: Partial<Vote> = {}): Promise<Vote> {
  const said = { approved, at: NOW, comment: 'looked at it', ...more };
  const signature = await signerOf(name).sign(voteStatement(record, { ...said, approver: name }));
  return { ...said, approver: { actorType: 'user', id: name, name: 'os user' }, verified: true, signature };
}
const request = (more: Partial<ApprovalRecord> = {}): ApprovalRecord =>
  sampleRequest(NOW, { quorum, requester: 'writer', strategy: 'multi-approval', ...more });
const decided = async (names: readonly string[], more: Partial<ApprovalRecord> = {}): Promise<ApprovalRecord> => {
  const record = request(more);
  const votes = await Promise.all(names.map((name) => voteOf(record, name)));
  return { ...record, status: 'approved', verified: true, decidedAt: NOW, votes };
};
const proven = (record: ApprovalRecord, needs: Quorum = quorum, keys = KEYS) =>
  isProven(record, needs, { keys, now: NOW, operations: [], relayed: false });

describe('an approved request', () => {
  it('is proven by as many signed approvals as it takes, of different people who may', async () => {
    expect(proven(await decided(['ann', 'cid']))).toBe(true);
    expect(proven(await decided(['ann']))).toBe(false);
    expect(proven(await decided([]))).toBe(false);
    const twice = await decided(['ann', 'ann']);
    expect(proven(twice)).toBe(false);
    expect(proven(await decided(['ann', 'writer']))).toBe(false);
    expect(proven(await decided(['ann', 'writer']), { required: 2, of: 2 })).toBe(false);
    expect(proven(await decided(['ann', 'ben']), { ...quorum, eligible: ['ann', 'cid'] })).toBe(false);
    const record = await decided(['ann']);
    const against = { ...record, votes: [...record.votes!, await voteOf(record, 'ben', false)] };
    expect(proven(against)).toBe(false);
    expect(proven(await decided([]), { required: 0, of: 0 })).toBe(false);
  });

  it('is not proven once anything of it is another than what was signed', async () => {
    const record = await decided(['ann', 'ben']);
    const changes: Partial<ApprovalRecord>[] = [
      { id: 'another' },
      { operation: { name: 'publish_template' } },
      { target: 'elsewhere' },
      { requester: 'Writer2' },
      { justification: 'because' },
      { metadata: { operations: ['read_file'] } },
      { actionDigest: 'f'.repeat(64) },
      { policySet: '9'.repeat(64) },
      { strategy: 'single-approval' },
      { quorum: { ...quorum, required: 1 } },
      { quorum: { required: 2, of: 3 } },
      { reasons: [{ rule: 'r', message: 'm', file: 'f', line: 1 }] },
      { shown: { content: 'harmless' } },
      { correlationId: 'other' },
      { createdAt: NOW - 1 },
      { decideBy: NOW + 9e9 },
    ];
    for (const change of changes) expect(proven({ ...record, ...change }), JSON.stringify(change)).toBe(false);
    const same = changes.flatMap((one) => Object.keys(one));
    // What changes as it is decided isn't signed; whatever else a request has is among the changes above.
    const rest = Object.keys(record).filter((key) => !same.includes(key));
    expect(rest.sort()).toEqual(['decidedAt', 'status', 'verified', 'votes'].sort());
  });

  it('is not proven by a vote of which anything was changed', async () => {
    const record = await decided(['ann', 'ben']);
    const [ann, ben] = record.votes!;
    const other = await voteOf(request({ actionDigest: 'd'.repeat(64) }), 'ben');
    const no = await voteOf(record, 'ben', false);
    const bent: Vote[] = [
      { ...no, approved: true },
      { ...ben!, comment: 'another' },
      { ...ben!, at: NOW + 1 },
      { ...ben!, signature: ann!.signature! },
      { ...ben!, signature: other.signature! },
      { ...ben!, signature: 'AAAA' },
      { ...ben!, approver: { ...ben!.approver, id: 'cid' } },
    ];
    const { signature: _, ...unsigned } = ben!;
    for (const vote of [...bent, unsigned]) {
      expect(proven({ ...record, votes: [ann!, vote] }), JSON.stringify(vote)).toBe(false);
      expect(checkVote(record, vote, KEYS).holds).toBe(false);
    }
    expect(proven({ ...record, votes: [ann!, ben!] })).toBe(true);
  });

  it('is not proven by a key that was revoked, isn’t valid yet, or is another’s', async () => {
    const record = await decided(['ann', 'ben']);
    const withBen = (change: object) =>
      approverKeysOf(KEYS.all.map((one) => (one.approver === 'ben' ? { ...one, ...change } : one)));
    expect(proven(record, quorum, withBen({}))).toBe(true);
    for (const change of [{ until: NOW }, { until: NOW - 1 }, { from: NOW + 1 }, { approver: 'dan' }])
      expect(proven(record, quorum, withBen(change)), JSON.stringify(change)).toBe(false);
    // Revoked a moment ago: it still shows who voted, and no more lets anything happen.
    expect(checkVote(record, record.votes![1]!, withBen({ until: NOW + 1 })).holds).toBe(true);
    expect(
      isProven(record, quorum, { keys: withBen({ until: NOW + 1 }), now: NOW + 1, operations: [], relayed: false }),
    ).toBe(false);
  });

  it('is not proven by a vote that was signed ahead of now, or before who was asked late was asked', async () => {
    const record = request();
    const at = (when: number) => voteOf(record, 'ben', true, { at: when });
    const ann = await voteOf(record, 'ann');
    const withBen = async (when: number, needs = quorum) =>
      proven({ ...record, status: 'approved', votes: [ann, await at(when)] }, needs);
    expect(await withBen(NOW + 60_000)).toBe(true);
    expect(await withBen(NOW + 60_001)).toBe(false);
    const late = { ...quorum, escalation: { at: NOW + 5, eligible: ['ben'] } };
    expect(await withBen(NOW + 5, late)).toBe(true);
    expect(await withBen(NOW + 4, late)).toBe(false);
  });

  it('is proven by a vote that was lent as far as that goes, and by no person twice', async () => {
    const files = BUILTIN_OPERATIONS.filter(({ name }) => name === 'write_file');
    const record = request();
    const lent = async (more: Partial<Delegation> = {}, signer = 'ann'): Promise<Delegation> => {
      const terms = {
        id: 'd',
        delegator: 'ann',
        delegate: 'cid',
        scopes: ['write_file'],
        createdAt: NOW - 10,
        expiresAt: NOW + 10,
        ...more,
      };
      return { ...terms, signature: await signerOf(signer).sign(delegationStatement(terms)) };
    };
    const holds = async (delegation: Delegation, at = NOW, change: Partial<Vote> = {}, needs = quorum) => {
      const vote = await voteOf(record, 'cid', true, { at, delegation });
      const votes = [{ ...vote, ...change }, await voteOf(record, 'ben')];
      return isProven({ ...record, status: 'approved', votes }, needs, {
        keys: KEYS,
        now: NOW,
        operations: files,
        relayed: true,
      });
    };
    expect(await holds(await lent())).toBe(true);
    expect(await holds(await lent(), NOW + 10)).toBe(false);
    expect(await holds(await lent({ scopes: ['delete_file'] }))).toBe(false);
    expect(await holds(await lent({ delegate: 'ben' }))).toBe(false);
    expect(await holds(await lent({ delegator: 'writer' }, 'writer'))).toBe(false);
    expect(await holds(await lent({}, 'cid'))).toBe(false);
    expect(await holds({ ...(await lent()), scopes: ['*'] })).toBe(false);
    expect(await holds({ ...(await lent()), signature: 'AAAA' })).toBe(false);
    // What was signed names the delegation: none can be exchanged for another.
    expect(await holds(await lent(), NOW, { delegation: await lent({ id: 'other' }) })).toBe(false);
    const alone = await voteOf(record, 'cid', true, { delegation: await lent() });
    const own = await voteOf(record, 'cid');
    const twice = { ...record, status: 'approved' as const, votes: [alone, own] };
    expect(isProven(twice, quorum, { keys: KEYS, now: NOW, operations: files, relayed: false })).toBe(false);
    expect(await holds(await lent(), NOW, {}, { ...quorum, agents: ['cid'] })).toBe(false);
  });

  it('has the same digest after it was stored', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ unit: 'grapheme' }), (value, text) => {
        const record = request({ shown: { value: value as never, text }, justification: text });
        expect(requestDigest(JSON.parse(JSON.stringify(record)))).toBe(requestDigest(record));
      }),
    );
  });
});

describe('a vote that a relay passed on', () => {
  const BOTH = keysWithRelays('ann', 'ben');
  const one: Quorum = { required: 1, of: 1, eligible: ['ann', 'ben'] };
  const via = { relay: 'slack', user: 'U0123ABC' } as const;
  const plain = request({ quorum: one, strategy: 'single-approval', operation: { name: 'write_file' } });
  const said = { approved: true, at: NOW, via };
  const base: Vote = { ...said, approver: { actorType: 'user', id: 'ann', name: 'Slack user' }, verified: true };
  const clicked = async (more: Partial<Vote> = {}): Promise<Vote> => {
    const signature = await relayOf('ann', via.user).sign(voteStatement(plain, { ...said, approver: 'ann' }));
    return { ...base, signature, ...more };
  };
  const proves = (vote: Vote, relayed = false, needs = one): boolean => {
    const against = { keys: BOTH, now: NOW, operations: [], relayed };
    return isProven({ ...plain, status: 'approved', votes: [vote] }, needs, against);
  };

  it('counts where the caller knows that it may, and nowhere else', async () => {
    expect(checkVote(plain, await clicked(), BOTH).holds).toBe(true);
    expect(proves(await clicked(), true)).toBe(true);
    expect(proves(await clicked(), false)).toBe(false);
    expect(proves(await clicked())).toBe(false);
    // An agent that has such a key is no person.
    expect(proves(await clicked(), true, { ...one, eligible: ['ben'], agents: ['ann'] })).toBe(false);
  });

  it('says by whose click for ever: nothing of that can be changed, or left out', async () => {
    const { via: _, ...inPerson } = await clicked();
    for (const vote of [inPerson, await clicked({ via: { ...via, user: 'U0000XYZ' } })])
      expect(proves(vote, true), JSON.stringify(vote)).toBe(false);
  });

  it('is signed by the relay’s key for that alone: neither key ever stands for the other', async () => {
    const statement = voteStatement(plain, { ...said, approver: 'ann' });
    const { via: _, ...inPerson } = base;
    const own = voteStatement(plain, { approved: true, at: NOW, approver: 'ann' });
    const relay = relayOf('ann', via.user);
    const ann = signerOf('ann');
    for (const namespace of [VOTE_NAMESPACE, SLACK_NAMESPACE]) {
      expect(proves({ ...base, signature: ann.signFor(namespace, statement) }, true)).toBe(false);
      expect(proves({ ...inPerson, signature: relay.signFor(namespace, own) }, true)).toBe(false);
    }
    expect(proves({ ...base, signature: relay.signFor(VOTE_NAMESPACE, statement) }, true)).toBe(false);
    expect(proves({ ...inPerson, signature: ann.signFor(VOTE_NAMESPACE, own) })).toBe(true);
  });
});
