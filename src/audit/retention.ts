import type { AuditEntry } from '../model/audit-entry.ts';
import type { AuditConfig, ComplianceConfig } from '../model/configuration.ts';
import { ERASE_EVENT } from './verify-log.ts';

const DAY_MS = 86_400_000;

export interface RetentionRule {
  readonly days: number;
  /** which setting asks for so many */
  readonly because: string;
  /** why nothing may be erased by a timer; undefined: it may */
  readonly heldBack: string | undefined;
}

/** How long entries are kept: as `[audit]` says, and never shorter than a standard that is enabled asks for. */
export function retentionRule(audit: Pick<AuditConfig, 'retentionDays'>, compliance: ComplianceConfig): RetentionRule {
  const iso = compliance.iso27001?.enabled ? compliance.iso27001 : undefined;
  const longer = iso !== undefined && iso.auditRetentionDays > audit.retentionDays;
  return {
    days: longer ? iso.auditRetentionDays : audit.retentionDays,
    because: longer ? 'compliance.iso27001.audit_retention_days' : 'audit.retention_days',
    heldBack: iso?.requireChangeManagement
      ? 'compliance.iso27001.require_change_management asks for an approval before entries are erased'
      : undefined,
  };
}

/** The instant before which entries may be erased. */
export function eraseBefore({ days }: RetentionRule, now: number): number {
  return now - days * DAY_MS;
}

/** What is recorded before entries are erased. */
export function erasureEntry(
  parts: { readonly id: string; readonly now: number; readonly rule: RetentionRule },
  erasedTo: number,
): AuditEntry {
  const { id, now, rule } = parts;
  return {
    id,
    timestamp: now,
    eventType: 'system_event',
    actor: { actorType: 'system', id: 'ggen-governance', name: 'ggen-governance' },
    operation: { name: 'erase_audit_entries' },
    result: 'success',
    metadata: { event: ERASE_EVENT, erased_to: erasedTo, retention_days: rule.days, rule: rule.because },
  };
}
