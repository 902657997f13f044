import { createHmac, timingSafeEqual } from 'node:crypto';

/** How far Slack's clock and ours may be apart, in milliseconds, both ways. */
export const WINDOW_MS = 300_000;

/** A time stamp and a signature as Slack's headers have them. */
export interface SlackStamp {
  /** milliseconds since 1970 */
  readonly at: number;
  /** as sent: what the signature covers */
  readonly seconds: string;
  /** 64 hex digits */
  readonly signature: string;
}

type Header = string | string[] | undefined;

/** From `X-Slack-Request-Timestamp` and `X-Slack-Signature`; undefined where they are none, or from another time. */
export function readSlackStamp(timestamp: Header, signature: Header, now: number): SlackStamp | undefined {
  const seconds = typeof timestamp === 'string' && /^\d{1,12}$/.test(timestamp) ? timestamp : undefined;
  const [, hex] = typeof signature === 'string' ? (/^v0=([0-9a-f]{64})$/.exec(signature) ?? []) : [];
  if (seconds === undefined || hex === undefined) return undefined;
  const at = Number(seconds) * 1000;
  return Math.abs(now - at) > WINDOW_MS ? undefined : { at, seconds, signature: hex };
}

/** True where Slack, and nobody without the secret, signed exactly these bytes then. Takes as long whatever is wrong. */
export function isSignedBySlack({ seconds, signature }: SlackStamp, body: Uint8Array, secret: string): boolean {
  const expected = createHmac('sha256', secret).update(`v0:${seconds}:`).update(body).digest();
  return timingSafeEqual(expected, Buffer.from(signature, 'hex'));
}
