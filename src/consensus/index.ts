export { type ConsensusMode, thresholdFor } from './bounds.ts';
export { type EquivocationProof, isCertificateOf, type QuorumCertificate } from './certificate.ts';
export { type Ballot, signVote, type ValidatorSet, type ValidatorVote, type Verdict } from './validator-vote.ts';
export { countVotes, type VoteCount } from './vote-count.ts';
