import { createHmac } from 'node:crypto';

const PREFIX = 'whsec_';

export interface SignedMessage {
  /** the same at every try */
  readonly id: string;
  /** milliseconds since 1970, of this try */
  readonly timestamp: number;
  readonly body: string;
}

/**
 * The headers of a message as Standard Webhooks has them (github.com/standard-webhooks, symmetric signatures v1): one
 * signature for each of the secrets that stand between blanks, so that a receiver may change its own in peace.
 */
export function standardHeaders(message: SignedMessage, secrets: string | undefined): Record<string, string> {
  const seconds = Math.floor(message.timestamp / 1000);
  const headers = { 'webhook-id': message.id, 'webhook-timestamp': String(seconds) };
  if (secrets === undefined) return headers;
  const signed = `${message.id}.${seconds}.${message.body}`;
  const signatures = secrets
    .split(/\s+/)
    .filter((secret) => secret !== '')
    .map((secret) => `v1,${createHmac('sha256', keyOf(secret)).update(signed).digest('base64')}`);
  return { ...headers, 'webhook-signature': signatures.join(' ') };
}

function keyOf(secret: string): Buffer {
  return Buffer.from(secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret, 'base64');
}
