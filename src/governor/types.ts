import type { JsonObject } from '../kernel/json.ts';
import type { Action } from '../model/action.ts';
import type { ApprovalRecord, ApprovalStatus } from '../model/approval.ts';
import type { Decision } from '../model/decision.ts';
import type { Evidence } from '../model/evidence.ts';

/** The action may happen now; its attempt is on record. `complete` must be called once, whatever happened. */
export interface Permit {
  readonly outcome: 'permitted';
  readonly correlationId: string;
  /** id of the attempt's audit entry */
  readonly attemptId: string;
  readonly decision: Decision;
  readonly actionDigest: string;
  /** the approval request that this permit used up */
  readonly approvalId?: string;
  /** true: the door must put it to the person at the client's own prompt; recorded as asked there, unverified */
  readonly askAtClient?: boolean;
  /** Records what really happened; resolves with the next commit, so a door need not wait for it. */
  complete(outcome: ActionOutcome): Promise<void>;
}

/** The action must not happen. The refusal is on record, unless the fault was that nothing can be recorded. */
export interface Refusal {
  readonly outcome: 'refused';
  readonly correlationId: string;
  readonly decision: Decision;
  readonly actionDigest: string;
  /** for the agent: which rule, and what it may do instead; holds no secret, no control character */
  readonly message: string;
  /** set where people can still permit it: pending, or refused a moment ago */
  readonly approval?: ApprovalRecord;
}

export interface ActionOutcome {
  readonly result: 'success' | 'failure';
  /** one line, secrets are masked before it is recorded */
  readonly error?: string;
}

export type RunResult<T> = { readonly outcome: 'done'; readonly value: T; readonly permit: Permit } | Refusal;

/** A judgement with nothing recorded and nothing permitted: for `check` and `policy explain`. */
export interface Judgement {
  readonly decision: Decision;
  readonly evidence: Evidence;
  readonly actionDigest: string;
}

export interface AuthorizeOptions {
  /**
   * The door can put a single approval to the person at the client's own prompt. Only where the configuration allows
   * it: such an approval is unverified, and is recorded so.
   */
  readonly askAtClient?: boolean;
}

/** What who asks says of the request, beside the action itself. */
export interface AskOptions {
  /** asked again under it by the same requester, the same request is the answer, whatever became of it */
  readonly idempotencyKey?: string;
  /** id of a pending request of the same requester that this one stands for from now on */
  readonly supersedes?: string;
  /** more for people to see; secrets are masked */
  readonly metadata?: JsonObject;
}

/** What asking for an action came to; nothing was permitted, and no approval used up. */
export type Asked =
  /** a request waits, or was approved and is not used yet */
  | { readonly outcome: 'waiting' | 'approved'; readonly approval: ApprovalRecord }
  /** it needs nobody */
  | { readonly outcome: 'allowed'; readonly decision: Decision; readonly actionDigest: string }
  | { readonly outcome: 'refused'; readonly refusal: Refusal };

export interface Governor {
  /**
   * Asks people for an action that is to be done later: makes its request, where policy says that one is needed.
   * CONFLICT for an idempotency key that stands for something else, and where what is to be superseded is not pending;
   * NOT_FOUND, NOT_PERMITTED where it is nobody's or somebody else's.
   */
  ask(action: Action, options?: AskOptions): Promise<Asked>;
  judge(action: Action): Promise<Judgement>;
  /**
   * The one path: classify, inspect, decide, approve, record. Never throws for what an agent did: a fault while
   * deciding, a locked or full database refuse. Asks for approval where policy says so: the refusal then carries the
   * request, and the same action passes once it is approved (single use).
   */
  authorize(action: Action, options?: AuthorizeOptions): Promise<Permit | Refusal>;
  /** authorize, then `act`, then record the outcome. What `act` throws is recorded as failure and thrown on. */
  run<T>(action: Action, act: (permit: Permit) => Promise<T> | T): Promise<RunResult<T>>;
  /** For doors where another process sees the end: records the outcome of the attempt with that correlation id. */
  recordOutcome(correlationId: string, action: Action, outcome: ActionOutcome): Promise<void>;
  /** For doors that can't tell what a call would do: refuses it in every mode and records that, with the reason. */
  refuse(action: Action, why: string): Promise<Refusal>;
  /** Waits until the request is decided, `timeoutMs` pass or `signal` aborts, and says how it stands then. */
  awaitDecision(approvalId: string, options: { timeoutMs: number; signal?: AbortSignal }): Promise<ApprovalStatus>;
}
