import type { AuditStore } from '../audit/index.ts';
import type { ApprovalRecord, ApprovalStatus } from '../model/approval.ts';
import { type ApprovalTrail, isOnRecord, readTrail } from './approval-trail.ts';
import { ONE } from './quorum.ts';
import { isTimersGrant } from './settle.ts';
import { isProven, isStillProven, type VoteProof } from './signed-votes.ts';

/** What an approval is held against. */
export interface ProofContext extends VoteProof {
  readonly config: Parameters<typeof isTimersGrant>[1];
}

type Log = Pick<AuditStore, 'query'>;

/** States from which nothing is granted any more. */
export const ENDS: readonly ApprovalStatus[] = [
  'rejected',
  'expired',
  'cancelled',
  'superseded',
  'consumed',
  'revoked',
];

/**
 * True where an approved request may be used now, once: it is what was asked, it was approved by those it takes, whose
 * signatures and keys count now, or by the timer where that may still approve; and it was not used, rejected or taken
 * back. INVARIANT: what the database says of it is never enough, the trail and the signatures must say so too.
 */
export async function isGranted(record: ApprovalRecord, context: ProofContext, log: Log): Promise<boolean> {
  const trail = await readTrail(log, record);
  if (!isOnRecord(record, trail) || ENDS.some((end) => trail.reached.has(end))) return false;
  if (trail.useBy === undefined || context.now >= trail.useBy) return false;
  // The quorum is the one it was asked under: on record, and of the policies in force, since those are the same.
  return (await isStillProven(record, record.quorum ?? ONE, context, log)) || isByTimer(record, trail, context);
}

/**
 * True where people, agents or the timer really approved of it, as it is and was then: for whoever is told so. That it
 * was used up since doesn't matter.
 */
export async function wasApproved(record: ApprovalRecord, context: ProofContext, log: Log): Promise<boolean> {
  const trail = await readTrail(log, record);
  if (!isOnRecord(record, trail) || !trail.reached.has('approved')) return false;
  // Used is approved still; what was taken back, or lay too long, is not.
  if (ENDS.some((end) => end !== 'consumed' && trail.reached.has(end))) return false;
  if (!trail.reached.has('consumed') && context.now >= (trail.useBy ?? 0)) return false;
  const then = record.decidedAt ?? 0;
  const proven = isProven(record, record.quorum ?? ONE, { ...context, now: then, inThePast: true });
  return proven || isByTimer(record, trail, context);
}

function isByTimer(record: ApprovalRecord, trail: ApprovalTrail, { config, now }: ProofContext): boolean {
  return isTimersGrant(record, config, now) && !trail.isRejectedBySomebody && !trail.reached.has('rejected');
}
