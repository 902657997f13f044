import type { GovernanceConfig } from '../model/configuration.ts';
import { BUILTIN_OPERATIONS, type OperationSpec } from '../model/operation.ts';
import { auditFilters } from './audit-filters.ts';
import { approvalOperations, approvers, escalation, strategies } from './cross-check-approvals.ts';
import { receivers } from './cross-check-receivers.ts';
import { slackButtons } from './cross-check-slack.ts';
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
  escalation(config.approvals, report);
  approvalOperations(config, operations, report);
  receivers(config.approvals, unset, report);
  slackButtons(config.approvals, unset, report);
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
