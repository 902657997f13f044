import type { ApprovalRecord } from '../../model/approval.ts';
import type { NoticeEvent } from '../notices.ts';
import { command, facts, headline, type NoticeContext } from './facts.ts';

const MAX_SUBJECT = 200;

/** A mail in plain text. No part of it can begin a header of its own: everything is printable, and the subject one line. */
export function mailText(
  event: NoticeEvent,
  record: ApprovalRecord,
  { link }: NoticeContext,
): { readonly subject: string; readonly text: string } {
  const rows = facts(record).map(([name, value]) => `${`${name}:`.padEnd(12)} ${value}`);
  const lines = [headline(event, record, 1000), '', ...rows, '', `    ${command(record)}`];
  if (link !== undefined) lines.push('', link);
  return { subject: headline(event, record, MAX_SUBJECT), text: `${lines.join('\n')}\n` };
}
