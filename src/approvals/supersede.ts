import { GgenError } from '../kernel/errors.ts';
import { printable } from '../kernel/text.ts';
import type { ApprovalRecord } from '../model/approval.ts';
import type { ApprovalChange } from './ports.ts';
import { isSameName } from './same-name.ts';
import type { SettleParts } from './settle.ts';
import { notPending } from './twin-requests.ts';

/**
 * The step by which `by` takes the place of the pending request `id`: nobody decides on that one any more. NOT_FOUND,
 * NOT_PERMITTED where another requester made it, CONFLICT where it is not pending.
 */
export async function supersede(
  { store, clock, newId, jobs }: SettleParts,
  id: string,
  by: ApprovalRecord,
): Promise<ApprovalChange> {
  const record = await store.getRequest(id);
  if (record === undefined) throw new GgenError('NOT_FOUND', `no approval request ${printable(id, 200)}`);
  if (!isSameName(record.requester, by.requester)) {
    throw new GgenError('NOT_PERMITTED', `request ${id} was made by ${printable(record.requester, 200)}`, {
      hint: 'only who asked can put another request in its place',
    });
  }
  if (record.status !== 'pending') throw notPending(id);
  const now = clock();
  return {
    id,
    from: 'pending',
    to: 'superseded',
    set: {},
    entry: {
      id: newId(),
      timestamp: now,
      eventType: 'approval_decision',
      actor: { actorType: 'agent', id: by.requester, name: by.requester },
      operation: record.operation,
      target: record.target,
      result: 'denied',
      metadata: {
        event: 'approval_superseded',
        approval_id: id,
        superseded_by: by.id,
        action_digest: record.actionDigest,
        requester: record.requester,
      },
      correlationId: record.correlationId,
    },
    jobs: jobs.became(record, 'superseded'),
  };
}
