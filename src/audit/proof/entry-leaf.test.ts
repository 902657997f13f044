import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { entryDigest, SALT_BYTES } from './entry-leaf.ts';

test.each([0, 1, 2600, 2800, 9000, 100_000])('the digest is that of domain, salt and %i characters', (length) => {
  const salt = new Uint8Array(SALT_BYTES).fill(7);
  // a longer one before must leave nothing behind
  entryDigest('z'.repeat(2700), salt);
  for (const text of ['x'.repeat(length), '€'.repeat(length), '𝄞'.repeat(length / 2)]) {
    const expected = createHash('sha256').update('ggen-governance/audit-entry/v1\n').update(salt).update(text).digest();
    expect(Buffer.from(entryDigest(text, salt))).toEqual(expected);
  }
});
