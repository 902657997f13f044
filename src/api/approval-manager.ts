import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import {
  type ApprovalDesk,
  createApprovalDesk,
  createJobMaker,
  type GrantWish,
  type JobMaker,
  quorumFor,
  settle,
  supersede,
  termsOf,
  type VoteSigner,
} from '../approvals/index.ts';
import { buildSnapshot, configError, grantDeskOver, type LoadedSnapshot, newId, sleep } from '../compose/index.ts';
import { createDecisionWatch, maskJson } from '../governor/index.ts';
import { digestOf } from '../kernel/digest.ts';
import { GgenError } from '../kernel/errors.ts';
import type { JsonObject } from '../kernel/json.ts';
import { printable } from '../kernel/text.ts';
import type { ApprovalRecord } from '../model/approval.ts';
import type { AuditEntry } from '../model/audit-entry.ts';
import type { Operation } from '../model/operation.ts';
import type { StandingGrant } from '../model/standing-grant.ts';
import { type SourceOptions, sourceOf } from './config-source.ts';
import { type LazyStore, lazyStore } from './lazy-store.ts';

/** The guide's ApprovalRequest: an operation that its requester wants people to permit. */
export interface ApprovalRequest {
  readonly operation: Operation;
  readonly requester: string;
  readonly justification?: string;
  readonly metadata?: JsonObject;
  readonly target?: string;
  /** asked again under it by the same requester, the same request is the answer */
  readonly idempotencyKey?: string;
  /** id of a pending request of the same requester that this one stands for from now on */
  readonly supersedes?: string;
}

export interface ApprovalDecision {
  readonly approvalId: string;
  readonly approver: string;
  readonly approved: boolean;
  readonly comment?: string;
}

export interface ApprovalManagerOptions extends SourceOptions {
  /** signs the decisions that this program provides, in its approver's name */
  readonly signer?: VoteSigner;
}

export type ApprovalResult =
  | { readonly outcome: 'approved'; readonly approvers: readonly string[] }
  | { readonly outcome: 'rejected'; readonly reason: string }
  /** nobody decided while we waited; the request may still be decided later */
  | { readonly outcome: 'timeout' };

/** Asks people, tells their decisions. Requests survive restarts; any process may wait for any request. */
export class ApprovalManager {
  readonly #snapshot: LoadedSnapshot;
  readonly #store: LazyStore;
  readonly #signer: VoteSigner | undefined;

  private constructor(snapshot: LoadedSnapshot, store: LazyStore, signer: VoteSigner | undefined) {
    this.#snapshot = snapshot;
    this.#store = store;
    this.#signer = signer;
  }

  /** From `config/approvals.toml` and the files beside it. Throws CONFIG_MISSING or CONFIG_INVALID. */
  static fromConfig(path: string | URL, options: ApprovalManagerOptions = {}): ApprovalManager {
    const source = sourceOf(path, options);
    const built = buildSnapshot(source.read(), source.places, source.env);
    if (!built.ok) throw configError(built.problems);
    const { snapshot } = built;
    return new ApprovalManager(
      snapshot,
      lazyStore(() => snapshot.loaded.config.audit, source.places),
      options.signer,
    );
  }

