import { JOB, settle, statusAt } from '../../approvals/index.ts';
import type { JobHandler } from '../../jobs/index.ts';
import { SYSTEM } from '../../model/actor.ts';
import type { ApprovalRecord } from '../../model/approval.ts';
import type { AuditEntry } from '../../model/audit-entry.ts';
import { newId } from '../new-id.ts';
import type { WorkParts } from './parts.ts';

/** A timer's work is one transaction, and twice is like once: another process may soon take over. */
const LEASE_MS = 1000;
const WIDTH = 16;

/** What time does to requests: a timer approves, an end is written down, more people are asked, all are told again. */
export function timerHandlers({ store, jobs }: WorkParts): JobHandler[] {
  const handler = (kind: string, run: JobHandler['run']): JobHandler => ({
    kind,
    width: WIDTH,
    leaseMs: LEASE_MS,
    run,
  });
  const pending = async (id: string): Promise<ApprovalRecord | undefined> => {
    const record = await store.getRequest(id);
    return record && statusAt(record, Date.now()) === 'pending' ? record : undefined;
  };

  return [
    handler(JOB.timer, async ({ subject }) => {
      const record = await store.getRequest(subject);
      if (record) await settle({ store, clock: Date.now, newId, jobs }, record);
      return { end: 'done' };
    }),
    handler(JOB.escalation, async ({ subject }) => {
      const record = await pending(subject);
      if (record === undefined) return { end: 'done' };
      return { end: 'done', entry: escalated(record), jobs: jobs.notices('approval_escalated', record) };
    }),
    handler(JOB.reminder, async ({ subject }) => {
      const record = await pending(subject);
      if (record === undefined) return { end: 'done' };
      return { end: 'done', jobs: [...jobs.notices('approval_reminder', record), ...jobs.reminder(record)] };
    }),
  ];
}

function escalated(record: ApprovalRecord): AuditEntry {
  return {
    id: newId(),
    timestamp: Date.now(),
    eventType: 'approval_request',
    actor: SYSTEM,
    operation: record.operation,
    target: record.target,
    result: 'pending',
    metadata: {
      event: 'approval_escalated',
      approval_id: record.id,
      action_digest: record.actionDigest,
      requester: record.requester,
      approvers: [...(record.quorum?.escalation?.eligible ?? [])],
    },
    correlationId: record.correlationId,
  };
}
