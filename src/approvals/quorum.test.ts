import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toleratedFaults } from '../config/index.ts';
import type { OperationSpec } from '../model/operation.ts';
import { quorumFor, tally } from './quorum.ts';

const votesOf = (bits: number, count: number) =>
  Array.from({ length: count }, (_, i) => ({ approved: ((bits >> i) & 1) === 1 }));

describe('a tally', () => {
  it('approves with enough approvals, rejects once they can’t come any more, and is then decided for good', () => {
    for (let of = 1; of <= 10; of += 1) {
      for (let required = 1; required <= of; required += 1) {
        const quorum = { required, of };
        for (let count = 0; count <= of; count += 1) {
          for (let bits = 0; bits < 1 << count; bits += 1) {
            const votes = votesOf(bits, count);
            const yes = votes.filter(({ approved }) => approved).length;
            const result = tally(quorum, votes);
            expect(result === 'approved').toBe(yes >= required);
            expect(result === 'rejected').toBe(yes + (of - count) < required);
            if (result === 'open' || count === of) continue;
            for (const approved of [true, false]) expect(tally(quorum, [...votes, { approved }])).toBe(result);
          }
        }
        expect(tally(quorum, votesOf(0, of))).toBe('rejected');
        expect(tally(quorum, votesOf((1 << of) - 1, of))).toBe('approved');
      }
    }
  });

  it('doesn’t depend on the order in which votes come', () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 12 }),
        (words, least) => {
          const quorum = { required: Math.min(least, words.length), of: words.length };
          const votes = words.map((approved) => ({ approved }));
          expect(tally(quorum, votes.toReversed())).toBe(tally(quorum, votes));
        },
      ),
    );
  });
});

const delete_file: OperationSpec = {
  name: 'delete_file',
  target: 'path',
  access: 'write',
  classes: ['destructive'],
  domain: 'files',
};
const people = (...ids: string[]) => ({
  user: ids.map((id) => ({ id, role: '', canApprove: ['*'], autoApprove: false })),
  agent: [],
});
const EVERYBODY = { has: () => true };
const rule = { minApprovers: 2, quorumPercentage: 0.67, byzantineTolerance: false };

describe('the quorum of a request', () => {
  it('counts who may approve, the requester left out however it is spelt', () => {
    const settings = { multiApproval: rule, approvers: people('ann', 'ben', 'Ｗriter', 'cid'), keys: EVERYBODY };
    expect(quorumFor('multi-approval', [delete_file], 'writer', settings, 0)).toEqual({
      quorum: { required: 3, of: 3, eligible: ['ann', 'ben', 'cid'] },
    });
    expect(quorumFor('single-approval', [delete_file], 'writer', settings, 0)).toEqual({
      quorum: { required: 1, of: 1, eligible: ['ann', 'ben', 'cid'] },
    });
    expect(quorumFor('single-approval', [delete_file], 'writer', { ...settings, approvers: people() }, 0)).toEqual({
      quorum: { required: 1, of: 1 },
    });
  });

  it.each([
    ['multi-approval', people('ann'), "delete_file can't be approved: 2 approvals are needed and 1 may be given (ann)"],
    [
      'multi-approval',
      people(),
      'delete_file needs multi-approval, and no approvers are configured: nobody can give it',
    ],
    [
      'single-approval',
      people('WRITER'),
      'no configured approver other than who asks may decide on delete_file (domain files)',
    ],
    [
      'time-based-approval',
      people('ann'),
      'delete_file needs time-based-approval, which is not available yet: nobody can give it',
    ],
  ] as const)('of %s that nobody could reach is refused with the reason', (strategy, approvers, obstacle) => {
    expect(
      quorumFor(strategy, [delete_file], 'writer', { multiApproval: rule, approvers, keys: EVERYBODY }, 0),
    ).toEqual({ obstacle });
  });

  it('leaves out who has no key to sign with, and says who that is', () => {
    const settings = (...keyed: string[]) => ({
      multiApproval: rule,
      approvers: people('ann', 'ben', 'cid'),
      keys: { has: (id: string, now: number) => keyed.includes(id) && now < 1000 },
    });
    const ask = (strategy: 'single-approval' | 'multi-approval', now: number, ...keyed: string[]) =>
      quorumFor(strategy, [delete_file], 'writer', settings(...keyed), now);
    expect(ask('single-approval', 0, 'ben')).toEqual({ quorum: { required: 1, of: 1, eligible: ['ben'] } });
    expect(ask('multi-approval', 0, 'ann', 'cid')).toEqual({
      quorum: { required: 2, of: 2, eligible: ['ann', 'cid'] },
    });
    expect(ask('multi-approval', 0, 'ann')).toEqual({
      obstacle:
        "delete_file can't be approved: 2 approvals are needed and 1 may be given (ann); without a key: ben, cid (ggen-mcp keys create)",
    });
    expect(ask('single-approval', 1000, 'ann')).toEqual({
      obstacle:
        'no configured approver with a key may decide on delete_file (domain files); without a key: ann, ben, cid (ggen-mcp keys create)',
    });
  });

  it('is out of reach for the faulty ones that it tolerates: whatever they say, honest people decided', () => {
    for (let n = 4; n <= 40; n += 1) {
      const ids = Array.from({ length: n }, (_, i) => `p${i}`);
      const settings = {
        multiApproval: { ...rule, minApprovers: 1, quorumPercentage: 0, byzantineTolerance: true },
        approvers: people(...ids),
        keys: EVERYBODY,
      };
      const answer = quorumFor('multi-approval', [delete_file], 'writer', settings, 0);
      if (!('quorum' in answer)) throw new Error(answer.obstacle);
      const { required, tolerates } = answer.quorum;
      const f = toleratedFaults(n);
      expect(tolerates).toBe(f);
      // Those who are left can still approve; and of those who did approve, honest ones outnumber the honest rest.
      expect(required).toBeLessThanOrEqual(n - f);
      expect(required - f).toBeGreaterThan((n - f) / 2);
    }
  });
});
