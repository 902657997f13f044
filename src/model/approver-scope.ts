import type { ApproverConfig } from './configuration.ts';
import type { OperationSpec } from './operation.ts';

/** True where `can_approve` covers the operation: by `*`, its name, its domain or one of its classes. */
export function mayApprove({ canApprove }: ApproverConfig, { name, domain, classes }: OperationSpec): boolean {
  return canApprove.some(
    (scope) => scope === '*' || scope === name || scope === domain || classes.some((one) => one === scope),
  );
}
