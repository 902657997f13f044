import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Quorum } from '../model/approval.ts';
import type { Delegation } from '../model/delegation.ts';
import { isMet, tally } from './tally.ts';

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

describe('a tally with agents and roles', () => {
  const voters = ['a', 'b', 'c', 'd', 'bot', 'bit'];
  const world = fc
    .record({
      required: fc.integer({ min: 1, max: 6 }),
      people: fc.integer({ min: 0, max: 3 }),
      first: fc.integer({ min: 0, max: 2 }),
      second: fc.integer({ min: 0, max: 2 }),
      words: fc.array(fc.tuple(fc.constantFrom(...voters), fc.boolean()), { maxLength: 6 }),
    })
    .map(({ required, people, first, second, words }) => {
      const quorum: Quorum = {
        required: Math.max(2, required),
        of: 6,
        eligible: ['a', 'b', 'c', 'd'],
        agents: ['bot', 'bit'],
        people,
        roles: {
          one: { required: first, eligible: ['a', 'b'] },
          two: { required: second, eligible: ['c', 'bot'] },
        },
      };
      const votes = [...new Map(words)].map(([id, approved]) => ({ approver: { id }, approved }));
      return { quorum, votes };
    });

  it('approves just when every part is met, and rejects just when those who are left can’t meet it', () => {
    fc.assert(
      fc.property(world, ({ quorum, votes }) => {
        const yes = votes.filter(({ approved }) => approved).map(({ approver }) => approver.id);
        const left = voters.filter((id) => !votes.some(({ approver }) => approver.id === id));
        const result = tally(quorum, votes);
        expect(result === 'approved').toBe(isMet(quorum, yes));
        expect(result === 'rejected').toBe(!isMet(quorum, [...yes, ...left]));
      }),
      { numRuns: 2000 },
    );
  });

  it('is decided for good', () => {
    fc.assert(
      fc.property(world, ({ quorum, votes }) => {
        let decided: string | undefined;
        for (let count = 0; count <= votes.length; count += 1) {
          const result = tally(quorum, votes.slice(0, count));
          if (decided !== undefined) expect(result).toBe(decided);
          else if (result !== 'open') decided = result;
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('of one: a person’s no rejects, an agent’s leaves it to the people, and no agent stands for a person', () => {
    const vote = (id: string, approved: boolean) => ({ approver: { id }, approved });
    const quorum: Quorum = { required: 1, of: 1, eligible: ['a', 'b'], agents: ['bot'] };
    expect(tally(quorum, [vote('bot', false)])).toBe('open');
    expect(tally(quorum, [vote('bot', false), vote('a', true)])).toBe('approved');
    expect(tally(quorum, [vote('a', false)])).toBe('rejected');
    expect(tally(quorum, [vote('bot', true)])).toBe('approved');
    expect(tally({ ...quorum, people: 1 }, [vote('bot', true)])).toBe('open');
    expect(tally({ ...quorum, people: 1 }, [vote('bot', true), vote('b', true)])).toBe('approved');
    expect(tally({ ...quorum, eligible: [] }, [vote('bot', false)])).toBe('rejected');
  });

  it('counts those who are asked later like all others: without their vote nothing is lost yet', () => {
    const escalation = { at: 1, eligible: ['z'] };
    const quorum: Quorum = { required: 2, of: 3, eligible: ['a', 'b', 'z'], escalation };
    const vote = (id: string, approved: boolean) => ({ approver: { id }, approved });
    expect(tally(quorum, [vote('a', true), vote('z', true)])).toBe('approved');
    expect(tally(quorum, [vote('a', false)])).toBe('open');
    expect(tally(quorum, [vote('z', false), vote('a', false)])).toBe('rejected');
    const roles = { sec: { required: 1, eligible: ['b', 'z'] } };
    expect(tally({ ...quorum, roles }, [vote('b', false)])).toBe('open');
    expect(tally({ ...quorum, roles }, [vote('b', false), vote('z', true), vote('a', true)])).toBe('approved');
  });

  it('counts a lent vote for who lent it, and the voter’s own as spent', () => {
    const quorum: Quorum = { required: 2, of: 3, eligible: ['a', 'b', 'c'] };
    const vote = (id: string, approved: boolean, delegator?: string) => ({
      approver: { id },
      approved,
      ...(delegator === undefined ? {} : { delegation: { delegator } as Delegation }),
    });
    expect(tally(quorum, [vote('x', true, 'a'), vote('b', true)])).toBe('approved');
    expect(tally(quorum, [vote('x', true, 'a')])).toBe('open');
    expect(tally(quorum, [vote('b', true, 'a')])).toBe('open');
    expect(tally(quorum, [vote('b', true, 'a'), vote('c', false)])).toBe('rejected');
    expect(tally(quorum, [vote('b', false, 'a')])).toBe('rejected');
  });
});
