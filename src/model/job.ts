import type { JsonObject } from '../kernel/json.ts';

/** Work for later: a timer, a message to deliver. Written in the transaction of what causes it. */
export interface NewJob {
  /** UUIDv7 */
  readonly id: string;
  /** what is to be done, as in `approval_timer` */
  readonly kind: string;
  /** when, in milliseconds since 1970 */
  readonly dueAt: number;
  /** what it is about: the id of a request */
  readonly subject: string;
  /** holds no secret */
  readonly payload: JsonObject;
}

/** `dead`: given up; kept until somebody has it done again, or housekeeping drops it. What is done is there no more. */
export type JobState = 'waiting' | 'dead';

export interface Job extends NewJob {
  readonly state: JobState;
  /** how often it was begun */
  readonly attempts: number;
  readonly createdAt: number;
  /** why it was not done the last time: one line, without secrets */
  readonly lastError?: string;
}

/** A job that one worker has for itself, until its lease is over. */
export interface LeasedJob extends Job {
  readonly lease: string;
}
