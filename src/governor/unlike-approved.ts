import { type ApprovalStore, statusAt } from '../approvals/index.ts';
import type { JsonObject } from '../kernel/json.ts';
import { printable } from '../kernel/text.ts';
import type { ApprovalRecord } from '../model/approval.ts';
import { changedFacets } from './action-facets.ts';

/** An approval that waits to be used, for nearly the action that is asked for now. */
export interface Unlike {
  readonly approvalId: string;
  /** what is not as it was approved: `content`, `file scripts/a.sh`, `policies` */
  readonly changed: readonly string[];
}

const MOST = 50;

/**
 * The newest unused approval of the same requester for the same operation and target that `fresh` is not covered by,
 * and what changed since; undefined where there is none.
 */
export async function unlikeApproved(
  store: Pick<ApprovalStore, 'listRequests'>,
  fresh: ApprovalRecord,
): Promise<Unlike | undefined> {
  const { requester, operation, target, createdAt } = fresh;
  const approved = await store.listRequests({ status: 'approved', requester, limit: MOST });
  const last = approved.find(
    (one) => one.operation.name === operation.name && one.target === target && statusAt(one, createdAt) === 'approved',
  );
  if (last === undefined) return undefined;
  const policies = last.policySet === fresh.policySet ? [] : ['policies'];
  return { approvalId: last.id, changed: [...changedFacets(facetsIn(last), facetsIn(fresh)), ...policies] };
}

function facetsIn({ metadata: { facets } }: ApprovalRecord): Record<string, string> {
  return Object.fromEntries(Object.entries((facets ?? {}) as JsonObject).map(([name, one]) => [name, String(one)]));
}

/** What the agent is told of it. */
export function renderUnlike({ approvalId, changed }: Unlike): string {
  const what = changed.length === 0 ? 'what was asked' : changed.map((one) => printable(one, 300)).join(', ');
  return `Approval ${approvalId} does not cover this call: ${what} changed since.`;
}
