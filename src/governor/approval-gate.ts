import {
  createJobMaker,
  isGranted,
  quorumFor,
  settle,
  statusAt,
  supersede,
  whyNotRelayed,
} from '../approvals/index.ts';
import { isGgenError } from '../kernel/errors.ts';
import type { Clock } from '../kernel/ports.ts';
import { type ApprovalRecord, strictestStrategy } from '../model/approval.ts';
import type { Decision, Reason } from '../model/decision.ts';
import type { ApprovalAnswer, ApprovalQuestion } from './approval-question.ts';
import type { EntryMaker } from './entries.ts';
import { newRequest } from './new-request.ts';
import type { GovernanceStore } from './ports.ts';
import { renderPending, renderRejected } from './refusal-message.ts';
import { createGrantLookup } from './standing-grant-lookup.ts';
import { renderUnlike, unlikeApproved } from './unlike-approved.ts';

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
    const jobs = createJobMaker({ ...parts, config: () => approvals.config });
    const find = (): Promise<ApprovalRecord | undefined> =>
      store.findRequest(subject.action.requester, subject.digest, set.digest);
    let last = await find();
    if (last && (await settle({ ...parts, jobs }, last))) last = await find();
    const standing = last && statusAt(last, now);
    let lapsed = '';
    // What the store says is approved counts where trail and signatures say so too; else it is asked anew.
    // THREAT: what is really about to be done says whether a click was enough, not what the request says of itself.
    const findings = question.evidence.findings.length;
    const relayed = whyNotRelayed({ operations, strategy, findings }) === undefined;
    const context = { ...approvals, operations, now, relayed };
    if (last && standing === 'approved' && !(await isGranted(last, context, store))) {
      const entry = entries.unproven(subject, last);
      await store.changeRequest({ id: last.id, from: 'approved', to: 'revoked', set: {}, entry });
      lapsed = `Approval ${last.id} counts no more: its signatures, their keys or the trail do not hold. `;
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
    const settings = { ...approvals.config, keys: approvals.keys };
    const reached = quorumFor(strategy, operations, subject.action.requester, settings, now);
    if ('obstacle' in reached) {
      return { kind: 'refused', decision: deniedFor(decision, 'builtin.approval-unreachable', reached.obstacle) };
    }
    const permitted = await grants.find(question, strategy);
    if (permitted) return permitted;
    // One unsigned click is one approval: it stands for no quorum, and for no timer.
    if (options.askAtClient && strategy === 'single-approval' && standing !== 'pending')
      return { kind: 'go', metadata: { asked_at_client: true } };
    const made = newRequest(parts, question, strategy, reached.quorum);
    const unlike = await unlikeApproved(store, made);
    const fresh: ApprovalRecord = unlike
      ? { ...made, metadata: { ...made.metadata, unlike: unlike.approvalId, changed: [...unlike.changed] } }
      : made;
    const asked = entries.approvalRequest(subject, fresh, 'approval_requested');
    const { supersedes: before } = question.asking;
    const supersedes = before === undefined ? undefined : await supersede({ ...parts, jobs }, before, fresh);
    const maxPending = approvals.config.maxPendingPerRequester;
    const more = { jobs: jobs.asked(fresh), maxPending, ...(supersedes === undefined ? {} : { supersedes }) };
    let record: ApprovalRecord;
    try {
      record = await store.createRequest(fresh, asked, more);
    } catch (error) {
      if (!isGgenError(error) || error.code !== 'NOT_PERMITTED') throw error;
      return { kind: 'refused', decision: deniedFor(decision, 'approvals.max_pending_per_requester', error.message) };
    }
    if (record.id !== fresh.id) await store.append(entries.approvalRequest(subject, record, 'approval_awaited'));
    const pending = renderPending(subject.action, subject.safeTarget, decision, record);
    return { kind: 'waiting', record, message: `${lapsed}${unlike ? `${renderUnlike(unlike)} ` : ''}${pending}` };
  };

  return { ask };
}

function deniedFor(decision: Decision, rule: string, message: string): Decision {
  const because: Reason = { rule, message, file: '', line: 0 };
  const first = decision.reasons[0];
  const placed = first ? { ...because, file: first.file, line: first.line } : because;
  return { ...decision, outcome: 'denied', reasons: [placed, ...decision.reasons] };
}
