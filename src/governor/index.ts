export type { AttemptGuards, AttemptResult, GovernanceStore, Inspector, PolicySource } from './ports.ts';
export type { ActionOutcome, Governor, Judgement, Permit, Refusal, RunResult } from './types.ts';
