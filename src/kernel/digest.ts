import { hash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';
import type { Json } from './json.ts';

/** SHA-256 of text (as UTF-8) or bytes, as 64 lower-case hex digits. */
export function sha256(data: string | Uint8Array): string {
  return hash('sha256', data, 'hex');
}

/** SHA-256 over the canonical form (RFC 8785) of a JSON value; `domain` keeps digests of different things apart. */
export function digestOf(domain: string, value: Json): string {
  return sha256(`${domain}\n${canonicalJson(value)}`);
}
