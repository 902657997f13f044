import type { JsonObject } from '../../kernel/json.ts';
import { printable } from '../../kernel/text.ts';
import { type ApprovalRecord, isPartlyShown } from '../../model/approval.ts';
import { requestDigest } from '../vote-statement.ts';
import { factLines, MAX_SECTION } from './slack-text.ts';

/** What a click on them is called. */
export const APPROVE_ACTION = 'ggen_approve';
export const REJECT_ACTION = 'ggen_reject';

/** Longer texts are cut where people are told of a request, or when it is made. */
const MAX_TARGET = 1500;
const MAX_TEXT = 1000;
const MAX_NAME = 200;
const MAX_ALSO = 99;

/** What of the metadata says nothing that a message does not: all else is only on the card. */
const SHOWN_OTHERWISE: ReadonlySet<string> = new Set(['operations', 'facets', 'findings']);

/** True where a message holds all that there is to see of a request: nobody decides by a click on what was cut. */
export function isShownWhole(record: ApprovalRecord): boolean {
  const { target, requester, justification = '', reasons, shown } = record;
  const rules = reasons.map(({ message, rule }) => `${message} [${rule}]`).join('; ');
  const { also } = shown;
  const isAlsoWhole =
    also === undefined ||
    (Array.isArray(also) &&
      also.length <= MAX_ALSO &&
      also.every((one) => typeof one === 'string' && one.length <= MAX_TEXT));
  return (
    Object.keys(record.metadata).every((name) => SHOWN_OTHERWISE.has(name)) &&
    !isPartlyShown(record) &&
    isAlsoWhole &&
    target.length <= MAX_TARGET &&
    justification.length <= MAX_TEXT &&
    requester.length <= MAX_NAME &&
    rules.length <= MAX_TEXT &&
    factLines(record).length <= MAX_SECTION &&
    shownText(record).length <= MAX_SECTION
  );
}

/** What is shown of the action beside its target: content, arguments, folder. A line each, or a part of several. */
export function shownText({ shown }: ApprovalRecord): string {
  const part = ([name, value]: [string, JsonObject[string]]): string => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return text.includes('\n') ? `${name}:\n${text}` : `${name}: ${text}`;
  };
  const whole = Object.entries(shown).map(part).join('\n');
  return whole.replace(/[^\n\t]+/g, (run) => printable(run, Number.POSITIVE_INFINITY));
}

/** Approve and Reject. Each names the request and its digest: a click decides on what was shown, or on nothing. */
export function decisionButtons(record: ApprovalRecord): JsonObject[] {
  const value = `${record.id} ${requestDigest(record)}`;
  const button = (action: string, text: string, style: string): JsonObject => ({
    type: 'button',
    action_id: action,
    text: { type: 'plain_text', text },
    style,
    value,
  });
  const confirm = {
    title: { type: 'plain_text', text: 'Approve this?' },
    text: { type: 'plain_text', text: 'The agent may then do it, once. It can’t be taken back here.' },
    confirm: { type: 'plain_text', text: 'Approve' },
    deny: { type: 'plain_text', text: 'Not now' },
  };
  return [{ ...button(APPROVE_ACTION, 'Approve', 'primary'), confirm }, button(REJECT_ACTION, 'Reject', 'danger')];
}

/** From a button's value; undefined where it is none of ours. */
export function readButtonValue(
  value: string,
): { readonly approvalId: string; readonly requestDigest: string } | undefined {
  const [, approvalId, digest] = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}) ([0-9a-f]{64})$/.exec(value) ?? [];
  return approvalId === undefined || digest === undefined ? undefined : { approvalId, requestDigest: digest };
}
