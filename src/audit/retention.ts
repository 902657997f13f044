import { SYSTEM } from '../model/actor.ts';
import type { AuditEntry } from '../model/audit-entry.ts';
import type { AuditConfig, ComplianceConfig } from '../model/configuration.ts';
import { ERASE_EVENT, ERASE_OPERATION } from './erasure-said.ts';
import type { AuditStore } from './ports.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export interface RetentionRule {
  readonly days: number;
  /** which setting asks for so many */
  readonly because: string;
  /** true where somebody must approve of it before entries are erased */
  readonly needsApproval: boolean;
}

/** How long entries are kept: as `[audit]` says, and never shorter than a standard that is enabled asks for. */
export function retentionRule(audit: Pick<AuditConfig, 'retentionDays'>, compliance: ComplianceConfig): RetentionRule {
  const iso = compliance.iso27001?.enabled ? compliance.iso27001 : undefined;
  const longer = iso !== undefined && iso.auditRetentionDays > audit.retentionDays;
  return {
    days: longer ? iso.auditRetentionDays : audit.retentionDays,
    because: longer ? 'compliance.iso27001.audit_retention_days' : 'audit.retention_days',
    needsApproval: iso?.requireChangeManagement ?? false,
  };
}

/** The instant before which entries may be erased. */
export function eraseBefore({ days }: RetentionRule, now: number): number {
  return now - days * DAY_MS;
}

/** Where entries begin that are too young to be erased, as the index by time has it; undefined where none are. */
export async function firstYoungRun(
  store: Pick<AuditStore, 'timeRuns'>,
  before: number,
): Promise<{ readonly firstSeq: number; readonly hour: number } | undefined> {
  return (await store.timeRuns()).find(({ hour }) => hour >= Math.floor(before / HOUR_MS));
}

/** What is recorded before entries are erased. */
export function erasureEntry(
  parts: { readonly id: string; readonly now: number; readonly rule: RetentionRule; readonly approvalId?: string },
  erasedTo: number,
): AuditEntry {
  const { id, now, rule, approvalId } = parts;
  return {
    id,
    timestamp: now,
    eventType: 'system_event',
    actor: SYSTEM,
    operation: { name: ERASE_OPERATION },
    result: 'success',
    metadata: {
      event: ERASE_EVENT,
      erased_to: erasedTo,
      retention_days: rule.days,
      rule: rule.because,
      ...(approvalId === undefined ? {} : { approval_id: approvalId }),
    },
  };
}
