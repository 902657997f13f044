import type { ApprovalRecord, ApprovalStatus, Vote } from '../model/approval.ts';
import type { AuditEntry } from '../model/audit-entry.ts';
import type { NewJob } from '../model/job.ts';

export interface ApprovalChange {
  readonly id: string;
  /** the change is made only where the record is still in this state: a compare-and-set */
  readonly from: ApprovalStatus;
  readonly to: ApprovalStatus;
  /** written with the state */
  readonly set: Partial<Pick<ApprovalRecord, 'decidedAt' | 'decidedBy' | 'verified' | 'comment' | 'useBy'>>;
  /** recorded in the same transaction */
  readonly entry: AuditEntry;
  /** put in with it: messages, timers */
  readonly jobs?: readonly NewJob[];
}

/** What comes with a new request, in its transaction. */
export interface RequestExtras {
  readonly jobs?: readonly NewJob[];
  /** how many of the requester's may be pending before it: NOT_PERMITTED, and nothing written, where as many are */
  readonly maxPending?: number;
  /** pending → superseded: what happens to the request that this one, or its open twin, stands for from now on */
  readonly supersedes?: { readonly id: string; readonly by: (id: string) => ApprovalChange };
}

/** What a vote does: the votes with it, where it decides the new state, and what is recorded in the same transaction. */
export interface Cast {
  readonly votes: readonly Vote[];
  readonly decided?: Pick<ApprovalChange, 'to' | 'set'>;
  readonly entries: readonly AuditEntry[];
  readonly jobs?: readonly NewJob[];
}

/** Which requests, newest first. */
export interface RequestFilter {
  readonly status?: ApprovalStatus;
  readonly requester?: string;
  /** only those whose time to decide is not over then */
  readonly undecidedAt?: number;
  readonly limit: number;
}

/** A receiver of messages that said it wants no more. */
export interface DisabledEndpoint {
  readonly endpoint: string;
  /** milliseconds since 1970 */
  readonly disabledAt: number;
  readonly why: string;
}

/** Which receivers of messages are off, until somebody turns them on again. */
export interface EndpointStore {
  disabledEndpoints(): Promise<DisabledEndpoint[]>;
  disableEndpoint(endpoint: string, why: string, entry: AuditEntry): Promise<void>;
  /** False where it was not disabled. */
  enableEndpoint(endpoint: string, entry: AuditEntry): Promise<boolean>;
}

/** Durable approval requests. Every change is one transaction together with its audit entry. */
export interface ApprovalStore {
  /**
   * Stores a new pending request, unless one with the same requester, action digest and policy set is pending and
   * undecided at `record.createdAt`: then that one is returned and nothing is written. So it is, whatever its state,
   * where one has the same requester and idempotency key; CONFLICT where that one is about something else, or where
   * the request that is to be superseded is not pending.
   */
  createRequest(record: ApprovalRecord, entry: AuditEntry, more?: RequestExtras): Promise<ApprovalRecord>;
  /** True where the record was in state `from` and the change was made durably; false where it was not. */
  changeRequest(change: ApprovalChange): Promise<boolean>;
  /**
   * Hands the request to `judge` as it stands, with nobody else at it, and writes what that gives, or nothing where it
   * gives nothing or throws. The request as it stands then; undefined where there is none. `now` is read under the lock.
   */
  castVote(
    id: string,
    judge: (record: ApprovalRecord, now: number) => Cast | undefined,
  ): Promise<ApprovalRecord | undefined>;
  getRequest(id: string): Promise<ApprovalRecord | undefined>;
  listRequests(filter: RequestFilter): Promise<ApprovalRecord[]>;
  /** The newest request of this requester for this digest under this policy set, whatever its state. */
  findRequest(requester: string, actionDigest: string, policySet: string): Promise<ApprovalRecord | undefined>;
  /** A number that changes whenever another process or this one committed something: cheap to poll. */
  changeMark(): Promise<number>;
  /** Where the store can tell of changes by itself; the mark is what counts. Whoever opens an ear closes it. */
  hear?(): ChangeEar;
}

/** Hears that requests were changed, by whichever process. */
export interface ChangeEar {
  /** Aborts when the next change after this call is made; undefined while nothing can be heard. May abort for nothing. */
  next(): AbortSignal | undefined;
  close(): void;
}
