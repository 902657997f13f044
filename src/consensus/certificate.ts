import type { Ballot, ValidatorSet, ValidatorVote, Verdict } from './validator-vote.ts';
import { isVoteOf, verdictKey } from './validator-vote.ts';

/** Enough matching votes for one verdict: whoever knows the validators' keys can check it, with nothing else. */
export interface QuorumCertificate {
  readonly ballot: Ballot;
  readonly verdict: Verdict;
  readonly threshold: number;
  readonly votes: readonly ValidatorVote[];
}

/** Two votes of one validator on one ballot that contradict each other: they prove its fault by themselves. */
export interface EquivocationProof {
  readonly validator: string;
  readonly first: ValidatorVote;
  readonly second: ValidatorVote;
}

/** True where at least `threshold` different validators of the set signed just this verdict on just this ballot. */
export function isCertificateOf(set: ValidatorSet, threshold: number, certificate: QuorumCertificate): boolean {
  // One key under two names would be one validator that votes twice; a threshold of none is met by nobody.
  const keys = Object.values(set);
  if (!Number.isSafeInteger(threshold) || threshold < 1 || new Set(keys).size !== keys.length) return false;
  const key = verdictKey(certificate);
  const voters = new Set<string>();
  for (const vote of certificate.votes) {
    if (verdictKey(vote) !== key || voters.has(vote.validator) || !isVoteOf(set, vote)) return false;
    voters.add(vote.validator);
  }
  return certificate.threshold === threshold && voters.size >= threshold;
}

/** True where both votes are the validator's own and contradict each other. */
export function isEquivocation(set: ValidatorSet, { validator, first, second }: EquivocationProof): boolean {
  return (
    first.validator === validator &&
    second.validator === validator &&
    first.verdict !== second.verdict &&
    verdictKey({ ...first, verdict: 'valid' }) === verdictKey({ ...second, verdict: 'valid' }) &&
    isVoteOf(set, first) &&
    isVoteOf(set, second)
  );
}
