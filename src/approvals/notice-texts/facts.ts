import { printable } from '../../kernel/text.ts';
import { type ApprovalRecord, seatOf } from '../../model/approval.ts';
import type { NoticeEvent } from '../notices.ts';

/** Beside the request itself. */
export interface NoticeContext {
  /** where people see the request */
  readonly link?: string;
}

/** With `{id}` in the configured link filled in. */
export function noticeContext(link: string | undefined, { id }: Pick<ApprovalRecord, 'id'>): NoticeContext {
  return link === undefined ? {} : { link: link.replaceAll('{id}', encodeURIComponent(id)) };
}

const HEADLINE: Record<NoticeEvent, string> = {
  approval_required: 'Approval required',
  approval_granted: 'Approved',
  approval_rejected: 'Rejected',
  approval_expired: 'Expired undecided',
  approval_cancelled: 'Taken back',
  approval_revoked: 'Approval taken back',
  approval_reminder: 'Still waiting for approval',
  approval_escalated: 'Escalated: nobody has decided',
};

/** `Approval required: delete_file notes/old.md`, bounded, on one line. */
export function headline(event: NoticeEvent, record: ApprovalRecord, length: number): string {
  const whole = printable(`${HEADLINE[event]}: ${record.operation.name} ${record.target}`, length);
  return whole.length <= length ? whole : `${whole.slice(0, length - 1).toWellFormed()}…`;
}

/** What an approver needs to know of a request, as name and value; printable, bounded. */
export function facts(record: ApprovalRecord): (readonly [name: string, value: string])[] {
  const { quorum, votes = [], approvesItselfAt, decideBy, comment, decidedBy } = record;
  const yes = votes.filter(({ approved }) => approved).length;
  const asked = new Set([
    ...(quorum?.eligible ?? []),
    ...(quorum?.agents ?? []),
    ...(quorum?.escalation?.eligible ?? []),
  ]);
  for (const vote of votes) asked.delete(seatOf(vote));
  const end =
    approvesItselfAt === undefined
      ? `${timeOf(decideBy)}, then it expires and nothing is done`
      : `${timeOf(approvesItselfAt)}, then A TIMER APPROVES IT`;
  const rules = record.reasons.map(({ message, rule }) => `${message} [${rule}]`).join('; ');
  // The system's own come first: what others write may be long, and a message is cut at its end.
  return [
    ...(record.status === 'pending' ? [['Until', end] as const] : []),
    ['Operation', printable(record.operation.name, 200)],
    ...(quorum && quorum.of > 1
      ? [['Approvals', `${yes} of the ${quorum.required} it takes, from ${quorum.of}`] as const]
      : []),
    ...(decidedBy === undefined || record.status === 'pending'
      ? []
      : [['Decided by', printable(decidedBy.id, 200)] as const]),
    ['Asked by', printable(record.requester, 200)],
    ...(asked.size > 0 ? [['May decide', printable([...asked].join(', '), 500)] as const] : []),
    ...(rules === '' ? [] : [['Rule', printable(rules, 500)] as const]),
    ['Target', printable(record.target, 1500)],
    ...(record.justification === undefined ? [] : [['Why', printable(record.justification, 1000)] as const]),
    ...(comment === undefined || record.status === 'pending' ? [] : [['Comment', printable(comment, 1000)] as const]),
  ];
}

/** What to type to see it, and to decide. */
export function command(record: ApprovalRecord): string {
  return `ggen-mcp approvals ${record.status === 'pending' ? 'approve' : 'show'} ${record.id}`;
}

function timeOf(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}
