import {
  createJobMaker,
  isProven,
  isTimersGrant,
  quorumFor,
  settle,
  statusAt,
  termsOf,
  whyNotRelayed,
} from '../approvals/index.ts';
import type { JsonObject } from '../kernel/json.ts';
import type { Clock } from '../kernel/ports.ts';
import { printable } from '../kernel/text.ts';
import { type ApprovalRecord, type Quorum, strictestStrategy } from '../model/approval.ts';
import type { Decision, Reason } from '../model/decision.ts';
import type { ApprovalAnswer, ApprovalQuestion } from './approval-question.ts';
import type { EntryMaker } from './entries.ts';
import { maskJson } from './mask-json.ts';
import type { GovernanceStore } from './ports.ts';
import { renderPending, renderRejected } from './refusal-message.ts';
import { findingsJson } from './security-vote.ts';
import { createGrantLookup } from './standing-grant-lookup.ts';

const MAX_SHOWN_CONTENT = 64 * 1024;

/** Turns "requires approval" into a grant that was given, a request that waits, or a refusal. */
export function createApprovalGate(parts: {
  readonly store: GovernanceStore;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly entries: EntryMaker;
}): { ask(question: ApprovalQuestion): Promise<ApprovalAnswer> } {
  const { store, clock, entries } = parts;
  const grants = createGrantLookup(parts);

  const ask = async (question: ApprovalQuestion): Promise<ApprovalAnswer> => {
    const { subject, decision, operations, options } = question;
    const { set, approvals } = question.snapshot;
    const strategy = strictestStrategy(operations.map((operation) => set.approvalStrategy(operation)));
    if (strategy === 'auto-approval') return { kind: 'go', metadata: { strategy } };
    const now = clock();
    const settings = { ...approvals.config, keys: approvals.keys };
    const reached = quorumFor(strategy, operations, subject.action.requester, settings, now);
    if ('obstacle' in reached) {
      return { kind: 'refused', decision: deniedFor(decision, 'builtin.approval-unreachable', reached.obstacle) };
    }

    const jobs = createJobMaker({ ...parts, config: () => approvals.config });
    const find = (): Promise<ApprovalRecord | undefined> =>
      store.findRequest(subject.action.requester, subject.digest, set.digest);
    let last = await find();
    if (last && (await settle({ ...parts, jobs }, last))) last = await find();
    const standing = last && statusAt(last, now);
    // What the store says is approved counts where the approvers' signatures say so too; else it is asked anew.
    if (last && standing === 'approved' && !(await isGranted(question, last, strategy, reached.quorum))) {
      const entry = entries.unproven(subject, last);
      await store.changeRequest({ id: last.id, from: 'approved', to: 'revoked', set: {}, entry });
    } else if (last && standing === 'approved') {
      const metadata = { approval_id: last.id, decided_by: last.decidedBy?.id ?? '' };
      return { kind: 'go', grant: { approvalId: last.id, entry: entries.consumed(subject, last) }, metadata };
    }
    if (
      last &&
      standing === 'rejected' &&
      now < (last.decidedAt ?? 0) + approvals.config.defaultTimeoutSeconds * 1000
    ) {
      const message = renderRejected(subject.action, subject.safeTarget, last);
      return {
        kind: 'refused',
        decision: deniedFor(decision, 'builtin.approval-rejected', `request ${last.id} was rejected`),
        message,
      };
    }
    const permitted = await grants.find(question, strategy);
    if (permitted) return permitted;
    if (options.askAtClient && standing !== 'pending') return { kind: 'go', metadata: { asked_at_client: true } };
    const fresh = newRequest(question, strategy, reached.quorum);
    const asked = entries.approvalRequest(subject, fresh, 'approval_requested');
    const record = await store.createRequest(fresh, asked, { jobs: jobs.asked(fresh) });
    if (record.id !== fresh.id) await store.append(entries.approvalRequest(subject, record, 'approval_awaited'));
    return { kind: 'waiting', record, message: renderPending(subject.action, subject.safeTarget, decision, record) };
  };

  /** By people's and agents' signatures, or by the timer where that may still approve. */
  const isGranted = async (
    { operations, evidence, snapshot }: ApprovalQuestion,
    record: ApprovalRecord,
    strategy: ApprovalRecord['strategy'],
    quorum: Quorum,
  ): Promise<boolean> => {
    const { config, keys } = snapshot.approvals;
    const now = clock();
    // THREAT: the request may have been rewritten; what is really about to be done says whether a click was enough.
    const why = whyNotRelayed({ operations, strategy, findings: evidence.findings.length });
    if (isProven(record, quorum, keys, now, why === undefined ? 'relayed count' : 'in person')) return true;
    if (strategy !== 'time-based-approval' || !isTimersGrant(record, config, now)) return false;
    // THREAT: a request that is written as old as it likes; the log says when it was made.
    const told = await store.query({ correlationId: record.correlationId, limit: 1000 });
    return told.some(
      ({ metadata, timestamp }) =>
        metadata.event === 'approval_requested' &&
        metadata.approval_id === record.id &&
        timestamp <= record.createdAt + 1000,
    );
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
      metadata: {
        operations: question.operations.map((operation) => operation.name),
        ...(question.evidence.findings.length > 0 ? { findings: findingsJson(question.evidence.findings, mask) } : {}),
      },
      actionDigest: subject.digest,
      policySet: set.digest,
      ...termsOf(strategy, quorum, approvals.config, now),
      reasons: decision.reasons,
      shown: shownTo(question, mask),
      correlationId: subject.correlationId,
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

function deniedFor(decision: Decision, rule: string, message: string): Decision {
  const because: Reason = { rule, message, file: '', line: 0 };
  const first = decision.reasons[0];
  const placed = first ? { ...because, file: first.file, line: first.line } : because;
  return { ...decision, outcome: 'denied', reasons: [placed, ...decision.reasons] };
}
