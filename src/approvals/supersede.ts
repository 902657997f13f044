import { GgenError } from '../kernel/errors.ts';
import { printable } from '../kernel/text.ts';
import type { Actor } from '../model/actor.ts';
import type { ApprovalRecord } from '../model/approval.ts';
import { decisionEntry } from './decision-entries.ts';
import type { ApprovalChange, RequestExtras } from './ports.ts';
import type { SettleParts } from './settle.ts';

/**
 * The step by which a request takes the place of the pending request `id`: nobody decides on that one any more. NOT_FOUND,
 * NOT_PERMITTED where another requester made it. Whether it is pending is seen when the step is taken.
 */
export async function supersede(
  parts: SettleParts,
  id: string,
  { requester }: Pick<ApprovalRecord, 'requester'>,
): Promise<NonNullable<RequestExtras['supersedes']>> {
  const record = await parts.store.getRequest(id);
  if (record === undefined) throw new GgenError('NOT_FOUND', `no approval request ${printable(id, 200)}`);
  if (record.requester !== requester) {
    throw new GgenError('NOT_PERMITTED', `request ${id} was made by ${printable(record.requester, 200)}`, {
      hint: 'only who asked can put another request in its place',
    });
  }
  const actor: Actor = { actorType: 'agent', id: requester, name: requester };
  const change = (by: string): ApprovalChange => {
    const entry = decisionEntry(parts, record, 'superseded', actor);
    return {
      id,
      from: 'pending',
      to: 'superseded',
      set: {},
      entry: { ...entry, metadata: { ...entry.metadata, superseded_by: by } },
      jobs: parts.jobs.became(record, 'superseded'),
    };
  };
  return { id, by: change };
}
