import type { AuditEntry } from '../model/audit-entry.ts';
import type { Job, JobState, LeasedJob, NewJob } from '../model/job.ts';

/** Which jobs a worker takes, and for how long it has each for itself. */
export interface LeaseRequest {
  readonly kind: string;
  readonly limit: number;
  /** milliseconds; past them another worker may take what this one has not ended */
  readonly leaseMs: number;
  /** names the lease among all: a fresh id */
  readonly lease: string;
}

/** What became of a job. `later`: it is due again then; `dead`: it is given up, and kept. */
export type JobEnd = (
  | { readonly end: 'done' }
  /** `uncounted`: it was interrupted, so that this beginning counts as none */
  | { readonly end: 'later'; readonly dueAt: number; readonly error?: string; readonly uncounted?: true }
  | { readonly end: 'dead'; readonly error: string }
) & {
  readonly entry?: AuditEntry;
  /** further ones, put in with it */
  readonly jobs?: readonly NewJob[];
};

/** Which jobs are listed. */
export interface JobFilter {
  readonly state: JobState;
  /** kinds that are left out, before the limit counts */
  readonly except?: readonly string[];
  readonly limit: number;
}

/** Durable work for later. Jobs are put in by the transactions that cause them (`ApprovalStore`). */
export interface JobStore {
  /** When the first waiting job of a kind is due; a leased one at the end of its lease. Undefined where none waits. */
  nextJobAt(kind: string): Promise<number | undefined>;
  /** Takes what is due, the longest due first. No two workers have one job at a time. */
  leaseJobs(request: LeaseRequest): Promise<LeasedJob[]>;
  /** Ends a lease, with its entry in the same transaction. False, and nothing written, where it was over already. */
  endJob(job: Pick<LeasedJob, 'id' | 'lease'>, end: JobEnd): Promise<boolean>;
  /** Waiting ones the next due first, dead ones the newest first. */
  listJobs(filter: JobFilter): Promise<Job[]>;
  /** Has a dead job done again from its beginning, at once. False where there is no such dead job. */
  reviveJob(id: string, entry: AuditEntry): Promise<boolean>;
  /**
   * Drops those that were given up before then, together with the one entry that says how many; without any nothing is
   * written. Gives their number.
   */
  dropDeadJobs(before: number, told: (count: number) => AuditEntry): Promise<number>;
  /** As in ApprovalStore: a number that changes whenever anybody committed something. */
  changeMark(): Promise<number>;
}
