import { hash } from 'node:crypto';
import type { Clock, RandomBytes } from './ports.ts';

/** A source of UUIDv7 identifiers (RFC 9562): sorted by time, and strictly rising within one process. */
export function createIdSource(clock: Clock, random: RandomBytes): () => string {
  let lastMs = -1;
  let counter = 0;
  return () => {
    const now = clock();
    const bytes = random(16);
    if (now > lastMs) {
      lastMs = now;
      counter = ((bytes[6]! << 8) | bytes[7]!) & 0x7ff; // leave room below 0xfff to count up
    } else if (++counter > 0xfff) {
      lastMs += 1;
      counter = 0;
    }
    const ms = lastMs;
    for (let i = 0; i < 6; i += 1) bytes[i] = Math.floor(ms / 2 ** (8 * (5 - i))) & 0xff;
    bytes[6] = 0x70 | (counter >> 8);
    bytes[7] = counter & 0xff;
    bytes[8] = 0x80 | (bytes[8]! & 0x3f);
    return formatUuid(bytes);
  };
}

/** A UUID (version 8) that is a function of `name` alone, so that two processes can name the same thing alike. */
export function uuidFromName(name: string): string {
  const bytes = hash('sha256', name, 'buffer').subarray(0, 16);
  bytes[6] = 0x80 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  return formatUuid(bytes);
}

export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text);
}

function formatUuid(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, 16).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
