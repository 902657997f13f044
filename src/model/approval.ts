import type { JsonObject } from '../kernel/json.ts';
import type { Actor } from './actor.ts';
import type { Reason } from './decision.ts';
import type { Operation } from './operation.ts';

export type ApprovalStatus =
  | 'pending'
  | 'approved'
  | 'rejected'
  | 'expired'
  | 'cancelled'
  | 'superseded'
  | 'consumed'
  | 'revoked';

export type ApprovalStrategy = 'auto-approval' | 'single-approval' | 'multi-approval' | 'time-based-approval';

/** One action waiting for people, bound to its digest and to the policy set's digest. */
export interface ApprovalRecord {
  /** UUIDv7 */
  readonly id: string;
  readonly status: ApprovalStatus;
  readonly operation: Operation;
  /** with secrets masked */
  readonly target: string;
  readonly requester: string;
  readonly justification?: string;
  readonly metadata: JsonObject;
  /** digest of the action: what exactly is approved */
  readonly actionDigest: string;
  readonly policySet: string;
  readonly strategy: ApprovalStrategy;
  readonly reasons: readonly Reason[];
  /** what the approver is shown: content and arguments, secrets masked, bounded */
  readonly shown: JsonObject;
  readonly correlationId: string;
  readonly createdAt: number;
  /** undecided past this: expired */
  readonly decideBy: number;
  /** approved but unused past this: expired; set when approved */
  readonly useBy?: number;
  readonly decidedAt?: number;
  readonly decidedBy?: Actor;
  /** true where a signature proves who decided */
  readonly verified?: boolean;
  readonly comment?: string;
}
