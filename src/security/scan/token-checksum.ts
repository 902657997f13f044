import { crc32 } from 'node:zlib';

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const CHECKED = 36;
const CHECKSUM = 6;

/**
 * Whether a token of GitHub's form may be one: of the 36 characters behind its prefix (`ghp_`, `npm_`) the last six are
 * the CRC-32 of those before, in base 62. Of other lengths nothing is known, so they may.
 */
export function hasRightChecksum(token: string): boolean {
  const body = token.slice(token.indexOf('_') + 1);
  if (body.length !== CHECKED) return true;
  return checksumOf(body.slice(0, -CHECKSUM)) === body.slice(-CHECKSUM);
}

/** Six digits in base 62, zeros in front. */
export function checksumOf(text: string): string {
  let rest = crc32(text);
  let digits = '';
  for (let at = 0; at < CHECKSUM; at += 1) {
    digits = DIGITS.charAt(rest % 62) + digits;
    rest = Math.floor(rest / 62);
  }
  return digits;
}
