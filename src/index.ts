/** The package root: the guide's classes, and createGovernor for programs that act themselves. */
export * from './api/index.ts';
export type { GrantWish, VoteSigner } from './approvals/index.ts';
export { AuditQuery } from './audit/index.ts';
export type {
  AgentDecider,
  CommandValidator,
  HttpValidator,
  LocalValidator,
  OperationValidator,
  SystemOptions,
} from './compose/index.ts';
export type {
  Ballot,
  EquivocationProof,
  QuorumCertificate,
  Validate,
  ValidationInput,
  ValidationVerdict,
  ValidatorSet,
  ValidatorVote,
  Verdict,
} from './consensus/index.ts';
export type { ActionOutcome, Governor, Permit, Refusal, RunResult } from './governor/index.ts';
export { GgenError, isGgenError, type Position } from './kernel/errors.ts';
export type { Json, JsonObject } from './kernel/json.ts';
export type { Action, ActionContext, ActionPart } from './model/action.ts';
export type { Actor } from './model/actor.ts';
export type { Decision, EnforcementMode, Outcome, Reason } from './model/decision.ts';
export type { StandingGrant } from './model/standing-grant.ts';
