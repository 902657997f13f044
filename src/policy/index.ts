export type { PolicySet, RuleInfo, StateNeeds, TraceStep } from './policy-set.ts';