  /**
   * Makes a durable request and returns its id. NOT_PERMITTED, at once and with the reason, where nobody could ever
   * approve it: no eligible approver, or a strategy that is not available yet.
   */
  async requestApproval(request: ApprovalRequest): Promise<string> {
    const { set, loaded } = this.#snapshot;
    const operation = set.operation(request.operation.name);
    if (!operation) throw new GgenError('INPUT_INVALID', `unknown operation ${printable(request.operation.name)}`);
    const strategy = set.approvalStrategy(operation);
    const { approvals } = loaded.config;
    const asked = strategy === 'auto-approval' ? 'single-approval' : strategy;
    const now = Date.now();
    const settings = { ...approvals, keys: this.#snapshot.keys };
    const reached = quorumFor(asked, [operation], request.requester, settings, now);
    if ('obstacle' in reached) throw new GgenError('NOT_PERMITTED', reached.obstacle);
    const mask = this.#snapshot.inspector.maskSecrets;
    const masked: Operation = {
      name: request.operation.name,
      ...(request.operation.parameters
        ? { parameters: maskJson(request.operation.parameters, mask) as JsonObject }
        : {}),
    };
    const target =
      request.target ?? Object.values(request.operation.parameters ?? {}).find((v) => typeof v === 'string') ?? '';
    const record: ApprovalRecord = {
      id: newId(),
      status: 'pending',
      operation: masked,
      target: printable(mask(String(target)), 4096),
      requester: request.requester,
      ...(request.justification === undefined ? {} : { justification: printable(mask(request.justification), 2000) }),
      metadata: maskJson(request.metadata ?? {}, mask) as JsonObject,
      actionDigest: digestOf('ggen-approval-request-v1', {
        operation: { ...request.operation },
        target: String(target),
        metadata: request.metadata ?? {},
      }),
      policySet: set.digest,
      ...(request.idempotencyKey === undefined ? {} : { idempotencyKey: request.idempotencyKey }),
      ...termsOf(asked, reached.quorum, approvals, now),
      reasons: [],
      shown: { ...masked.parameters },
      correlationId: randomUUID(),
    };
    const store = await this.#store.get();
    const jobs = this.#jobs();
    const supersedes =
      request.supersedes === undefined
        ? undefined
        : await supersede({ store, clock: Date.now, newId, jobs }, request.supersedes, record);
    const entry: AuditEntry = {
      id: newId(),
      timestamp: now,
      eventType: 'approval_request',
      actor: { actorType: 'agent', id: request.requester, name: request.requester },
      operation: masked,
      target: record.target,
      result: 'pending',
      metadata: { event: 'approval_requested', approval_id: record.id, action_digest: record.actionDigest },
      correlationId: record.correlationId,
    };
    const more = { jobs: jobs.asked(record), ...(supersedes === undefined ? {} : { supersedes }) };
    return (await store.createRequest(record, entry, more)).id;
  }

  /** How the request stands once it is decided, or `timeout` after `timeoutMs`: that ends the wait, not the request. */
  async waitForApproval(
    approvalId: string,
    options: { timeoutMs: number; signal?: AbortSignal },
  ): Promise<ApprovalResult> {
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
    if (status === 'approved' || status === 'consumed') {
      const approvers = (record?.votes ?? []).filter(({ approved }) => approved).map(({ approver }) => approver.id);
      return { outcome: 'approved', approvers };
    }
    return status === 'pending' ? { outcome: 'timeout' } : { outcome: 'rejected', reason: record?.comment ?? status };
  }

  /**
   * Records a decision, signed by the signer that this manager was made with. NOT_FOUND for no such request,
   * NOT_PERMITTED without that approver's signer and for who may not, CONFLICT where it is decided already.
   */
  async provideApproval(decision: ApprovalDecision): Promise<void> {
    const desk = await this.#desk();
    const signer = this.#signer;
    if (signer?.approver !== decision.approver) {
      await desk.show(decision.approvalId);
      throw new GgenError('NOT_PERMITTED', `a decision of ${printable(decision.approver, 200)} is not signed`, {
        hint: 'ggen-mcp keys create makes a key; ApprovalManager.fromConfig(path, { signer }) signs with it',
      });
    }
    await desk.decide({
      approvalId: decision.approvalId,
      signer,
      approved: decision.approved,
      via: `${userInfo().username} through the library`,
      ...(decision.comment === undefined ? {} : { comment: decision.comment }),
    });
  }

  /**
   * Permits an agent ahead what this manager's approver would be asked about each time, signed. INPUT_INVALID,
   * NOT_PERMITTED with the reason: for what is grave, takes several approvers, or leaves nothing out.
   */
  async grantStanding(wish: GrantWish): Promise<StandingGrant> {
    const signer = this.#signer;
    if (signer === undefined) {
      throw new GgenError('NOT_PERMITTED', 'a standing grant is signed, and this manager has no signer', {
        hint: 'ApprovalManager.fromConfig(path, { signer }) signs with a key that ggen-mcp keys create made',
      });
    }
    const desk = grantDeskOver(await this.#store.get(), () => this.#snapshot);
    return desk.make(desk.terms(wish, signer.approver), signer, `${userInfo().username} through the library`);
  }

  /** Standing grants, newest first; `all`: also those that are over or revoked. */
  async listStandingGrants(options: { readonly all?: boolean } = {}): Promise<StandingGrant[]> {
    const desk = grantDeskOver(await this.#store.get(), () => this.#snapshot);
    return desk.list({ standing: options.all !== true, limit: 1000 });
  }

  /** NOT_FOUND, CONFLICT where it is revoked already. */
  async revokeStandingGrant(id: string): Promise<void> {
    const { username } = userInfo();
    const desk = grantDeskOver(await this.#store.get(), () => this.#snapshot);
    await desk.revoke(id, { actorType: 'user', id: username, name: `${username} through the library` });
  }

  async close(): Promise<void> {
    await this.#store.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #jobs(): JobMaker {
    return createJobMaker({ config: () => this.#snapshot.loaded.config.approvals, clock: Date.now, newId });
  }

  async #desk(): Promise<ApprovalDesk> {
    const { set, loaded } = this.#snapshot;
    return createApprovalDesk({
      store: await this.#store.get(),
      clock: Date.now,
      newId,
      config: () => loaded.config.approvals,
      keys: () => this.#snapshot.keys,
      operation: (name) => set.operation(name),
      mask: this.#snapshot.inspector.maskSecrets,
    });
  }
}
