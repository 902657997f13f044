import type { Clock } from '../kernel/ports.ts';
import { SYSTEM } from '../model/actor.ts';
import type { ApprovalRecord } from '../model/approval.ts';
import type { ApprovalStore } from './ports.ts';
import { statusAt } from './state-machine.ts';

/**
 * Writes down that a request has expired, where its time is over and nobody has written so yet. Nothing waits for
 * this: an expired request counts as expired from the moment its time is over (`statusAt`).
 */
export async function recordExpiry(
  parts: { readonly store: ApprovalStore; readonly clock: Clock; readonly newId: () => string },
  record: ApprovalRecord,
): Promise<void> {
  const now = parts.clock();
  if (statusAt(record, now) !== 'expired' || record.status === 'expired') return;
  await parts.store.changeRequest({
    id: record.id,
    from: record.status,
    to: 'expired',
    set: {},
    entry: {
      id: parts.newId(),
      timestamp: now,
      eventType: 'approval_decision',
      actor: SYSTEM,
      operation: record.operation,
      target: record.target,
      result: 'denied',
      metadata: {
        event: 'approval_expired',
        approval_id: record.id,
        was: record.status,
        action_digest: record.actionDigest,
        requester: record.requester,
      },
      correlationId: record.correlationId,
    },
  });
}
