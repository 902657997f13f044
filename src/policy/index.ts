export { type CompileResult, compilePolicies, type PolicyInput } from './compile-policies.ts';
export type { PolicySet, RuleInfo, StateNeeds, TraceStep } from './policy-set.ts';
export { type PolicyTest, type PolicyTestRun, parsePolicyTests, runPolicyTests } from './policy-tests.ts';
