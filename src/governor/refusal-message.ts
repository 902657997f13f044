import { printable } from '../kernel/text.ts';
import type { Action } from '../model/action.ts';
import type { ApprovalRecord } from '../model/approval.ts';
import type { Decision, Reason } from '../model/decision.ts';
import { renderRule } from './entries.ts';

const MAX_REASONS = 5;

/** What the agent is told: which rule, where it stands, and what it may do instead. */
export function renderRefusal(action: Action, safeTarget: string, decision: Decision, alternatives: string): string {
  const what = `${action.actionType} ${printable(safeTarget)}`;
  return `Denied by policy: ${what}. ${renderReasons(decision.reasons)}${alternatives ? ` ${alternatives}` : ''}`;
}

export function renderPending(action: Action, safeTarget: string, decision: Decision, record: ApprovalRecord): string {
  return (
    `Waiting for approval: ${action.actionType} ${printable(safeTarget)}. ${renderReasons(decision.reasons)} ` +
    `A person decides with: ggen-mcp approvals approve ${record.id} (or: reject ${record.id}). ` +
    'Once approved, the same call passes, once; a changed call needs a new approval. Carry on with other work meanwhile.'
  );
}

export function renderRejected(action: Action, safeTarget: string, record: ApprovalRecord): string {
  const who = record.decidedBy?.id ?? 'an approver';
  const why = record.comment ? `: ${printable(record.comment, 500)}` : '';
  return (
    `Rejected by ${printable(who)}${why}. ${action.actionType} ${printable(safeTarget)} must not be tried again ` +
    `(request ${record.id}); take another way, or ask the person.`
  );
}

function renderReasons(reasons: readonly Reason[]): string {
  const shown = reasons.slice(0, MAX_REASONS).map((r) => `${printable(r.message, 400)} [${renderRule(r)}].`);
  const more = reasons.length - shown.length;
  return shown.join(' ') + (more > 0 ? ` And ${more} more reasons.` : '');
}
