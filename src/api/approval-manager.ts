import { userInfo } from 'node:os';
import {
  type ApprovalDesk,
  createJobMaker,
  type DelegationWish,
  type GrantWish,
  isGranted,
  type JobMaker,
  settle,
  TIMER,
  type VoteSigner,
  wasApproved,
} from '../approvals/index.ts';
import {
  approvalDeskOver,
  delegationDeskOver,
  grantDeskOver,
  type LoadedSnapshot,
  newId,
  type PlainWish,
  proofContext,
  requestPlain,
  sleep,
} from '../compose/index.ts';
import { createDecisionWatch, createGovernor } from '../governor/index.ts';
import { GgenError } from '../kernel/errors.ts';
import { assertMembers } from '../kernel/members.ts';
import { printable } from '../kernel/text.ts';
import type { Action } from '../model/action.ts';
import type { Actor } from '../model/actor.ts';
import type { ApprovalRecord } from '../model/approval.ts';
import type { Delegation } from '../model/delegation.ts';
import type { StandingGrant } from '../model/standing-grant.ts';
import { type SourceOptions, sourceOf } from './config-source.ts';
import { currentSnapshot } from './current-snapshot.ts';
import { type LazyStore, lazyStore } from './lazy-store.ts';

/** The guide's ApprovalRequest: an operation that its requester wants people to permit. */
export interface ApprovalRequest extends PlainWish {
  /**
   * The action itself, where one of our doors is to let it pass afterwards: the approval is bound to exactly this, and
   * used up by it, once. Its operation and requester are those of the request.
   */
  readonly action?: Action;
  /** id of a pending request of the same requester that this one stands for from now on */
  readonly supersedes?: string;
}

export interface ApprovalDecision {
  readonly approvalId: string;
  readonly approver: string;
  readonly approved: boolean;
  readonly comment?: string;
  /** whose vote it is, where that approver lent it (`delegate`) */
  readonly onBehalfOf?: string;
  /** an SSH signature over `statement(…)`, made elsewhere; then `at` is that statement's */
  readonly signature?: string;
  /** milliseconds since 1970 */
  readonly at?: number;
}

export interface ApprovalManagerOptions extends SourceOptions {
  /** signs the decisions that this program provides, in its approver's name */
  readonly signer?: VoteSigner;
}

export type ApprovalResult =
  /** by whom; `time-based-approval` where a timer did */
  | { readonly outcome: 'approved'; readonly approvers: readonly string[] }
  | { readonly outcome: 'rejected'; readonly reason: string }
  /** nobody decided while we waited; the request may still be decided later */
  | { readonly outcome: 'timeout' };

const DECISION = {
  approvalId: 'string',
  approver: 'string',
  approved: 'boolean',
  comment: 'string?',
  onBehalfOf: 'string?',
  signature: 'string?',
  at: 'number?',
} as const;

/** What the store says is approved and nobody signed. */
const UNPROVEN = 'unproven: the store says that it was approved, audit trail and signatures do not';

/** Asks people, tells their decisions. Requests survive restarts; any process may wait for any request. */
export class ApprovalManager {
  readonly #current: () => LoadedSnapshot;
  readonly #store: LazyStore;
  readonly #signer: VoteSigner | undefined;

  private constructor(current: () => LoadedSnapshot, store: LazyStore, signer: VoteSigner | undefined) {
    this.#current = current;
    this.#store = store;
    this.#signer = signer;
  }

  /** From `config/approvals.toml` and the files beside it. Throws CONFIG_MISSING or CONFIG_INVALID. */
  static fromConfig(path: string | URL, options: ApprovalManagerOptions = {}): ApprovalManager {
    const source = sourceOf(path, options);
    const current = currentSnapshot(source);
    const { audit } = current().loaded.config;
    return new ApprovalManager(
      current,
      lazyStore(() => audit, source.places),
      options.signer,
    );
  }

