export { type ApprovalDesk, createApprovalDesk, type DeskDecision } from './approval-desk.ts';
export {
  type ApproverKey,
  type ApproverKeys,
  isKeyHolderName,
  isLive,
  NO_KEYS,
  parseApproverKeys,
  renderApproverKey,
  VOTE_NAMESPACE,
} from './approver-keys.ts';
export { recordExpiry } from './expiry.ts';
export type { ApprovalChange, ApprovalStore, Cast } from './ports.ts';
export { type QuorumAnswer, type QuorumSettings, quorumFor } from './quorum.ts';
export { checkVote, isProven, type VoteCheck, type VoteSigner } from './signed-votes.ts';
export { isStep, statusAt } from './state-machine.ts';
export { voteStatement } from './vote-statement.ts';
