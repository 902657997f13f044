import { hash } from 'node:crypto';
import { leafHash, type TreeHash } from './hash-tree.ts';

/** How many random bytes go into an entry's digest. */
export const SALT_BYTES = 16;
const DOMAIN = Buffer.from('ggen-governance/audit-entry/v1\n');
/** Where most entries are put together; filled anew before each use: hashing is synchronous. */
const scratch = Buffer.alloc(8192);
/** UTF-8 bytes of a UTF-16 unit, at most. */
const MAX_BYTES = 3;

/**
 * What an entry is in the tree. Leaf data: SHA-256 of the domain line, the salt and the entry's JSON form in its
 * canonical writing (RFC 8785, UTF-8). Salt and entry can be erased, and the tree still proves; without the salt
 * nobody can try out what the entry was.
 */
export function entryDigest(canonicalEntry: string, salt: Uint8Array): Uint8Array {
  const room = DOMAIN.length + salt.length + canonicalEntry.length * MAX_BYTES;
  const bytes = room <= scratch.length ? scratch : Buffer.allocUnsafe(room);
  bytes.set(DOMAIN);
  bytes.set(salt, DOMAIN.length);
  const head = DOMAIN.length + salt.length;
  return hash('sha256', bytes.subarray(0, head + bytes.write(canonicalEntry, head)), 'buffer');
}

/** The hash of an entry's leaf. */
export function entryLeaf(canonicalEntry: string, salt: Uint8Array): TreeHash {
  return leafHash(entryDigest(canonicalEntry, salt));
}
