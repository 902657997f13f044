import type { JsonObject } from '../../kernel/json.ts';
import type { ApprovalRecord } from '../../model/approval.ts';
import type { NoticeEvent } from '../notices.ts';
import { recordToJson } from '../record-json.ts';
import type { NoticeContext } from './facts.ts';

/** Receivers take no endless bodies; the content that is shown is what can be long. */
const MAX_CONTENT = 16 * 1024;

/**
 * A message as Standard Webhooks has it: `{"type": EVENT, "timestamp": ISO 8601, "data": {"approval": {…}, "link"}}`, the
 * approval as `approvals show --json` prints it. Content longer than 16,384 characters is cut; `content_length` tells.
 */
export function webhookBody(event: NoticeEvent, record: ApprovalRecord, at: number, { link }: NoticeContext): string {
  const approval = recordToJson({ ...record, shown: bounded(record.shown) });
  return JSON.stringify({
    type: event,
    timestamp: new Date(at).toISOString(),
    data: { approval, ...(link === undefined ? {} : { link }) },
  });
}

function bounded(shown: JsonObject): JsonObject {
  const cut = (value: JsonObject[string]): JsonObject[string] =>
    typeof value === 'string' ? value.slice(0, MAX_CONTENT) : value;
  return Object.fromEntries(Object.entries(shown).map(([name, value]) => [name, cut(value)]));
}
