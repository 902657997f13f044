export { type CompileResult, compilePolicies } from './compile-policies.ts';
export type { PolicyInput, PolicySet, RuleInfo, StateNeeds, TraceStep } from './policy-set.ts';
export { type PolicyTest, type PolicyTestRun, parsePolicyTests, runPolicyTests } from './policy-tests.ts';
