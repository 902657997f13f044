export { type ApprovalDesk, createApprovalDesk, type DeskDecision, type DeskWord } from './approval-desk.ts';
export { type ApprovalTrail, isOnRecord, readTrail } from './approval-trail.ts';
export {
  type ApproverKey,
  type ApproverKeys,
  isKeyHolderName,
  isLive,
  type KeyNamespace,
  NO_KEYS,
  parseApproverKeys,
  renderApproverKey,
  SLACK_NAMESPACE,
  VOTE_NAMESPACE,
} from './approver-keys.ts';
export { backoffMs } from './backoff.ts';
export * from './delegations/index.ts';
export { ENDS, isGranted, type ProofContext, wasApproved } from './granted.ts';
export { operationsOf } from './may-decide.ts';
export {
  APPROVE_ACTION,
  mailText,
  noticeContext,
  REJECT_ACTION,
  readButtonValue,
  slackMessage,
  webhookBody,
} from './notice-texts/index.ts';
export {
  agentVoteJob,
  createJobMaker,
  type Endpoint,
  endpointsOf,
  JOB,
  type JobMaker,
  type NoticeEvent,
  noticeOf,
  TIMER_JOBS,
} from './notices.ts';
export { tooManyPending } from './pending-limit.ts';
export type {
  ApprovalChange,
  ApprovalStore,
  Cast,
  ChangeEar,
  DisabledEndpoint,
  EndpointStore,
  RequestExtras,
  RequestFilter,
} from './ports.ts';
export { type QuorumAnswer, type QuorumSettings, quorumFor } from './quorum.ts';
export { recordToJson } from './record-json.ts';
export { findingsOf, type SlackButtons, slackButtonsOf, whyNotRelayed } from './relayed-votes.ts';
export { termsOf } from './request-terms.ts';
export { isTimersTurn, settle, TIMER } from './settle.ts';
export {
  checkVote,
  isProven,
  type VoteCheck,
  whyNotLent,
} from './signed-votes.ts';
export * from './standing-grants/index.ts';
export { isStep, statusAt } from './state-machine.ts';
export { supersede } from './supersede.ts';
export { idempotencyId, notPending, sameSubject } from './twin-requests.ts';
export type { VoteSigner } from './vote-signer.ts';
export { parseVoteStatement, requestDigest, voteStatement } from './vote-statement.ts';
