export { actionDigest } from './action-digest.ts';
export { createDecisionWatch } from './decision-watch.ts';
export { renderRule } from './entries.ts';
export { createGovernor, type GovernorParts } from './governor.ts';
export { maskDecision } from './mask-decision.ts';
export { joinTexts, maskJson } from './mask-json.ts';
export { OUR_METADATA } from './new-request.ts';
export type {
  ApprovalSettings,
  AttemptGuards,
  AttemptResult,
  GovernanceStore,
  Inspector,
  PolicySnapshot,
  Sleep,
} from './ports.ts';
export { type AgentWord, securityWord } from './security-vote.ts';
export type {
  ActionOutcome,
  Asked,
  AskOptions,
  AuthorizeOptions,
  Governor,
  Judgement,
  Permit,
  Refusal,
  RunResult,
} from './types.ts';
