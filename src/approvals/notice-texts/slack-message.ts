import type { JsonObject } from '../../kernel/json.ts';
import type { ApprovalRecord } from '../../model/approval.ts';
import type { NoticeEvent } from '../notices.ts';
import { command, headline, type NoticeContext } from './facts.ts';
import { decisionButtons, isShownWhole, shownText } from './slack-buttons.ts';
import { escaped, factLines, MAX_HEADER, MAX_SECTION } from './slack-text.ts';

/**
 * A message for a Slack incoming webhook (Block Kit): what is asked, by whom, until when, what to type, and a link. It
 * tells and links; where `buttons` says so and all of the request fits, it shows the whole of it and two buttons.
 */
export function slackMessage(
  event: NoticeEvent,
  record: ApprovalRecord,
  { link, buttons = false }: NoticeContext & { readonly buttons?: boolean },
): JsonObject {
  const title = headline(event, record, MAX_HEADER - 1);
  const decides = buttons && isShownWhole(record);
  const shown = shownText(record);
  const blocks: JsonObject[] = [
    { type: 'header', text: { type: 'plain_text', text: title, emoji: false } },
    { type: 'section', text: { type: 'mrkdwn', text: cut(factLines(record)), verbatim: true } },
    ...(decides && shown !== '' ? [literally(shown)] : []),
    { type: 'section', text: { type: 'mrkdwn', text: `\`${command(record)}\``, verbatim: true } },
  ];
  const elements: JsonObject[] = decides ? decisionButtons(record) : [];
  if (link !== undefined) {
    elements.push({
      type: 'button',
      text: { type: 'plain_text', text: 'Open the request' },
      url: link.slice(0, 3000),
    });
  }
  if (elements.length > 0) blocks.push({ type: 'actions', elements });
  return { text: escaped(title), blocks };
}

/** Text in which nothing is a mark, a link or a ping, whatever it holds. */
function literally(text: string): JsonObject {
  const preformatted = { type: 'rich_text_preformatted', elements: [{ type: 'text', text }] };
  return { type: 'rich_text', elements: [preformatted] };
}

function cut(text: string): string {
  return text.length <= MAX_SECTION ? text : `${text.slice(0, MAX_SECTION - 1)}…`;
}
