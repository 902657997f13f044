import { nearest } from '../kernel/text.ts';
import { mayApprove } from '../model/approver-scope.ts';
import type { ApprovalsConfig, GovernanceConfig } from '../model/configuration.ts';
import { BUILTIN_OPERATIONS, type OperationClass, type OperationSpec } from '../model/operation.ts';
import { auditFilters } from './audit-filters.ts';
import { requiredApprovals, toleratedFaults } from './quorum.ts';
import type { Report } from './spec.ts';

/** What the typed configuration doesn't say of the files. */
export interface FileFacts {
  /** values that name an environment variable which is not set */
  readonly unset: readonly { readonly path: string; readonly name: string }[];
}

/** What is wrong or doubtful only in the light of several keys together. */
export function crossCheck(config: GovernanceConfig, { unset }: FileFacts, report: Report): void {
  if (!config.audit.enabled && config.policies.enforcementMode !== 'audit-only') {
    const hint = 'what can not be recorded can not happen';
    report.error('audit.enabled', 'false is possible only with enforcement_mode = "audit-only"', hint);
  } else if (!config.audit.enabled) {
    report.warning('audit.enabled', 'is false, but this version records everything all the same');
  }
  const { backend, connectionString } = config.audit.storage;
  if (backend === 'postgres' && unset.every(({ path }) => path !== 'audit.storage.connection_string')) {
    const hint = 'as in "postgresql://user:${PGPASSWORD}@host/database?sslmode=verify-full"';
    if (connectionString === undefined || connectionString === '')
      report.error('audit.storage.backend', '"postgres" needs audit.storage.connection_string', hint);
    else if (!/^postgres(ql)?:\/\//.test(connectionString))
      report.error('audit.storage.connection_string', 'is no address of a Postgres database', hint);
  }
  for (const { path, name } of unset) {
    const isNeeded = path === 'audit.storage.connection_string' && config.audit.storage.backend === 'postgres';
    if (isNeeded) report.error(path, `the environment variable ${name} is not set`);
    else report.warning(path, `off, since the environment variable ${name} is not set`);
  }
  const operations = [
    ...BUILTIN_OPERATIONS,
    ...Object.entries(config.operations).map(([name, custom]): OperationSpec => ({ name, ...custom })),
  ];
  listsThatContradict(config, report);
  auditFilters(config, report);
  approvers(config.approvals, operations, report);
  // Nobody is asked about erasing where no standard wants it.
  const { iso27001 } = config.compliance;
  const asksToErase = iso27001?.enabled && iso27001.requireChangeManagement;
  const asked = operations.filter(({ name }) => name !== 'erase_audit_entries' || asksToErase);
  strategies(config, asked, report);
}

function listsThatContradict({ policies, approvals }: GovernanceConfig, report: Report): void {
  const { operational, security } = policies;
  const asked = new Set(operational.requireApproval.operations.map((rule) => rule.pattern));
  operational.autoApproval.operations.forEach((rule, index) => {
    if (!asked.has(rule.pattern)) return;
    const path = `policies.operational.auto_approval.operations[${index}]`;
    report.warning(path, `${rule.pattern} is in require_approval too, which wins: this entry has no effect`);
  });
  const asks =
    (operational.enabled &&
      (asked.size > 0 || operational.requireApprovalForDestructive || operational.requireApprovalForExternalCalls)) ||
    security.allowedCommands.requireApproval.length > 0;
  if (!approvals.enabled && asks) {
    report.warning('approvals.enabled', 'is false, so everything that requires approval is denied');
  }
}

const CLASSES: readonly { key: keyof ApprovalsConfig['strategies']; toml: string; class: OperationClass }[] = [
  { key: 'destructiveOperations', toml: 'destructive_operations', class: 'destructive' },
  { key: 'externalCalls', toml: 'external_calls', class: 'external_call' },
  { key: 'highRiskOperations', toml: 'high_risk_operations', class: 'high_risk' },
  { key: 'readOnlyOperations', toml: 'read_only_operations', class: 'read_only' },
];

function approvers({ approvers }: ApprovalsConfig, operations: readonly OperationSpec[], report: Report): void {
  const scopes = new Set(['*', ...CLASSES.map((one) => one.class)]);
  for (const { name, domain } of operations) scopes.add(name).add(domain);
  const seen = new Set<string>();
  for (const kind of ['user', 'agent'] as const) {
    approvers[kind].forEach(({ id, canApprove }, index) => {
      const path = `approvals.approvers.${kind}[${index}]`;
      // An id that is missing or empty is an error already.
      if (id !== '' && seen.has(id)) report.error(`${path}.id`, `${JSON.stringify(id)} is the id of another approver`);
      seen.add(id);
      canApprove.forEach((scope, at) => {
        if (scopes.has(scope)) return;
        const near = nearest(scope, scopes);
        report.warning(
          `${path}.can_approve[${at}]`,
          `${JSON.stringify(scope)} is no domain, class or operation and covers nothing`,
          near === undefined ? undefined : `did you mean ${near}?`,
        );
      });
    });
  }
}

function strategies(config: GovernanceConfig, operations: readonly OperationSpec[], report: Report): void {
  const { approvals } = config;
  for (const { key, toml, class: name } of CLASSES) {
    const path = `approvals.strategies.${toml}`;
    const isGrave = name === 'destructive' || name === 'high_risk';
    const hint = 'use single-approval or multi-approval';
    const inClass = operations.filter((operation) => operation.classes.includes(name));
    switch (approvals.strategies[key]) {
      case 'time-based-approval':
        if (isGrave && !approvals.acceptTimerForDestructive)
          report.error(path, `a timer may not approve operations of class ${name}`, hint);
        else
          report.warning(path, 'a timer that nobody stops approves by itself; it is recorded as decided by the timer');
        break;
      case 'auto-approval':
        if (isGrave) report.error(path, `operations of class ${name} can not approve themselves`, hint);
        break;
      case 'multi-approval':
        quorum(approvals, path, inClass, report);
        break;
      case 'single-approval':
        nobody(config, path, inClass, report);
    }
  }
}

/** Quorums that the eligible approvers can't reach, said once for operations that the same people may decide on. */
function quorum(approvals: ApprovalsConfig, path: string, operations: readonly OperationSpec[], report: Report): void {
  const { user, agent } = approvals.approvers;
  const rule = approvals.multiApproval;
  let fewest = Number.POSITIVE_INFINITY;
  const unreachable = new Map<string, string[]>();
  for (const operation of operations) {
    const eligible = [...user, ...agent].filter((approver) => mayApprove(approver, operation));
    fewest = Math.min(fewest, eligible.length);
    const required = requiredApprovals(rule, eligible.length);
    if (required <= eligible.length) continue;
    const who = eligible.map((approver) => approver.id).join(', ') || 'nobody';
    const why = `${required} approvals are needed and ${eligible.length} may be given (${who})`;
    unreachable.set(why, [...(unreachable.get(why) ?? []), operation.name]);
  }
  for (const [why, names] of unreachable) {
    report.warning(path, `can't be reached for ${some(names)}: ${why}; requests are refused at once`);
  }
  if (rule.byzantineTolerance && Number.isFinite(fewest) && toleratedFaults(fewest) === 0) {
    const counted = `${fewest} eligible approvers`;
    report.warning(path, `byzantine_tolerance tolerates no fault with ${counted}; it takes four or more`);
  }
}

/** Operations that people are asked about though none of the named approvers may decide on them. */
function nobody(config: GovernanceConfig, path: string, operations: readonly OperationSpec[], report: Report): void {
  const { user } = config.approvals.approvers;
  if (user.length === 0) return; // whoever has a key decides
  const names = operations
    .filter((operation) => isAskedAbout(config, operation) && !user.some((one) => mayApprove(one, operation)))
    .map((operation) => operation.name);
  if (names.length > 0) {
    report.warning(path, `nobody may approve ${some(names)}: no can_approve covers it; requests are refused at once`);
  }
}

function isAskedAbout({ policies }: GovernanceConfig, operation: OperationSpec): boolean {
  const { operational, security } = policies;
  if (operation.access === 'execute' && security.allowedCommands.requireApproval.length > 0) return true;
  return (
    operational.enabled &&
    ((operational.requireApprovalForDestructive && operation.classes.includes('destructive')) ||
      (operational.requireApprovalForExternalCalls && operation.classes.includes('external_call')) ||
      operational.requireApproval.operations.some((rule) => rule.pattern === operation.name))
  );
}

function some(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}
