import type { JsonObject } from '../kernel/json.ts';
import type { Actor } from './actor.ts';
import type { Reason } from './decision.ts';
import type { Delegation } from './delegation.ts';
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

/** Who passed a person's word on: nobody typed a passphrase, and a key of that relay signed in the person's name. */
export interface VoteVia {
  readonly relay: 'slack';
  /** who it was there, as in `U0123ABC` */
  readonly user: string;
}

/** One approver's word on exactly one request. */
export interface Vote {
  readonly approver: Actor;
  readonly approved: boolean;
  /** milliseconds since 1970 */
  readonly at: number;
  readonly comment?: string;
  /** true where a signature proves who voted */
  readonly verified: boolean;
  /** SSH signature over the vote's statement, in base64 */
  readonly signature?: string;
  /** it is the delegator's vote, cast by `approver` */
  readonly delegation?: Delegation;
  /** absent: the approver signed in person */
  readonly via?: VoteVia;
  /** approves though not all of the request could be shown */
  readonly unseen?: true;
}

/** True where not all of the request can be shown: approving it must say so. */
export function isPartlyShown({ shown: { not_shown: left } }: { readonly shown: JsonObject }): boolean {
  return Array.isArray(left) && left.length > 0;
}

/** Whose vote it is: one that was lent counts in the place of who lent it. */
export function seatOf(vote: {
  readonly approver: Pick<Actor, 'id'>;
  readonly delegation?: Pick<Delegation, 'delegator'> | undefined;
}): string {
  return vote.delegation?.delegator ?? vote.approver.id;
}

/** How many must approve; fixed when the request is made. */
export interface Quorum {
  /** approvals that it takes */
  readonly required: number;
  /** approvers who may give one, the requester left out */
  readonly of: number;
  /** who they are, by id; undefined: whoever has an enrolled key */
  readonly eligible?: readonly string[];
  /** how many of them may be faulty, where the quorum tolerates that */
  readonly tolerates?: number;
  /** agents who may vote too, by id; counted in `of` where several must approve */
  readonly agents?: readonly string[];
  /** how many of the approvals must be people's, where agents may vote */
  readonly people?: number;
  /** how many of the approvals each role must give, and who has it */
  readonly roles?: Readonly<Record<string, RoleQuorum>>;
  /** who may vote as well once `at` has come, in milliseconds since 1970 */
  readonly escalation?: { readonly at: number; readonly eligible: readonly string[] };
}

export interface RoleQuorum {
  readonly required: number;
  readonly eligible: readonly string[];
}

/** Strategies from the one that asks least to the one that asks most. */
export const STRATEGIES_BY_STRICTNESS: readonly ApprovalStrategy[] = [
  'auto-approval',
  'time-based-approval',
  'single-approval',
  'multi-approval',
];

/** What needs several strategies at once needs the strictest of them. */
export function strictestStrategy(strategies: readonly ApprovalStrategy[]): ApprovalStrategy {
  const order = STRATEGIES_BY_STRICTNESS;
  return strategies.reduce((a, b) => (order.indexOf(b) > order.indexOf(a) ? b : a), 'auto-approval');
}

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
  /** undefined: one approval, by whoever may */
  readonly quorum?: Quorum;
  /** those that were cast so far, oldest first; of each approver one */
  readonly votes?: readonly Vote[];
  readonly reasons: readonly Reason[];
  /** what the approver is shown: content and arguments, secrets masked, bounded */
  readonly shown: JsonObject;
  readonly correlationId: string;
  /** names the request among those of its requester: asked again under it, the same request is the answer */
  readonly idempotencyKey?: string;
  readonly createdAt: number;
  /** undecided past this: expired */
  readonly decideBy: number;
  /** undecided at this instant, a timer approves it: time-based approval only */
  readonly approvesItselfAt?: number;
  /** approved but unused past this: expired; set when approved */
  readonly useBy?: number;
  readonly decidedAt?: number;
  readonly decidedBy?: Actor;
  /** true where a signature proves who decided */
  readonly verified?: boolean;
  readonly comment?: string;
}
