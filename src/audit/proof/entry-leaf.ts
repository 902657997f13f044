import { hash } from 'node:crypto';
import { leafHash, type TreeHash } from './hash-tree.ts';

/** How many random bytes go into an entry's digest. */
export const SALT_BYTES = 16;
const DOMAIN = Buffer.from('ggen-governance/audit-entry/v1\n');

/**
 * What an entry is in the tree. Leaf data: SHA-256 of the domain line, the salt and the entry's JSON form in its
 * canonical writing (RFC 8785, UTF-8). Salt and entry can be erased, and the tree still proves; without the salt
 * nobody can try out what the entry was.
 */
export function entryDigest(canonicalEntry: string, salt: Uint8Array): Uint8Array {
  const text = Buffer.from(canonicalEntry);
  const bytes = Buffer.allocUnsafe(DOMAIN.length + salt.length + text.length);
  bytes.set(DOMAIN);
  bytes.set(salt, DOMAIN.length);
  bytes.set(text, DOMAIN.length + salt.length);
  return hash('sha256', bytes, 'buffer');
}

/** The hash of an entry's leaf. */
export function entryLeaf(canonicalEntry: string, salt: Uint8Array): TreeHash {
  return leafHash(entryDigest(canonicalEntry, salt));
}
