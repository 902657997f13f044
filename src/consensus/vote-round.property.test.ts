import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { publicBytesOf } from '../kernel/ed25519.ts';
import { type ConsensusMode, thresholdFor, thresholds } from './bounds.ts';
import { isCertificateOf, isEquivocation } from './certificate.ts';
import { type Ballot, signVote, type ValidatorSet, type ValidatorVote, type Verdict } from './validator-vote.ts';
import { startRound } from './vote-round.ts';

const keys: KeyObject[] = Array.from({ length: 10 }, () => generateKeyPairSync('ed25519').privateKey);
const nameOf = (i: number): string => `v${i}`;
const setOf = (n: number): ValidatorSet =>
  Object.fromEntries(keys.slice(0, n).map((key, i) => [nameOf(i), publicBytesOf(key).toString('base64')]));
const BALLOT: Ballot = { requestId: 'r', operationDigest: 'o', contextDigest: 'c', evaluatedAt: 1, epoch: 1 };
const made = new Map<string, ValidatorVote>();
/** Signed once, however often it is cast. */
function voteOf(i: number, verdict: Verdict, change: Partial<Ballot> = {}, key = i): ValidatorVote {
  const id = JSON.stringify([i, verdict, change, key]);
  const ballot = { ...BALLOT, ...change };
  const vote = made.get(id) ?? signVote({ validator: nameOf(i), ballot, verdict, findings: [] }, keys[key]!);
  made.set(id, vote);
  return vote;
}
const other = (verdict: Verdict): Verdict => (verdict === 'valid' ? 'invalid' : 'valid');

type Event = { readonly from: number; readonly vote?: ValidatorVote };
const FAULTS = ['crash', 'stall', 'lie', 'equivocate', 'late', 'replay', 'epoch', 'impersonate', 'stranger'] as const;

/** What a faulty validator makes happen; `stall` makes nothing happen at all. */
function eventsOf(fault: (typeof FAULTS)[number], i: number, truth: Verdict, n: number): Event[] {
  const lie = other(truth);
  const votes: Partial<Record<typeof fault, ValidatorVote[]>> = {
    lie: [voteOf(i, lie)],
    equivocate: [voteOf(i, lie), voteOf(i, truth)],
    late: [voteOf(i, lie)],
    replay: [voteOf(i, lie, { requestId: 'another' })],
    epoch: [voteOf(i, lie, { epoch: 2 })],
    impersonate: Array.from({ length: n }, (_, name) => voteOf(name, lie, {}, i)).filter((_, name) => name !== i),
    stranger: [{ ...voteOf(i, lie), validator: 'nobody' }],
  };
  const cast = (votes[fault] ?? []).map((vote) => ({ from: i, vote }));
  return fault === 'stall' ? [] : [...cast, { from: i }];
}

const sizes = (mode: ConsensusMode) =>
  fc.tuple(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 0, max: 4 })).filter(([n, f]) => {
    return thresholds(n, f, mode).length > 0;
  });

describe('a round of votes with f faulty validators', () => {
  it('ends with the honest ones’ verdict, whatever the faulty ones do, in whatever order', () => {
    const given = fc.constantFrom<ConsensusMode>('deterministic', 'agreement').chain((mode) =>
      sizes(mode).chain(([n, f]) =>
        fc.record({
          n: fc.constant(n),
          f: fc.constant(f),
          mode: fc.constant(mode),
          truth: fc.constantFrom<Verdict>('valid', 'invalid'),
          faults: fc.array(fc.constantFrom(...FAULTS), { minLength: f, maxLength: f }),
          order: fc.array(fc.nat(), { minLength: 60, maxLength: 60 }),
        }),
      ),
    );
    fc.assert(
      fc.property(given, ({ n, f, mode, truth, faults, order }) => {
        const set = setOf(n);
        const threshold = thresholdFor(n, f, mode);
        const round = startRound(set, threshold, BALLOT);
        const events = Array.from({ length: n }, (_, i) => {
          const fault = faults[i];
          return fault === undefined ? [{ from: i, vote: voteOf(i, truth) }] : eventsOf(fault, i, truth, n);
        }).flat();
        const shuffled = events
          .map((event, at) => ({ event, key: order[at % order.length]! }))
          .sort((a, b) => a.key - b.key);
        const late = shuffled.filter(({ event }) => faults[event.from] === 'late');
        const inTime = shuffled.filter(({ event }) => faults[event.from] !== 'late');
        let over = false;
        for (const { event } of [...inTime, ...late]) {
          if (round.isOver()) {
            over = true;
            break;
          }
          if (event.vote === undefined) round.gone(nameOf(event.from), 'gone');
          else round.hear(event.vote);
        }
        // It ends before anybody who never answers, or answers last, is waited for.
        expect(over || round.isOver()).toBe(true);
        const certificate = round.certificate()!;
        expect(certificate.verdict).toBe(truth);
        expect(isCertificateOf(set, threshold, certificate)).toBe(true);
        for (const proof of round.equivocations()) {
          expect(faults[Number(proof.validator.slice(1))]).toBe('equivocate');
          expect(isEquivocation(set, proof)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('never has two certificates, nor one against honest ones that differ, where validators judge', () => {
    // Honest ones are split in every way; faulty ones say both. Each verdict's votes are counted by a listener of its own.
    for (let n = 1; n <= 7; n += 1) {
      for (let f = 0; 3 * f + 1 <= n; f += 1) {
        const threshold = thresholdFor(n, f, 'agreement');
        for (let yes = 0; yes <= n - f; yes += 1) {
          const reached = (['valid', 'invalid'] as const).filter((verdict) => {
            const round = startRound(setOf(n), threshold, BALLOT);
            for (let i = 0; i < n; i += 1) {
              const honest: Verdict = i - f < yes ? 'valid' : 'invalid';
              round.hear(voteOf(i, i < f ? verdict : honest));
            }
            return round.certificate()?.verdict === verdict;
          });
          expect(reached.length).toBeLessThan(2);
          if (yes === 0) expect(reached).toEqual(['invalid']);
          if (yes === n - f) expect(reached).toEqual(['valid']);
        }
      }
    }
  });
});

describe('those without a vote', () => {
  it('are named with the reason, until a vote of theirs comes', () => {
    const round = startRound(setOf(3), 2, BALLOT);
    round.gone('v0', 'it crashed');
    round.gone('v0', 'again');
    round.gone('nobody', 'who?');
    expect(round.missing('late')).toEqual([
      { validator: 'v0', why: 'it crashed' },
      { validator: 'v1', why: 'late' },
      { validator: 'v2', why: 'late' },
    ]);
    expect(round.hear(voteOf(0, 'valid'))).toBe(true);
    round.gone('v0', 'after its vote');
    expect(round.missing('late').map(({ validator }) => validator)).toEqual(['v1', 'v2']);
    expect(round.isOver()).toBe(false);
    // Those who voted and are still at it are waited for no longer.
    round.hear(voteOf(1, 'invalid'));
    round.gone('v2', 'gone');
    expect(round.isOver()).toBe(true);
    expect(round.certificate()).toBeUndefined();
    expect(round.dissent()).toHaveLength(2);
  });
});
