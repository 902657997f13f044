import { ruleOf } from '../config/index.ts';
import type { QuorumRule } from '../model/configuration.ts';
import type { OperationSpec } from '../model/operation.ts';

/** The rule for an action that does all of `operations`: of each number the largest that one of them asks for. */
export function ruleFor(
  operations: readonly Pick<OperationSpec, 'name'>[],
  settings: Parameters<typeof ruleOf>[0],
): QuorumRule {
  const rules = operations.map(({ name }) => ruleOf(settings, name));
  return rules.reduce((a, b) => ({
    minApprovers: Math.max(a.minApprovers, b.minApprovers),
    quorumPercentage: Math.max(a.quorumPercentage, b.quorumPercentage),
    byzantineTolerance: a.byzantineTolerance || b.byzantineTolerance,
    minPeople: Math.max(a.minPeople, b.minPeople),
    roles: largest(a.roles, b.roles),
  }));
}

function largest(a: QuorumRule['roles'], b: QuorumRule['roles']): QuorumRule['roles'] {
  const both: Record<string, number> = { ...a };
  for (const [role, count] of Object.entries(b)) both[role] = Math.max(both[role] ?? 0, count);
  return both;
}
