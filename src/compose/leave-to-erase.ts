import {
  type ApproverKeys,
  createJobMaker,
  isGranted,
  type QuorumAnswer,
  quorumFor,
  requestDigest,
  settle,
  statusAt,
} from '../approvals/index.ts';
import { ERASE_OPERATION, eraseBefore, firstYoungRun, type RetentionRule, TILE_WIDTH } from '../audit/index.ts';
import type { GovernanceStore } from '../governor/index.ts';
import { digestOf } from '../kernel/digest.ts';
import { SYSTEM } from '../model/actor.ts';
import type { ApprovalRecord, ApprovalStrategy } from '../model/approval.ts';
import type { AuditEntry } from '../model/audit-entry.ts';
import type { ApprovalsConfig } from '../model/configuration.ts';
import type { OperationSpec } from '../model/operation.ts';
import type { PolicySet } from '../policy/index.ts';
import { newId } from './new-id.ts';

const DAY_MS = 86_400_000;
/** How long a request to erase stays open at least. */
const DECIDE_WITHIN_MS = 7 * DAY_MS;
const REQUESTER = SYSTEM.id;
const STATES = ['approved', 'pending', 'rejected'] as const;

export interface Leave {
  /** entries older than this instant may be erased; 0: none */
  readonly before: number;
  /** the approval that was used up for it */
  readonly approvalId?: string;
  /** why nothing new may be erased though it is old enough, and what to do */
  readonly heldBack?: string;
}

export interface LeaveParts {
  readonly store: GovernanceStore;
  readonly set: PolicySet;
  readonly approvals: ApprovalsConfig;
  readonly keys: ApproverKeys;
  readonly rule: RetentionRule;
  readonly now: number;
}

/**
 * How far retention may erase: as it says, or, where somebody must approve of it, as far as an approval goes that is
 * used up here, once and durably, before anything is erased. Where there is none yet it is asked for, to the last
 * whole day: an approval of today serves tomorrow's call too. Where this process ends between using it up and
 * erasing, nothing is erased, and it is asked again.
 */
export async function leaveToErase(parts: LeaveParts): Promise<Leave> {
  const { store, rule, now } = parts;
  const due = eraseBefore(rule, now);
  if (!rule.needsApproval) return { before: due };
  const before = due - (due % DAY_MS);
  if (!(await hasErasable(store, before))) return { before: 0 };
  const { origin } = await store.head();
  // By state: what is used up or over is no answer, however much of it there is.
  const found = await Promise.all(STATES.map((status) => store.listRequests({ status, limit: 1000 })));
  const requests = found.flat().filter((record) => isOurs(parts, record, origin));
  const jobs = createJobMaker({ config: () => parts.approvals, clock: () => now, newId });
  for (const record of requests) await settle({ store, clock: () => now, newId, jobs }, record);
  const standing = (status: ApprovalRecord['status']): ApprovalRecord | undefined =>
    requests.find((record) => statusAt(record, now) === status);

  const { strategy, answer, operations } = quorumOf(parts);
  const approved = standing('approved');
  if (approved) {
    // What the store says is approved counts where the approvers' signatures say so too.
    const context = { keys: parts.keys, operations, now, config: parts.approvals, relayed: false };
    const proven = await isGranted(approved, context, store);
    const changed = await store.changeRequest({
      id: approved.id,
      from: 'approved',
      to: proven ? 'consumed' : 'revoked',
      set: {},
      entry: entryOf(approved, now, proven ? 'approval_consumed' : 'approval_unproven', proven ? 'success' : 'denied'),
    });
    if (changed && proven) return { before: beforeOf(approved), approvalId: approved.id };
    if (!changed) return { before: 0, heldBack: `nothing was erased: another process uses request ${approved.id}` };
  }
  const asked = standing('pending');
  if (asked) return { before: 0, heldBack: waiting(asked) };
  const rejected = standing('rejected');
  if (rejected && beforeOf(rejected) >= before) {
    const day = new Date(before).toISOString().slice(0, 10);
    return {
      before: 0,
      heldBack: `nothing was erased: request ${rejected.id} was rejected; it is asked again for entries from ${day} on`,
    };
  }
  if ('obstacle' in answer) return { before: 0, heldBack: `nothing was erased: ${answer.obstacle}` };
  const fresh: ApprovalRecord = { ...requestFor(parts, origin, before), strategy, quorum: answer.quorum };
  const entry = entryOf(fresh, now, 'approval_requested', 'pending');
  const record = await store.createRequest(fresh, entry, { jobs: jobs.asked(fresh) });
  return { before: 0, heldBack: waiting(record) };
}

