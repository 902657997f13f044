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
export { backoffMs } from './backoff.ts';
export { mailText, slackMessage, webhookBody } from './notice-texts/index.ts';
export {
  agentVoteJob,
  createJobMaker,
  type Endpoint,
  endpointsOf,
  JOB,
  type JobMaker,
  type NoticeEvent,
} from './notices.ts';
export type {
  ApprovalChange,
  ApprovalStore,
  Cast,
  ChangeEar,
  DisabledEndpoint,
  EndpointStore,
  RequestExtras,
} from './ports.ts';
export { type QuorumAnswer, type QuorumSettings, quorumFor } from './quorum.ts';
export { recordToJson } from './record-json.ts';
export { termsOf } from './request-terms.ts';
export { isTimersGrant, isTimersTurn, settle } from './settle.ts';
export { checkVote, isProven, type VoteCheck, type VoteSigner } from './signed-votes.ts';
export * from './standing-grants/index.ts';
export { isStep, statusAt } from './state-machine.ts';
export { supersede } from './supersede.ts';
export { idempotencyId, notPending, sameSubject } from './twin-requests.ts';
export { voteStatement } from './vote-statement.ts';
