import type { ApprovalRecord } from '../../model/approval.ts';
import { facts } from './facts.ts';

/** Slack's limits for the text of a header, and of a field of a section. */
export const MAX_HEADER = 150;
export const MAX_SECTION = 3000;

/** As Slack wants it; `<!channel>` and links can't be made of it either. Its marks for bold and code are left alone. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** What an approver needs to know of a request, a line each. */
export function factLines(record: ApprovalRecord): string {
  return facts(record)
    .map(([name, value]) => `*${name}:* ${escaped(value)}`)
    .join('\n');
}
