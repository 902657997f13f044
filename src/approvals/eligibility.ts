import { mayApprove } from '../model/approver-scope.ts';
import type { ApproverConfig } from '../model/configuration.ts';
import type { OperationSpec } from '../model/operation.ts';

/**
 * The people who may decide on an action that does all of `operations`. `undefined` means the configuration names no
 * approvers at all: then whoever has an enrolled key decides.
 */
export function eligibleUsers(
  users: readonly ApproverConfig[],
  operations: readonly OperationSpec[],
): readonly ApproverConfig[] | undefined {
  return users.length === 0
    ? undefined
    : users.filter((user) => operations.every((operation) => mayApprove(user, operation)));
}

/** The agents who may. */
export function eligibleAgents(
  agents: readonly ApproverConfig[],
  operations: readonly OperationSpec[],
): readonly ApproverConfig[] {
  return agents.filter((agent) => operations.every((operation) => mayApprove(agent, operation)));
}
