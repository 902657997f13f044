import type { AuditStore } from '../audit/index.ts';
import type { Clock } from '../kernel/ports.ts';
import { type Actor, SYSTEM } from '../model/actor.ts';
import type { ApprovalRecord, ApprovalStatus } from '../model/approval.ts';
import type { AuditEntry } from '../model/audit-entry.ts';
import { isOnRecord, readTrail } from './approval-trail.ts';
import { decisionEntry } from './decision-entries.ts';
import type { JobMaker } from './notices.ts';
import type { ApprovalStore } from './ports.ts';
import { waitOf } from './request-terms.ts';
import { statusAt } from './state-machine.ts';

/** Who decided where nobody did in time, and the strategy lets a timer approve. */
export const TIMER: Actor = { actorType: 'system', id: 'time-based-approval', name: 'timer' };

export interface SettleParts {
  readonly store: ApprovalStore & Pick<AuditStore, 'query'>;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly jobs: Pick<JobMaker, 'became'>;
}

/** True where the time has come at which the request approves itself, and nobody has decided on it. */
export function isTimersTurn(record: ApprovalRecord, now: number): boolean {
  return (
    record.status === 'pending' &&
    record.strategy === 'time-based-approval' &&
    record.approvesItselfAt !== undefined &&
    now >= record.approvesItselfAt &&
    now < record.decideBy
  );
}

/** True where the timer approved it, as late as the configuration wants now, and no person has said no. */
export function isTimersGrant(record: ApprovalRecord, config: Parameters<typeof waitOf>[0], now: number): boolean {
  const { strategy, decidedBy, createdAt, votes = [] } = record;
  return (
    strategy === 'time-based-approval' &&
    decidedBy?.actorType === TIMER.actorType &&
    decidedBy.id === TIMER.id &&
    now >= createdAt + waitOf(config) * 1000 &&
    votes.every(({ approved, approver }) => approved || approver.actorType === 'agent')
  );
}

/**
 * Writes down what time did to a request: a timer approved it, or its time is over. Nothing waits for the second: an
 * expired request counts as expired from that moment on (`statusAt`). A person's decision that is recorded first wins.
 * True where it changed something.
 */
export async function settle(parts: SettleParts, record: ApprovalRecord): Promise<boolean> {
  const now = parts.clock();
  // THREAT: a row that brings the timer's turn forward would take a no its time.
  if (isTimersTurn(record, now) && isOnRecord(record, await readTrail(parts.store, record))) {
    const approved = { ...record, decidedAt: now, decidedBy: TIMER, verified: false, useBy: record.decideBy };
    const { decidedAt, decidedBy, verified, useBy } = approved;
    return parts.store.changeRequest({
      id: record.id,
      from: 'pending',
      to: 'approved',
      set: { decidedAt, decidedBy, verified, useBy },
      entry: entryOf(parts, record, 'approved'),
      jobs: parts.jobs.became(approved, 'approved'),
    });
  }
  if (statusAt(record, now) !== 'expired' || record.status === 'expired') return false;
  return parts.store.changeRequest({
    id: record.id,
    from: record.status,
    to: 'expired',
    set: {},
    entry: entryOf(parts, record, 'expired'),
    jobs: parts.jobs.became(record, 'expired'),
  });
}

function entryOf(parts: SettleParts, record: ApprovalRecord, to: ApprovalStatus): AuditEntry {
  const waited = Math.round(((record.approvesItselfAt ?? 0) - record.createdAt) / 1000);
  const byTimer = to === 'approved';
  const entry = decisionEntry(parts, record, to, byTimer ? TIMER : SYSTEM, {}, byTimer ? record.decideBy : undefined);
  const timed = { decided_by_kind: 'timer', strategy: record.strategy, auto_approve_after_seconds: waited };
  return { ...entry, metadata: { ...entry.metadata, was: record.status, ...(byTimer ? timed : {}) } };
}
