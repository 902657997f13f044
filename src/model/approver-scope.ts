import type { ApproverConfig } from './configuration.ts';
import type { OperationClass, OperationSpec } from './operation.ts';

const CLASSES: readonly OperationClass[] = ['destructive', 'external_call', 'high_risk', 'read_only'];

/** All that `can_approve`, or a vote that is lent, can name: `*`, classes, operations and their domains. */
export function knownScopes(operations: Iterable<OperationSpec>): ReadonlySet<string> {
  const scopes = new Set<string>(['*', ...CLASSES]);
  for (const { name, domain } of operations) scopes.add(name).add(domain);
  return scopes;
}

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
