import type { ApproverConfig } from './configuration.ts';
import type { OperationSpec } from './operation.ts';

/** True where `can_approve` covers the operation: by `*`, its name, its domain or one of its classes. */
export function mayApprove({ canApprove }: ApproverConfig, { name, domain, classes }: OperationSpec): boolean {
  return canApprove.some(
    (scope) => scope === '*' || scope === name || scope === domain || classes.some((one) => one === scope),
  );
}

/** The security agent that comes with the system: it runs the inspectors, and votes with what they find. */
export function isSecurityAgent({ id, role }: Pick<ApproverConfig, 'id' | 'role'>): boolean {
  return id === 'security_agent' || role === 'security_validator';
}
