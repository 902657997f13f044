import { termsOf } from '../approvals/index.ts';
import { sha256 } from '../kernel/digest.ts';
import type { JsonObject } from '../kernel/json.ts';
import type { Clock } from '../kernel/ports.ts';
import { printable } from '../kernel/text.ts';
import type { ApprovalRecord, Quorum } from '../model/approval.ts';
import { facetsOf } from './action-facets.ts';
import type { ApprovalQuestion } from './approval-question.ts';
import type { EntryMaker } from './entries.ts';
import { maskJson } from './mask-json.ts';
import { findingsJson } from './security-vote.ts';

/** Members of a request's metadata that only the system itself sets: what it is about, bound to and found. */
export const OUR_METADATA: ReadonlySet<string> = new Set(['operations', 'facets', 'findings', 'unlike', 'changed']);

const MAX_CONTENT = 256 * 1024;
const MAX_PARAMETERS = 128 * 1024;
const MAX_PARTS = 300;
const MAX_TARGET = 4096;

/** The request of an action that is asked about: what it binds, and what is shown of it. Nothing is stored. */
export function newRequest(
  parts: { readonly clock: Clock; readonly newId: () => string; readonly entries: EntryMaker },
  question: ApprovalQuestion,
  strategy: ApprovalRecord['strategy'],
  quorum: Quorum,
): ApprovalRecord {
  const { subject, decision, evidence, references, asking } = question;
  const { set, approvals } = question.snapshot;
  const { action, mask } = subject;
  const justification = action.context?.justification;
  const { idempotencyKey, metadata = {} } = asking;
  return {
    id: parts.newId(),
    status: 'pending',
    operation: parts.entries.operationOf(subject),
    target: printable(subject.safeTarget, MAX_TARGET),
    requester: action.requester,
    ...(justification === undefined ? {} : { justification: printable(mask(justification), 2000) }),
    metadata: {
      // THREAT: whoever asks would have findings of its own believed where there are none.
      ...Object.fromEntries(
        Object.entries(maskJson(metadata, mask) as JsonObject).filter(([name]) => !OUR_METADATA.has(name)),
      ),
      operations: question.operations.map((operation) => operation.name),
      facets: facetsOf(action, evidence, references, mask),
      ...(evidence.findings.length > 0 ? { findings: findingsJson(evidence.findings, mask) } : {}),
    },
    actionDigest: subject.digest,
    policySet: set.digest,
    // It may be anything, a token too: its digest does as well.
    ...(idempotencyKey === undefined ? {} : { idempotencyKey: sha256(idempotencyKey) }),
    ...termsOf(strategy, quorum, approvals.config, parts.clock()),
    reasons: decision.reasons,
    shown: shownTo(question, mask),
    correlationId: subject.correlationId,
  };
}

/** What the approver sees of the action, secrets masked. What is left out stands in `not_shown`: nobody approves that unasked. */
function shownTo(question: ApprovalQuestion, mask: (text: string) => string): JsonObject {
  const { action } = question.subject;
  const shown: Record<string, JsonObject[string]> = {};
  const left: string[] = [];
  if (action.context?.cwd !== undefined) shown.cwd = printable(mask(action.context.cwd), 4096);
  if (action.context?.env) shown.env = maskJson({ ...action.context.env }, mask);
  if (action.parts?.length) {
    shown.also = action.parts.slice(0, MAX_PARTS).map((p) => `${p.actionType} ${printable(mask(p.target), 1000)}`);
    if (action.parts.length > MAX_PARTS) left.push(`${action.parts.length - MAX_PARTS} further targets`);
    if (action.parts.some(({ target }) => target.length > 1000)) left.push('ends of further targets');
  }
  if (action.parameters) {
    const text = JSON.stringify(maskJson(action.parameters, mask));
    shown.parameters = text.slice(0, MAX_PARAMETERS);
    if (text.length > MAX_PARAMETERS) left.push(`parameters after ${MAX_PARAMETERS} of ${text.length} characters`);
  }
  if (action.content !== undefined) {
    const text = mask(action.content);
    shown.content = text.slice(0, MAX_CONTENT);
    shown.content_length = action.content.length;
    if (text.length > MAX_CONTENT) left.push(`content after ${MAX_CONTENT} of ${text.length} characters`);
  }
  if (Object.keys(question.references).length) shown.files = maskJson({ ...question.references }, mask);
  if (question.subject.safeTarget.length > MAX_TARGET) left.push('the end of the target');
  if (left.length > 0) shown.not_shown = left;
  return shown;
}
