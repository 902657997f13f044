import type { EquivocationProof, QuorumCertificate } from './certificate.ts';
import type { Ballot, ValidatorSet, ValidatorVote, Verdict } from './validator-vote.ts';
import { hasOwnFindings, isVoteOf, verdictKey } from './validator-vote.ts';

const VERDICTS: readonly Verdict[] = ['valid', 'invalid'];

export interface VoteCount {
  /** Counts a vote, whoever brings it. False where it is not a vote of this set on this ballot. */
  add(vote: ValidatorVote): boolean;
  certificate(): QuorumCertificate | undefined;
  /** true once no verdict can get enough votes any more, whatever the validators say that are still `out` */
  isHopeless(out: number): boolean;
  /** votes for the other verdict than the certificate's; all of them where there is none */
  dissent(): readonly ValidatorVote[];
  equivocations(): readonly EquivocationProof[];
}

/**
 * Counts votes on one ballot. INVARIANT: of each validator the first vote counts, and no other; a second one that
 * contradicts it is kept as proof, and makes no certificate with it.
 */
export function countVotes(set: ValidatorSet, threshold: number, ballot: Ballot): VoteCount {
  const votes = new Map<string, ValidatorVote>();
  const proofs = new Map<string, EquivocationProof>();
  const wanted = verdictKey({ ballot, verdict: 'valid' });

  const honest = (): ValidatorVote[] => [...votes.values()].filter(({ validator }) => !proofs.has(validator));
  const votesFor = (verdict: Verdict): ValidatorVote[] => honest().filter((vote) => vote.verdict === verdict);
  let decided: QuorumCertificate | undefined;

  return {
    add: (vote) => {
      if (verdictKey({ ...vote, verdict: 'valid' }) !== wanted || !VERDICTS.includes(vote.verdict)) return false;
      if (!hasOwnFindings(vote) || !isVoteOf(set, vote)) return false;
      const { validator } = vote;
      const first = votes.get(validator);
      if (first === undefined) votes.set(validator, vote);
      else if (first.verdict !== vote.verdict && !proofs.has(validator)) {
        proofs.set(validator, { validator, first, second: vote });
      }
      const mine = votesFor(vote.verdict);
      if (decided === undefined && mine.length >= threshold) {
        decided = { ballot, verdict: vote.verdict, threshold, votes: mine };
      }
      return true;
    },
    certificate: () => decided,
    isHopeless: (out) =>
      decided === undefined && VERDICTS.every((verdict) => votesFor(verdict).length + out < threshold),
    dissent: () => honest().filter((vote) => vote.verdict !== decided?.verdict),
    equivocations: () => [...proofs.values()],
  };
}