/** Whether a whole tile is older than this. */
async function hasErasable(store: GovernanceStore, before: number): Promise<boolean> {
  const { size, erasedTo } = await store.head();
  const young = await firstYoungRun(store, before);
  const old = Math.min(young === undefined ? size : young.firstSeq - 1, size - 1);
  return old - (Math.max(0, old) % TILE_WIDTH) > erasedTo;
}

/** INVARIANT: what was approved is what its digest says: this log, this rule, up to this instant, under these policies. */
function isOurs({ rule, set }: LeaveParts, record: ApprovalRecord, origin: string): boolean {
  return (
    record.operation.name === ERASE_OPERATION &&
    record.requester === REQUESTER &&
    record.policySet === set.digest &&
    record.actionDigest === digestFor(origin, rule, beforeOf(record))
  );
}

function beforeOf({ metadata }: ApprovalRecord): number {
  return typeof metadata.before === 'number' ? metadata.before : 0;
}

function digestFor(origin: string, { days, because }: RetentionRule, before: number): string {
  return digestOf('ggen-erasure-v1', { origin, before, days, because });
}

/** Somebody is asked even where the class of the operation would let it pass. */
function quorumOf({ set, approvals, keys, now }: LeaveParts): {
  strategy: ApprovalStrategy;
  operations: readonly OperationSpec[];
  answer: QuorumAnswer;
} {
  const operation = set.operation(ERASE_OPERATION)!;
  const configured = set.approvalStrategy(operation);
  // No timer decides about the log, and nobody's word is done without.
  const strategy = configured === 'multi-approval' ? configured : 'single-approval';
  const operations = [operation];
  return { strategy, operations, answer: quorumFor(strategy, operations, REQUESTER, { ...approvals, keys }, now) };
}

function requestFor({ set, approvals, rule, now }: LeaveParts, origin: string, before: number): ApprovalRecord {
  const until = new Date(before).toISOString();
  return {
    id: newId(),
    status: 'pending',
    operation: { name: ERASE_OPERATION },
    target: `entries before ${until.slice(0, 10)}`,
    requester: REQUESTER,
    justification: `${rule.because} keeps entries for ${rule.days} days`,
    metadata: { operations: [ERASE_OPERATION], before },
    actionDigest: digestFor(origin, rule, before),
    policySet: set.digest,
    strategy: 'single-approval',
    reasons: [],
    shown: { log: origin, before: until },
    correlationId: newId(),
    createdAt: now,
    // Nobody waits at a prompt for it.
    decideBy: now + Math.max(approvals.defaultTimeoutSeconds * 1000, DECIDE_WITHIN_MS),
  };
}

function entryOf(record: ApprovalRecord, now: number, event: string, result: AuditEntry['result']): AuditEntry {
  return {
    id: newId(),
    timestamp: now,
    eventType: event === 'approval_requested' ? 'approval_request' : 'approval_decision',
    actor: SYSTEM,
    operation: record.operation,
    target: record.target,
    result,
    metadata: {
      event,
      approval_id: record.id,
      action_digest: record.actionDigest,
      policy_set: record.policySet,
      requester: record.requester,
      ...(event === 'approval_requested' ? { request_digest: requestDigest(record) } : {}),
    },
    correlationId: record.correlationId,
  };
}

function waiting(record: ApprovalRecord): string {
  return (
    `nothing was erased: request ${record.id} waits for somebody who approves of erasing ${record.target}: ` +
    `ggen-mcp approvals approve ${record.id}, then ggen-mcp audit maintain`
  );
}
