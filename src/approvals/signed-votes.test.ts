import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleRequest } from '../../test/contract/store-samples.ts';
import { keysOf, keysWithRelays, relayOf, signerOf } from '../../test/support/approvers.ts';
import type { ApprovalRecord, Quorum, Vote } from '../model/approval.ts';
import { approverKeysOf, SLACK_NAMESPACE, VOTE_NAMESPACE } from './approver-keys.ts';
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
const proven = (record: ApprovalRecord, needs: Quorum = quorum, keys = KEYS) => isProven(record, needs, keys, NOW);

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
    expect(isProven(record, quorum, withBen({ until: NOW + 1 }), NOW + 1)).toBe(false);
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
  const proves = (vote: Vote, relayed?: 'relayed count' | 'in person', needs = one): boolean =>
    isProven({ ...plain, status: 'approved', votes: [vote] }, needs, BOTH, NOW, relayed);

  it('counts where the caller knows that it may, and nowhere else', async () => {
    expect(checkVote(plain, await clicked(), BOTH).holds).toBe(true);
    expect(proves(await clicked(), 'relayed count')).toBe(true);
    expect(proves(await clicked(), 'in person')).toBe(false);
    expect(proves(await clicked())).toBe(false);
    // An agent that has such a key is no person.
    expect(proves(await clicked(), 'relayed count', { ...one, eligible: ['ben'], agents: ['ann'] })).toBe(false);
  });

  it('says by whose click for ever: nothing of that can be changed, or left out', async () => {
    const { via: _, ...inPerson } = await clicked();
    for (const vote of [inPerson, await clicked({ via: { ...via, user: 'U0000XYZ' } })])
      expect(proves(vote, 'relayed count'), JSON.stringify(vote)).toBe(false);
  });

  it('is signed by the relay’s key for that alone: neither key ever stands for the other', async () => {
    const statement = voteStatement(plain, { ...said, approver: 'ann' });
    const { via: _, ...inPerson } = base;
    const own = voteStatement(plain, { approved: true, at: NOW, approver: 'ann' });
    const relay = relayOf('ann', via.user);
    const ann = signerOf('ann');
    for (const namespace of [VOTE_NAMESPACE, SLACK_NAMESPACE]) {
      expect(proves({ ...base, signature: ann.signFor(namespace, statement) }, 'relayed count')).toBe(false);
      expect(proves({ ...inPerson, signature: relay.signFor(namespace, own) }, 'relayed count')).toBe(false);
    }
    expect(proves({ ...base, signature: relay.signFor(VOTE_NAMESPACE, statement) }, 'relayed count')).toBe(false);
    expect(proves({ ...inPerson, signature: ann.signFor(VOTE_NAMESPACE, own) })).toBe(true);
  });
});
