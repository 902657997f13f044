import type { Delivery, DeliveryOptions } from './delivery.ts';
import { type HttpTarget, postJson } from './http-post.ts';
import { standardHeaders } from './standard-signature.ts';

export interface WebhookTarget extends HttpTarget {
  /** signs what is sent: one `whsec_…`, or several between blanks */
  readonly signingSecret?: string;
}

export interface WebhookMessage {
  /** the same at every try, so that a receiver knows it again */
  readonly id: string;
  /** milliseconds since 1970, of this try */
  readonly timestamp: number;
  /** JSON */
  readonly body: string;
}

/** The longest that a receiver may put off the next try. */
const MAX_WAIT_MS = 24 * 3_600_000;
const MAY_WORK_LATER = new Set([408, 425, 429]);

/** One try to deliver one message (DESIGN §6 rule 6). A redirect is not followed; 410 says that no more is wanted. */
export async function postWebhook(
  target: WebhookTarget,
  message: WebhookMessage,
  options: DeliveryOptions,
): Promise<Delivery> {
  const answer = await postJson(target, message.body, standardHeaders(message, target.signingSecret), options);
  if ('fault' in answer) return { outcome: answer.final ? 'refused' : 'retry', why: answer.fault };
  const { status, retryAfter } = answer;
  if (status >= 200 && status < 300) return { outcome: 'delivered' };
  const why = `${new URL(target.url).host} answered ${status}`;
  if (status === 410) return { outcome: 'disable', why };
  if (status >= 300 && status < 400) return { outcome: 'refused', why: `${why}: redirects are not followed` };
  if (status < 500 && !MAY_WORK_LATER.has(status)) return { outcome: 'refused', why };
  const wait = waitOf(retryAfter, message.timestamp);
  return { outcome: 'retry', why, ...(wait === undefined ? {} : { retryAfterMs: wait }) };
}

/** `Retry-After` (RFC 9110 §10.2.3): seconds, or a date. */
function waitOf(retryAfter: string | undefined, now: number): number | undefined {
  if (retryAfter === undefined) return undefined;
  const ms = /^\d+$/.test(retryAfter.trim()) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - now;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(0, ms), MAX_WAIT_MS);
}
