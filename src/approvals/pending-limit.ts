import type { ApprovalsConfig } from '../model/configuration.ts';
import type { ApprovalStore } from './ports.ts';

/** False where as many requests of one requester wait as may: more of them would bury what others ask. */
export async function hasRoom(
  store: Pick<ApprovalStore, 'listRequests'>,
  requester: string,
  { maxPendingPerRequester: limit }: Pick<ApprovalsConfig, 'maxPendingPerRequester'>,
  now: number,
): Promise<boolean> {
  return (await store.listRequests({ status: 'pending', requester, undecidedAt: now, limit })).length < limit;
}
