import { describe, expect, it } from 'vitest';
import { checksumOf, hasRightChecksum } from './token-checksum.ts';

describe('the checksum in a token', () => {
  // The example of those who documented the format; revoked as soon as it was made.
  const body = 'zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ';
  it('is that of the published example', () => {
    expect(checksumOf(body)).toBe('0mLq17');
    expect(hasRightChecksum(`gh${'p'}_${body}0mLq17`)).toBe(true);
  });

  it('tells what was made up', () => {
    expect(hasRightChecksum(`gh${'p'}_${body}0mLq18`)).toBe(false);
    expect(hasRightChecksum(`np${'m'}_${body}000000`)).toBe(false);
  });

  it('has always six digits', () => {
    for (const text of ['', 'a', 'abc', body]) expect(checksumOf(text)).toMatch(/^[0-9A-Za-z]{6}$/);
  });

  it('is not asked of other lengths', () => {
    expect(hasRightChecksum(`gh${'s'}_${body}${body}`)).toBe(true);
  });
});