  /**
   * Makes a durable request and returns its id. NOT_PERMITTED, at once and with the reason, where nobody could ever
   * approve it or policy denies it; CONFLICT where policy asks nobody about the action.
   */
  async requestApproval(request: ApprovalRequest): Promise<string> {
    if (request.action !== undefined) return await this.#requestAction(request, request.action);
    return (await requestPlain(await this.#store.get(), this.#current(), request)).id;
  }

  async #requestAction(request: ApprovalRequest, action: Action): Promise<string> {
    const { operation, requester, justification, metadata, idempotencyKey, supersedes } = request;
    if (operation.name !== action.actionType || requester !== action.requester)
      throw new GgenError('INPUT_INVALID', 'the action is of another operation or requester than its request');
    const store = await this.#store.get();
    const governor = createGovernor({ snapshot: this.#current, store, clock: Date.now, newId, sleep });
    const told = justification === undefined ? {} : { justification };
    const asked = await governor.ask(
      { ...action, context: { ...action.context, ...told, door: 'library' } },
      {
        ...(metadata === undefined ? {} : { metadata }),
        ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
        ...(supersedes === undefined ? {} : { supersedes }),
      },
    );
    if (asked.outcome === 'refused') throw new GgenError('NOT_PERMITTED', asked.refusal.message);
    if (asked.outcome === 'allowed') throw new GgenError('CONFLICT', 'policy asks nobody about this action');
    return asked.approval.id;
  }

  /** The request as it stands now. NOT_FOUND. */
  async getApproval(approvalId: string): Promise<ApprovalRecord> {
    return (await this.#desk()).show(approvalId);
  }

  /** Requests, newest first, at most 1,000; `pending`: only those that wait for a decision. */
  async listApprovals(options: { readonly pending?: boolean } = {}): Promise<ApprovalRecord[]> {
    return (await this.#desk()).list({ pending: options.pending === true, limit: 1000 });
  }

  /**
   * Uses an approval up, once and durably, for a program that does itself what was approved: to be called right before.
   * NOT_FOUND; CONFLICT where it is not approved, not proven, used already, or bound to an action that a door lets pass.
   */
  async consumeApproval(approvalId: string): Promise<void> {
    const store = await this.#store.get();
    const desk = await this.#desk();
    await desk.consume(approvalId, this.#user(), (record) =>
      isGranted(record, proofContext(this.#current(), record), store),
    );
  }

  /** Takes back a request that nobody has decided. NOT_FOUND, CONFLICT where it is not pending. */
  async cancelApproval(approvalId: string): Promise<void> {
    await this.#withdraw(approvalId, 'cancelled');
  }

  /** Takes back an approval that is not used yet. NOT_FOUND, CONFLICT where there is none. */
  async revokeApproval(approvalId: string): Promise<void> {
    await this.#withdraw(approvalId, 'revoked');
  }

  async #withdraw(id: string, to: 'cancelled' | 'revoked'): Promise<void> {
    const desk = await this.#desk();
    if (await desk.withdraw(id, to, this.#user())) return;
    const { status } = await desk.show(id);
    throw new GgenError('CONFLICT', `request ${id} is ${status}, not ${to === 'cancelled' ? 'pending' : 'approved'}`);
  }

  /** How the request stands once it is decided, or `timeout` after `timeoutMs`: that ends the wait, not the request. */
  async waitForApproval(
    approvalId: string,
    timeout: number | { readonly timeoutMs: number; readonly signal?: AbortSignal },
  ): Promise<ApprovalResult> {
    const options = typeof timeout === 'number' ? { timeoutMs: timeout } : timeout;
    const store = await this.#store.get();
    const jobs = this.#jobs();
    const watch = createDecisionWatch({
      store,
      clock: Date.now,
      sleep,
      settle: (record) => settle({ store, clock: Date.now, newId, jobs }, record),
    });
    const status = await watch(approvalId, options);
    const record = await store.getRequest(approvalId);
    if (record && (status === 'approved' || status === 'consumed')) {
      // What the store says is told only where trail and signatures say so too.
      if (!(await wasApproved(record, proofContext(this.#current(), record), store)))
        return { outcome: 'rejected', reason: UNPROVEN };
      const approvers = (record.votes ?? []).filter(({ approved }) => approved).map(({ approver }) => approver.id);
      return { outcome: 'approved', approvers: approvers.length > 0 ? approvers : [TIMER.id] };
    }
    return status === 'pending'
      ? { outcome: 'timeout' }
      : { outcome: 'rejected', reason: (status === 'rejected' ? record?.comment : undefined) ?? status };
  }

  /**
   * Records a decision, signed by the signer that this manager was made with, or elsewhere (`signature`). NOT_FOUND for
   * no such request, NOT_PERMITTED without that approver's signature and for who may not, CONFLICT where it is decided.
   */
  async provideApproval(decision: ApprovalDecision): Promise<void> {
    assertMembers('a decision', decision, DECISION);
    const desk = await this.#desk();
    const { approver, signature, at, ...word } = decision;
    const signer = signature === undefined ? this.#signer : { approver, sign: async () => signature };
    if (signature !== undefined && at === undefined)
      throw new GgenError('INPUT_INVALID', 'a signature comes with the `at` of the statement that it signs');
    if (signer?.approver !== approver) {
      await desk.show(decision.approvalId);
      throw new GgenError('NOT_PERMITTED', `a decision of ${printable(approver, 200)} is not signed`, {
        hint: 'ggen-mcp keys create makes a key; ApprovalManager.fromConfig(path, { signer }) signs with it',
      });
    }
    const when = signature === undefined || at === undefined ? {} : { at };
    await desk.decide({ ...word, ...when, signer, via: this.#user().name });
  }

  /** What an approver signs elsewhere (`ssh-keygen -Y sign -n ggen-approval`), and the `at` that goes with it. */
  async statement(
    decision: Omit<ApprovalDecision, 'signature' | 'at'>,
  ): Promise<{ readonly statement: string; readonly at: number }> {
    assertMembers('a decision', decision, DECISION);
    return await (await this.#desk()).statement(decision);
  }

  /**
   * Permits an agent ahead what this manager's approver would be asked about each time, signed. INPUT_INVALID,
   * NOT_PERMITTED with the reason: for what is grave, takes several approvers, or leaves nothing out.
   */
  async grantStanding(wish: GrantWish): Promise<StandingGrant> {
    const signer = this.#signerOf('a standing grant');
    const desk = await this.#grants();
    return desk.make(desk.terms(wish, signer.approver), signer, this.#user().name);
  }

  /** Standing grants, newest first; `all`: also those that are over or revoked. */
  async listStandingGrants(options: { readonly all?: boolean } = {}): Promise<StandingGrant[]> {
    return (await this.#grants()).list({ standing: options.all !== true, limit: 1000 });
  }

  /** NOT_FOUND, CONFLICT where it is revoked already. */
  async revokeStandingGrant(id: string): Promise<void> {
    await (await this.#grants()).revoke(id, this.#user());
  }

  /** Lends this manager's approver's vote to another for a time, signed. INPUT_INVALID, NOT_PERMITTED with the reason. */
  async delegate(wish: DelegationWish): Promise<Delegation> {
    const signer = this.#signerOf('a delegation');
    const desk = await this.#delegations();
    return desk.make(desk.terms(wish, signer.approver), signer, this.#user().name);
  }

  /** Delegations, newest first; `all`: also those that are over or revoked. */
  async listDelegations(options: { readonly all?: boolean } = {}): Promise<Delegation[]> {
    return (await this.#delegations()).list({ standing: options.all !== true });
  }

  /** NOT_FOUND, CONFLICT where it is revoked already. */
  async revokeDelegation(id: string): Promise<void> {
    await (await this.#delegations()).revoke(id, this.#user());
  }

  async close(): Promise<void> {
    await this.#store.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #jobs(): JobMaker {
    return createJobMaker({ config: () => this.#current().loaded.config.approvals, clock: Date.now, newId });
  }

  async #desk(): Promise<ApprovalDesk> {
    return approvalDeskOver(await this.#store.get(), this.#current);
  }

  async #grants() {
    return grantDeskOver(await this.#store.get(), this.#current);
  }

  async #delegations() {
    return delegationDeskOver(await this.#store.get(), this.#current);
  }

  #signerOf(what: string): VoteSigner {
    if (this.#signer !== undefined) return this.#signer;
    throw new GgenError('NOT_PERMITTED', `${what} is signed, and this manager has no signer`, {
      hint: 'ApprovalManager.fromConfig(path, { signer }) signs with a key that ggen-mcp keys create made',
    });
  }

  #user(): Actor {
    const { username } = userInfo();
    return { actorType: 'user', id: username, name: `${username} through the library` };
  }
}
