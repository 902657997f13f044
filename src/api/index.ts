export type { CheckName } from '../validators/index.ts';
export { answerValidation, createVoter, type VoterOptions } from './answer-validation.ts';
export {
  type ApprovalDecision,
  ApprovalManager,
  type ApprovalManagerOptions,
  type ApprovalRequest,
  type ApprovalResult,
} from './approval-manager.ts';
export { type ApproverKeyOptions, openApproverKey } from './approver-key.ts';
export { type AuditEntry, AuditLogger } from './audit-logger.ts';
export { BuiltInChecks } from './built-in-checks.ts';
export { ByzantineValidator } from './byzantine-validator.ts';
export { type CommandRequest, createGovernor, type OpenGovernor } from './create-governor.ts';
export { ActionType, ActorType, EventType, Operation, OperationResult } from './names.ts';
export { type ChangeOptions, PolicyEngine, type PolicyResult, type PolicyUpdate } from './policy-engine.ts';
export { SecurityAgent, type SecurityAgentOptions, type ValidationResult } from './security-agent.ts';
export { SecurityConfig } from './security-config.ts';
export type { ByzantineFault, CertificateSubject, ValidationOutcome } from './validation-outcome.ts';
export type { ByzantineValidatorOptions } from './validator-options.ts';
