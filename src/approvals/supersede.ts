import { GgenError } from '../kernel/errors.ts';
import { printable } from '../kernel/text.ts';
import type { ApprovalRecord } from '../model/approval.ts';
import type { ApprovalChange, RequestExtras } from './ports.ts';
import type { SettleParts } from './settle.ts';

/**
 * The step by which a request takes the place of the pending request `id`: nobody decides on that one any more. NOT_FOUND,
 * NOT_PERMITTED where another requester made it. Whether it is pending is seen when the step is taken.
 */
export async function supersede(
  { store, clock, newId, jobs }: SettleParts,
  id: string,
  { requester }: Pick<ApprovalRecord, 'requester'>,
): Promise<NonNullable<RequestExtras['supersedes']>> {
  const record = await store.getRequest(id);
  if (record === undefined) throw new GgenError('NOT_FOUND', `no approval request ${printable(id, 200)}`);
  if (record.requester !== requester) {
    throw new GgenError('NOT_PERMITTED', `request ${id} was made by ${printable(record.requester, 200)}`, {
      hint: 'only who asked can put another request in its place',
    });
  }
  const now = clock();
  const change = (by: string): ApprovalChange => ({
    id,
    from: 'pending',
    to: 'superseded',
    set: {},
    entry: {
      id: newId(),
      timestamp: now,
      eventType: 'approval_decision',
      actor: { actorType: 'agent', id: requester, name: requester },
      operation: record.operation,
      target: record.target,
      result: 'denied',
      metadata: {
        event: 'approval_superseded',
        approval_id: id,
        superseded_by: by,
        action_digest: record.actionDigest,
        requester: record.requester,
      },
      correlationId: record.correlationId,
    },
    jobs: jobs.became(record, 'superseded'),
  });
  return { id, by: change };
}
