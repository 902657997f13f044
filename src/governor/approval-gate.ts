import { isProven, quorumFor, recordExpiry, statusAt } from '../approvals/index.ts';
import type { JsonObject } from '../kernel/json.ts';
import type { Clock } from '../kernel/ports.ts';
import { printable } from '../kernel/text.ts';
import type { ApprovalRecord, ApprovalStrategy, Quorum } from '../model/approval.ts';
import type { Decision, Reason } from '../model/decision.ts';
import type { OperationSpec } from '../model/operation.ts';
import type { EntryMaker, Subject } from './entries.ts';
import { maskJson } from './mask-json.ts';
import type { AttemptGuards, GovernanceStore, PolicySnapshot } from './ports.ts';
import { renderPending, renderRejected } from './refusal-message.ts';
import type { AuthorizeOptions } from './types.ts';

export interface ApprovalQuestion {
  readonly subject: Subject;
  readonly decision: Decision;
  readonly snapshot: PolicySnapshot;
  /** the operations of all parts of the action: each must be approvable */
  readonly operations: readonly OperationSpec[];
  readonly references: Readonly<Record<string, string>>;
  readonly options: AuthorizeOptions;
}

export type ApprovalAnswer =
  | { readonly kind: 'refused'; readonly decision: Decision; readonly message?: string }
  | { readonly kind: 'waiting'; readonly record: ApprovalRecord; readonly message: string }
  /** go on: with a grant to use up, or to be asked at the client's own prompt */
  | {
      readonly kind: 'go';
      readonly grant?: NonNullable<AttemptGuards['grant']>;
      readonly metadata: Readonly<Record<string, string | boolean>>;
    };

const MAX_SHOWN_CONTENT = 64 * 1024;

/** Turns "requires approval" into a grant that was given, a request that waits, or a refusal. */
export function createApprovalGate(parts: {
  readonly store: GovernanceStore;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly entries: EntryMaker;
}): { ask(question: ApprovalQuestion): Promise<ApprovalAnswer> } {
  const { store, clock, entries } = parts;

  const ask = async (question: ApprovalQuestion): Promise<ApprovalAnswer> => {
    const { subject, decision, operations, options } = question;
    const { set, approvals } = question.snapshot;
    const strategy = strictest(operations.map((operation) => set.approvalStrategy(operation)));
    if (strategy === 'auto-approval') return { kind: 'go', metadata: { strategy } };
    const now = clock();
    const reached = quorumFor(strategy, operations, subject.action.requester, approvals.quorum, now);
    if ('obstacle' in reached) {
      return { kind: 'refused', decision: deniedFor(decision, 'builtin.approval-unreachable', reached.obstacle) };
    }

    const last = await store.findRequest(subject.action.requester, subject.digest, set.digest);
    const standing = last && statusAt(last, now);
    if (last && standing === 'expired') await recordExpiry(parts, last);
    // What the store says is approved counts where the approvers' signatures say so too; else it is asked anew.
    if (last && standing === 'approved' && !isProven(last, reached.quorum, approvals.quorum.keys, now)) {
      const entry = entries.unproven(subject, last);
      await store.changeRequest({ id: last.id, from: 'approved', to: 'revoked', set: {}, entry });
    } else if (last && standing === 'approved') {
      const metadata = { approval_id: last.id, decided_by: last.decidedBy?.id ?? '' };
      return { kind: 'go', grant: { approvalId: last.id, entry: entries.consumed(subject, last) }, metadata };
    }
    if (last && standing === 'rejected' && now < (last.decidedAt ?? 0) + approvals.defaultTimeoutSeconds * 1000) {
      const message = renderRejected(subject.action, subject.safeTarget, last);
      return {
        kind: 'refused',
        decision: deniedFor(decision, 'builtin.approval-rejected', `request ${last.id} was rejected`),
        message,
      };
    }
    if (options.askAtClient && standing !== 'pending') return { kind: 'go', metadata: { asked_at_client: true } };
    const fresh = newRequest(question, strategy, reached.quorum);
    const record = await store.createRequest(fresh, entries.approvalRequest(subject, fresh, 'approval_requested'));
    if (record.id !== fresh.id) await store.append(entries.approvalRequest(subject, record, 'approval_awaited'));
    return { kind: 'waiting', record, message: renderPending(subject.action, subject.safeTarget, decision, record) };
  };

  const newRequest = (
    question: ApprovalQuestion,
    strategy: ApprovalRecord['strategy'],
    quorum: Quorum,
  ): ApprovalRecord => {
    const { subject, decision } = question;
    const { set, approvals } = question.snapshot;
    const { mask } = subject;
    const now = clock();
    const justification = subject.action.context?.justification;
    return {
      id: parts.newId(),
      status: 'pending',
      operation: entries.operationOf(subject),
      target: printable(subject.safeTarget, 4096),
      requester: subject.action.requester,
      ...(justification === undefined ? {} : { justification: printable(mask(justification), 2000) }),
      metadata: { operations: question.operations.map((operation) => operation.name) },
      actionDigest: subject.digest,
      policySet: set.digest,
      strategy,
      quorum,
      reasons: decision.reasons,
      shown: shownTo(question, mask),
      correlationId: subject.correlationId,
      createdAt: now,
      decideBy: now + approvals.defaultTimeoutSeconds * 1000,
    };
  };

  return { ask };
}

/** What the approver sees of the action; secrets masked, and cut with its true length named where it is long. */
function shownTo(question: ApprovalQuestion, mask: (text: string) => string): JsonObject {
  const { action } = question.subject;
  const shown: Record<string, JsonObject[string]> = {};
  if (action.context?.cwd !== undefined) shown.cwd = printable(mask(action.context.cwd), 4096);
  if (action.context?.env) shown.env = maskJson({ ...action.context.env }, mask);
  if (action.parts?.length) {
    shown.also = action.parts.slice(0, 100).map((p) => `${p.actionType} ${printable(mask(p.target), 1000)}`);
  }
  if (action.parameters) {
    const text = JSON.stringify(maskJson(action.parameters, mask));
    shown.parameters = text.slice(0, MAX_SHOWN_CONTENT);
    if (text.length > MAX_SHOWN_CONTENT) shown.parameters_length = text.length;
  }
  if (action.content !== undefined) {
    shown.content = mask(action.content).slice(0, MAX_SHOWN_CONTENT);
    shown.content_length = action.content.length;
  }
  if (Object.keys(question.references).length) shown.files = maskJson({ ...question.references }, mask);
  return shown;
}

const STRICTNESS: readonly ApprovalStrategy[] = [
  'auto-approval',
  'single-approval',
  'time-based-approval',
  'multi-approval',
];

/** One action may touch several things; it needs the strictest of what they need. */
function strictest(strategies: readonly ApprovalStrategy[]): ApprovalStrategy {
  return strategies.reduce((a, b) => (STRICTNESS.indexOf(b) > STRICTNESS.indexOf(a) ? b : a), 'auto-approval');
}

function deniedFor(decision: Decision, rule: string, message: string): Decision {
  const because: Reason = { rule, message, file: '', line: 0 };
  const first = decision.reasons[0];
  const placed = first ? { ...because, file: first.file, line: first.line } : because;
  return { ...decision, outcome: 'denied', reasons: [placed, ...decision.reasons] };
}
