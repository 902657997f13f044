export { type ConsensusMode, thresholdFor } from './bounds.ts';
export { type EquivocationProof, isCertificateOf, isEquivocation, type QuorumCertificate } from './certificate.ts';
export {
  ballotOf,
  contextDigestOf,
  isBallotOn,
  operationDigestOf,
  type Validate,
  type ValidationInput,
  type ValidationVerdict,
} from './validation.ts';
export {
  type Ballot,
  ballotToJson,
  signVote,
  type ValidatorSet,
  type ValidatorVote,
  type Verdict,
} from './validator-vote.ts';
export {
  certificateFromJson,
  type Question,
  questionFromJson,
  questionToJson,
  recordedVoteFromJson,
  voteFromJson,
  voterToJson,
  voteToJson,
} from './vote-json.ts';
export { type MissingVote, startRound, type VoteRound } from './vote-round.ts';
