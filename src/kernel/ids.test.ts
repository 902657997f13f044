import { randomFillSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createIdSource, isUuid, uuidFromName } from './ids.ts';

const random = (size: number): Uint8Array => randomFillSync(new Uint8Array(size));

describe('identifiers', () => {
  it('are UUIDv7 carrying the time', () => {
    const id = createIdSource(() => 0x0123456789ab, random)();
    expect(id).toMatch(/^01234567-89ab-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(isUuid(id)).toBe(true);
  });

  it('rise strictly, however the clock jumps and however many fall into one millisecond', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3), { minLength: 2, maxLength: 50 }), (times) => {
        let i = 0;
        const next = createIdSource(() => 1_000_000 + times[i++ % times.length]!, random);
        const ids = Array.from({ length: 300 }, next);
        for (let n = 1; n < ids.length; n += 1) expect(ids[n]! > ids[n - 1]!).toBe(true);
      }),
    );
    const next = createIdSource(() => 5, random);
    const ids = Array.from({ length: 20_000 }, next);
    expect(new Set(ids).size).toBe(ids.length);
    expect([...ids].sort()).toEqual(ids);
  });

  it('from names are the same for the same name and differ for others', () => {
    expect(uuidFromName('a')).toBe(uuidFromName('a'));
    expect(uuidFromName('a')).not.toBe(uuidFromName('b'));
    expect(isUuid(uuidFromName('a'))).toBe(true);
  });
});
