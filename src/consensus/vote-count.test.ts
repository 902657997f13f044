import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { publicKeyFrom } from '../kernel/ed25519.ts';
import { thresholdFor } from './bounds.ts';
import { isCertificateOf, isEquivocation } from './certificate.ts';
import {
  type Ballot,
  isVoteOf,
  signVote,
  type ValidatorSet,
  type ValidatorVote,
  type Verdict,
} from './validator-vote.ts';
import { countVotes } from './vote-count.ts';

const N = 7;
const F = 3;
const T = thresholdFor(N, F, 'deterministic');
const names = Array.from({ length: N }, (_, i) => `v${i}`);
const keys: KeyObject[] = names.map(() => generateKeyPairSync('ed25519').privateKey);
const publicOf = (key: KeyObject): string =>
  Buffer.from(String(createPublicKey(key).export({ format: 'jwk' }).x), 'base64url').toString('base64');
const set: ValidatorSet = Object.fromEntries(names.map((name, i) => [name, publicOf(keys[i]!)]));
const ballot: Ballot = { requestId: 'r', operationDigest: 'o', contextDigest: 'c', evaluatedAt: 1, epoch: 1 };
const voteOf = (i: number, verdict: Verdict, change: Partial<Ballot> = {}): ValidatorVote =>
  signVote({ validator: names[i]!, ballot: { ...ballot, ...change }, verdict, findings: [] }, keys[i]!);

describe('a vote', () => {
  it('is its validator’s, of exactly what it says', () => {
    const vote = voteOf(0, 'valid');
    expect(isVoteOf(set, vote)).toBe(true);
    const bent: Partial<ValidatorVote>[] = [
      { validator: 'v1' },
      { validator: 'nobody' },
      { validator: 'toString' },
      { verdict: 'invalid' },
      { findingsDigest: 'x' },
      { signature: '' },
      { signature: Buffer.alloc(64).toString('base64') },
      ...Object.keys(ballot).map((key) => ({
        ballot: { ...ballot, [key]: key === 'evaluatedAt' || key === 'epoch' ? 2 : 'x' },
      })),
    ];
    for (const change of bent) expect(isVoteOf(set, { ...vote, ...change })).toBe(false);
  });

  it('is nobody’s under a key of small order, which signs everything', () => {
    const small = Buffer.alloc(32);
    small[0] = 1;
    expect(publicKeyFrom(small)).toBeUndefined();
    const forged = Buffer.concat([small, Buffer.alloc(32)]).toString('base64');
    expect(isVoteOf({ v0: small.toString('base64') }, { ...voteOf(0, 'valid'), signature: forged })).toBe(false);
    expect(publicKeyFrom(Buffer.from(set.v0!, 'base64'))).toBeDefined();
  });
});

describe('a count of votes', () => {
  it('is right whatever f faulty validators do, in any order, and ends', () => {
    const faulty = fc.constantFrom('silent', 'lies', 'both', 'twice', 'elsewhere');
    fc.assert(
      fc.property(
        fc.constantFrom<Verdict>('valid', 'invalid'),
        fc.array(faulty, { minLength: F, maxLength: F }),
        fc.integer(),
        (truth, faults, seed) => {
          const lie: Verdict = truth === 'valid' ? 'invalid' : 'valid';
          const votes = names.flatMap((_, i): ValidatorVote[] => {
            const fault = faults[i];
            if (fault === undefined || fault === 'twice') return [voteOf(i, truth), voteOf(i, truth)];
            if (fault === 'silent') return [];
            if (fault === 'lies') return [voteOf(i, lie)];
            if (fault === 'both') return [voteOf(i, lie), voteOf(i, truth)];
            return [voteOf(i, lie, { requestId: 'another' })];
          });
          votes.sort((a, b) => (a.signature + seed < b.signature + seed ? -1 : 1));
          const count = countVotes(set, T, ballot);
          for (const vote of votes) count.add(vote);
          const certificate = count.certificate();
          expect(certificate?.verdict).toBe(truth);
          expect(isCertificateOf(set, T, certificate!)).toBe(true);
          expect(isCertificateOf(set, T + 4, { ...certificate!, threshold: T + 4 })).toBe(false);
          expect(isCertificateOf(set, T, { ...certificate!, verdict: lie })).toBe(false);
          for (const proof of count.equivocations()) {
            expect(faults[names.indexOf(proof.validator)]).toBe('both');
            expect(isEquivocation(set, proof)).toBe(true);
          }
          expect(count.equivocations()).toHaveLength(faults.filter((fault) => fault === 'both').length);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('never makes a certificate of fewer, of one voter twice, or of votes that don’t belong together', () => {
    const enough = names.slice(0, T).map((_, i) => voteOf(i, 'valid'));
    const certificate = { ballot, verdict: 'valid' as const, threshold: T, votes: enough };
    expect(isCertificateOf(set, T, certificate)).toBe(true);
    expect(isCertificateOf(set, T, { ...certificate, votes: enough.slice(1) })).toBe(false);
    expect(isCertificateOf(set, T, { ...certificate, votes: [...enough.slice(1), enough[1]!] })).toBe(false);
    expect(isCertificateOf(set, T, { ...certificate, votes: [...enough.slice(1), voteOf(0, 'invalid')] })).toBe(false);
    expect(
      isCertificateOf(set, T, { ...certificate, votes: [...enough.slice(1), voteOf(0, 'valid', { epoch: 2 })] }),
    ).toBe(false);
    expect(isCertificateOf(set, T, { ...certificate, threshold: 1 })).toBe(false);
    const { v0: _, ...others } = set;
    expect(isCertificateOf(others, T, certificate)).toBe(false);
  });

  it('is hopeless as soon as no verdict can win any more', () => {
    const count = countVotes(set, T, ballot);
    for (const [i, verdict] of (['valid', 'valid', 'valid', 'invalid', 'invalid', 'invalid'] as const).entries()) {
      expect(count.isHopeless(N - i)).toBe(false);
      count.add(voteOf(i, verdict));
    }
    expect(count.isHopeless(1)).toBe(false);
    expect(count.isHopeless(0)).toBe(true);
    expect(count.dissent()).toHaveLength(6);
  });

  it('takes no proof of a fault that is none', () => {
    const [yes, no] = [voteOf(0, 'valid'), voteOf(0, 'invalid')];
    expect(isEquivocation(set, { validator: 'v0', first: yes, second: no })).toBe(true);
    expect(isEquivocation(set, { validator: 'v0', first: yes, second: yes })).toBe(false);
    expect(isEquivocation(set, { validator: 'v1', first: yes, second: no })).toBe(false);
    expect(isEquivocation(set, { validator: 'v0', first: yes, second: voteOf(1, 'invalid') })).toBe(false);
    expect(isEquivocation(set, { validator: 'v0', first: yes, second: voteOf(0, 'invalid', { epoch: 2 }) })).toBe(
      false,
    );
    expect(isEquivocation(set, { validator: 'v0', first: yes, second: { ...yes, verdict: 'invalid' } })).toBe(false);
  });
});
