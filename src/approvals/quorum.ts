import { requiredApprovals, toleratedFaults } from '../config/index.ts';
import type { ApprovalStrategy, Quorum, Vote } from '../model/approval.ts';
import type { ApprovalsConfig } from '../model/configuration.ts';
import type { OperationSpec } from '../model/operation.ts';
import type { ApproverKeys } from './approver-keys.ts';
import { eligibleUsers } from './eligibility.ts';
import { isSameName } from './same-name.ts';

/** One approval, by whoever may give it: its one vote decides. */
export const ONE: Quorum = { required: 1, of: 1 };

export interface QuorumSettings extends Pick<ApprovalsConfig, 'multiApproval' | 'approvers'> {
  readonly keys: Pick<ApproverKeys, 'has'>;
}

/** What a request needs, or why nobody could ever give it. */
export type QuorumAnswer = { readonly quorum: Quorum } | { readonly obstacle: string };

/** The quorum of a request at `now` for all of `operations`; who asks may not vote, and neither may who can't sign. */
export function quorumFor(
  strategy: ApprovalStrategy,
  operations: readonly OperationSpec[],
  requester: string,
  { multiApproval, approvers, keys }: QuorumSettings,
  now: number,
): QuorumAnswer {
  const names = [...new Set(operations.map((operation) => operation.name))].join(' with ');
  if (strategy !== 'single-approval' && strategy !== 'multi-approval') {
    return { obstacle: `${names} needs ${strategy}, which is not available yet: nobody can give it` };
  }
  const all = eligibleUsers(approvers.user, operations);
  const others = all?.map(({ id }) => id).filter((id) => !isSameName(id, requester));
  const eligible = others?.filter((id) => keys.has(id, now));
  const withoutKey = others?.filter((id) => !eligible?.includes(id)) ?? [];
  const keyless = withoutKey.length > 0 ? `; without a key: ${withoutKey.join(', ')} (ggen-mcp keys create)` : '';
  if (eligible?.length === 0) {
    const domains = [...new Set(operations.map((operation) => operation.domain))].join(', ');
    const other = all!.length > 0 && withoutKey.length === 0 ? ' other than who asks' : '';
    const keyed = withoutKey.length > 0 ? ' with a key' : '';
    return { obstacle: `no configured approver${keyed}${other} may decide on ${names} (domain ${domains})${keyless}` };
  }
  if (strategy === 'single-approval') return { quorum: eligible ? { ...ONE, eligible } : ONE };
  if (eligible === undefined) {
    return { obstacle: `${names} needs multi-approval, and no approvers are configured: nobody can give it` };
  }
  const required = requiredApprovals(multiApproval, eligible.length);
  if (required > eligible.length) {
    return {
      obstacle: `${names} can't be approved: ${required} approvals are needed and ${eligible.length} may be given (${eligible.join(', ')})${keyless}`,
    };
  }
  const tolerates = multiApproval.byzantineTolerance ? { tolerates: toleratedFaults(eligible.length) } : {};
  return { quorum: { required, of: eligible.length, eligible, ...tolerates } };
}

/**
 * How the votes decide. INVARIANT: nothing is approved by fewer than `required`; what is decided stays decided,
 * whatever votes would follow; and it is rejected as soon as the votes that are left can't approve it any more.
 */
export function tally(
  { required, of }: Quorum,
  votes: readonly Pick<Vote, 'approved'>[],
): 'approved' | 'rejected' | 'open' {
  const yes = votes.filter(({ approved }) => approved).length;
  if (yes >= required) return 'approved';
  return of - (votes.length - yes) < required ? 'rejected' : 'open';
}
