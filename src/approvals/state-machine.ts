import type { ApprovalRecord, ApprovalStatus } from '../model/approval.ts';

/** Every step an approval request can take. Whatever isn't here can't happen. */
const STEPS: Readonly<Record<ApprovalStatus, readonly ApprovalStatus[]>> = {
  pending: ['approved', 'rejected', 'expired', 'cancelled', 'superseded'],
  approved: ['consumed', 'expired', 'revoked'],
  rejected: [],
  expired: [],
  cancelled: [],
  superseded: [],
  consumed: [],
  revoked: [],
};

export function isStep(from: ApprovalStatus, to: ApprovalStatus): boolean {
  return STEPS[from].includes(to);
}

/** True once nothing can change the request any more. */
export function isFinal(status: ApprovalStatus): boolean {
  return STEPS[status].length === 0;
}

/**
 * How the request stands at `now`: one that nobody decided or used in time has expired, whether or not anybody
 * wrote that down yet. INVARIANT: no timeout ever grants anything.
 */
export function statusAt(record: ApprovalRecord, now: number): ApprovalStatus {
  if (record.status === 'pending' && now >= record.decideBy) return 'expired';
  if (record.status === 'approved' && record.useBy !== undefined && now >= record.useBy) return 'expired';
  return record.status;
}
