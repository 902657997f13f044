import type { ApproverConfig } from '../model/configuration.ts';
import type { OperationSpec } from '../model/operation.ts';

/** True where `can_approve` covers the operation: by `*`, its name, its domain or one of its classes. */
export function mayApprove(approver: ApproverConfig, operation: OperationSpec): boolean {
  return approver.canApprove.some(
    (scope) =>
      scope === '*' ||
      scope === operation.name ||
      scope === operation.domain ||
      operation.classes.some((name) => name === scope),
  );
}

/**
 * The people who may decide on the operation. `undefined` means the configuration names no approvers at all: then
 * whoever sits at the terminal of this installation decides.
 */
export function eligibleUsers(
  users: readonly ApproverConfig[],
  operation: OperationSpec,
): readonly ApproverConfig[] | undefined {
  return users.length === 0 ? undefined : users.filter((user) => mayApprove(user, operation));
}
