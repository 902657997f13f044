export type { ApprovalSettings } from './approval-gate.ts';
export { renderRule } from './entries.ts';
export { createGovernor, type GovernorParts } from './governor.ts';
export type { AttemptGuards, AttemptResult, GovernanceStore, Inspector, PolicySource, Sleep } from './ports.ts';
export type {
  ActionOutcome,
  AuthorizeOptions,
  Governor,
  Judgement,
  Permit,
  Refusal,
  RunResult,
} from './types.ts';
