import type { JsonObject } from '../../kernel/json.ts';
import type { ApprovalRecord } from '../../model/approval.ts';
import type { NoticeEvent } from '../notices.ts';
import { command, facts, headline, type NoticeContext } from './facts.ts';

/** Slack's limits for the text of a header, and of a field of a section. */
const MAX_HEADER = 150;
const MAX_SECTION = 3000;

/**
 * A message for a Slack incoming webhook (Block Kit): what is asked, by whom, until when, what to type, and a link. It
 * tells and links; deciding takes a key, and is not done in a chat.
 */
export function slackMessage(event: NoticeEvent, record: ApprovalRecord, { link }: NoticeContext): JsonObject {
  const title = headline(event, record, MAX_HEADER - 1);
  const lines = facts(record).map(([name, value]) => `*${name}:* ${escaped(value)}`);
  const blocks: JsonObject[] = [
    { type: 'header', text: { type: 'plain_text', text: title, emoji: false } },
    { type: 'section', text: { type: 'mrkdwn', text: cut(lines.join('\n')), verbatim: true } },
    { type: 'section', text: { type: 'mrkdwn', text: `\`${command(record)}\``, verbatim: true } },
  ];
  if (link !== undefined) {
    blocks.push({
      type: 'actions',
      elements: [{ type: 'button', text: { type: 'plain_text', text: 'Open the request' }, url: link.slice(0, 3000) }],
    });
  }
  return { text: escaped(title), blocks };
}

/** As Slack wants it; `<!channel>` and links can't be made of it either. Its marks for bold and code are left alone. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function cut(text: string): string {
  return text.length <= MAX_SECTION ? text : `${text.slice(0, MAX_SECTION - 1)}…`;
}
