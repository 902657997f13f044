import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { type ApprovalDesk, createApprovalDesk, quorumFor, type VoteSigner } from '../approvals/index.ts';
import { buildSnapshot, configError, type LoadedSnapshot, newId, sleep } from '../compose/index.ts';
import { createDecisionWatch, maskJson } from '../governor/index.ts';
import { digestOf } from '../kernel/digest.ts';
import { GgenError } from '../kernel/errors.ts';
import type { JsonObject } from '../kernel/json.ts';
import { printable } from '../kernel/text.ts';
import type { ApprovalRecord } from '../model/approval.ts';
import type { Operation } from '../model/operation.ts';
import { type SourceOptions, sourceOf } from './config-source.ts';
import { type LazyStore, lazyStore } from './lazy-store.ts';

/** The guide's ApprovalRequest: an operation that its requester wants people to permit. */
export interface ApprovalRequest {
  readonly operation: Operation;
  readonly requester: string;
  readonly justification?: string;
  readonly metadata?: JsonObject;
  readonly target?: string;
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
      strategy,
      quorum: reached.quorum,
      reasons: [],
      shown: { ...masked.parameters },
      correlationId: randomUUID(),
      createdAt: now,
      decideBy: now + approvals.defaultTimeoutSeconds * 1000,
    };
    const stored = await (await this.#store.get()).createRequest(record, {
      id: newId(),
      timestamp: now,
      eventType: 'approval_request',
      actor: { actorType: 'agent', id: request.requester, name: request.requester },
      operation: masked,
      target: record.target,
      result: 'pending',
      metadata: { event: 'approval_requested', approval_id: record.id, action_digest: record.actionDigest },
      correlationId: record.correlationId,
    });
    return stored.id;
  }

  /** How the request stands once it is decided, or `timeout` after `timeoutMs`: that ends the wait, not the request. */
  async waitForApproval(
    approvalId: string,
    options: { timeoutMs: number; signal?: AbortSignal },
  ): Promise<ApprovalResult> {
    const store = await this.#store.get();
    const status = await createDecisionWatch({ store, clock: Date.now, sleep })(approvalId, options);
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

  async close(): Promise<void> {
    await this.#store.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
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
