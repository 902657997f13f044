import { randomUUID } from 'node:crypto';
import { createJobMaker, quorumFor, requestDigest, supersede, termsOf } from '../approvals/index.ts';
import { type GovernanceStore, maskJson, OUR_METADATA } from '../governor/index.ts';
import { digestOf, sha256 } from '../kernel/digest.ts';
import { GgenError } from '../kernel/errors.ts';
import type { JsonObject } from '../kernel/json.ts';
import { whyNoName } from '../kernel/same-name.ts';
import { printable } from '../kernel/text.ts';
import type { ApprovalRecord } from '../model/approval.ts';
import type { AuditEntry } from '../model/audit-entry.ts';
import type { Operation } from '../model/operation.ts';
import { newId } from './new-id.ts';
import type { LoadedSnapshot } from './snapshot.ts';

/** What a program asks people about that does the thing itself, at no door of ours. */
export interface PlainWish {
  readonly operation: Operation;
  readonly requester: string;
  readonly justification?: string;
  readonly metadata?: JsonObject;
  readonly target?: string;
  readonly idempotencyKey?: string;
}

/** The request of an operation, and how it stands in the log. INPUT_INVALID, NOT_PERMITTED where nobody could approve it. */
function plainRequest(
  { set, loaded, keys, inspector }: LoadedSnapshot,
  wish: PlainWish,
): { readonly record: ApprovalRecord; readonly entry: AuditEntry } {
  const why = whyNoName(wish.requester);
  if (why !== undefined)
    throw new GgenError('INPUT_INVALID', `requester ${why}`, { hint: 'it names who asks, as people read it' });
  const reserved = Object.keys(wish.metadata ?? {}).find((name) => OUR_METADATA.has(name));
  if (reserved !== undefined)
    throw new GgenError('INPUT_INVALID', `metadata.${reserved} is set by the system itself`, {
      hint: 'name it otherwise',
    });
  if (typeof wish.operation?.name !== 'string')
    throw new GgenError('INPUT_INVALID', 'operation has no name: { name: "…" }');
  const operation = set.operation(wish.operation.name);
  if (!operation) throw new GgenError('INPUT_INVALID', `unknown operation ${printable(wish.operation.name)}`);
  if (!loaded.config.approvals.enabled) throw new GgenError('NOT_PERMITTED', 'approvals are off (approvals.enabled)');
  const strategy = set.approvalStrategy(operation);
  const { approvals } = loaded.config;
  // Whoever asks all the same is answered by somebody.
  const asked = strategy === 'auto-approval' ? 'single-approval' : strategy;
  const now = Date.now();
  const reached = quorumFor(asked, [operation], wish.requester, { ...approvals, keys }, now);
  if ('obstacle' in reached) throw new GgenError('NOT_PERMITTED', reached.obstacle);
  const mask = inspector.maskSecrets;
  const { name, parameters } = wish.operation;
  const masked: Operation = { name, ...(parameters ? { parameters: maskJson(parameters, mask) as JsonObject } : {}) };
  const target = String(wish.target ?? Object.values(parameters ?? {}).find((v) => typeof v === 'string') ?? '');
  const record: ApprovalRecord = {
    id: newId(),
    status: 'pending',
    operation: masked,
    target: printable(mask(target), 4096),
    requester: wish.requester,
    ...(wish.justification === undefined ? {} : { justification: printable(mask(wish.justification), 2000) }),
    metadata: { ...(maskJson(wish.metadata ?? {}, mask) as JsonObject), operations: [name] },
    actionDigest: digestOf('ggen-approval-request-v1', {
      operation: { ...wish.operation },
      target,
      metadata: wish.metadata ?? {},
    }),
    policySet: set.digest,
    ...(wish.idempotencyKey === undefined ? {} : { idempotencyKey: sha256(wish.idempotencyKey) }),
    ...termsOf(asked, reached.quorum, approvals, now),
    reasons: [],
    shown: masked.parameters === undefined ? {} : { parameters: masked.parameters },
    correlationId: randomUUID(),
  };
  const entry: AuditEntry = {
    id: newId(),
    timestamp: now,
    eventType: 'approval_request',
    actor: { actorType: 'agent', id: wish.requester, name: wish.requester },
    operation: masked,
    target: record.target,
    result: 'pending',
    metadata: {
      event: 'approval_requested',
      approval_id: record.id,
      action_digest: record.actionDigest,
      request_digest: requestDigest(record),
    },
    correlationId: record.correlationId,
  };
  return { record, entry };
}

/** Makes it, once under one idempotency key, in the place of another where the wish says so. NOT_PERMITTED, CONFLICT, NOT_FOUND. */
export async function requestPlain(
  store: GovernanceStore,
  snapshot: LoadedSnapshot,
  wish: PlainWish & { readonly supersedes?: string },
): Promise<ApprovalRecord> {
  const { record, entry } = plainRequest(snapshot, wish);
  const { approvals } = snapshot.loaded.config;
  const jobs = createJobMaker({ config: () => approvals, clock: Date.now, newId });
  const before = wish.supersedes;
  const parts = { store, clock: Date.now, newId, jobs };
  const supersedes = before === undefined ? undefined : await supersede(parts, before, record);
  return await store.createRequest(record, entry, {
    jobs: jobs.asked(record),
    maxPending: approvals.maxPendingPerRequester,
    ...(supersedes === undefined ? {} : { supersedes }),
  });
}
