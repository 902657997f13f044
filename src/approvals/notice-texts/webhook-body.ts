import type { Json, JsonObject } from '../../kernel/json.ts';
import { printable } from '../../kernel/text.ts';
import type { ApprovalRecord } from '../../model/approval.ts';
import type { NoticeEvent } from '../notices.ts';
import { recordToJson } from '../record-json.ts';
import type { NoticeContext } from './facts.ts';

/** Receivers take no endless bodies: so much of one text that is shown, and so many bytes in all. */
const MAX_TEXT = 16 * 1024;
const MAX_BODY_BYTES = 256 * 1024;
/** An object with more members than this is left out as a whole. */
const MAX_MEMBERS = 50;

/**
 * A message as Standard Webhooks has it: `{"type": EVENT, "timestamp": ISO 8601, "data": {"approval": {…}, "link"}}`, the
 * approval as `approvals show --json` prints it. Texts longer than 16,384 characters are cut, and the largest members
 * left out where the body would exceed 256 KiB: then `data.cut` is true and `data.cut_members` says which.
 */
export function webhookBody(event: NoticeEvent, record: ApprovalRecord, at: number, { link }: NoticeContext): string {
  const cut: string[] = [];
  const shown = Object.entries(record.shown).map(([name, value]): [string, Json] => {
    if (typeof value !== 'string' || value.length <= MAX_TEXT) return [name, value];
    cut.push(pathOf('shown', name));
    // No half of a surrogate pair is left at the end.
    return [name, value.slice(0, MAX_TEXT).replace(/[\ud800-\udbff]$/, '')];
  });
  let approval = recordToJson({ ...record, shown: Object.fromEntries(shown) });
  const bodyOf = (): string =>
    JSON.stringify({
      type: event,
      timestamp: new Date(at).toISOString(),
      data: {
        approval,
        ...(link === undefined ? {} : { link }),
        ...(cut.length === 0 ? {} : { cut: true, cut_members: cut }),
      },
    });
  let body = bodyOf();
  if (Buffer.byteLength(body) <= MAX_BODY_BYTES) return body;
  for (const { path, without } of largestFirst(approval)) {
    approval = without(approval);
    if (!cut.includes(path)) cut.push(path);
    body = bodyOf();
    if (Buffer.byteLength(body) <= MAX_BODY_BYTES) break;
  }
  return body;
}

interface Part {
  readonly path: string;
  readonly size: number;
  without(approval: JsonObject): JsonObject;
}

/** What can be left out: everything but which request it is, of what, and how it stands. */
function largestFirst(approval: JsonObject): Part[] {
  const parts: Part[] = [];
  for (const [name, value] of Object.entries(approval)) {
    if (name === 'id' || name === 'status') continue;
    const inside = ['shown', 'metadata', 'operation'].includes(name) ? Object.entries(value as JsonObject) : undefined;
    if (inside !== undefined && (inside.length <= MAX_MEMBERS || name === 'operation')) {
      for (const [member, one] of inside) {
        if (name === 'operation' && member === 'name') continue;
        parts.push({
          path: pathOf(name, member),
          size: sizeOf(one) + member.length,
          without: (all) => ({ ...all, [name]: omit(all[name] as JsonObject, member) }),
        });
      }
    } else parts.push({ path: name, size: sizeOf(value), without: (all) => omit(all, name) });
  }
  return parts.sort((a, b) => b.size - a.size);
}

function omit(object: JsonObject, name: string): JsonObject {
  const { [name]: _, ...rest } = object;
  return rest;
}

function pathOf(...names: readonly string[]): string {
  return names.map((name) => printable(name, 100)).join('.');
}

function sizeOf(value: Json): number {
  return Buffer.byteLength(JSON.stringify(value));
}
