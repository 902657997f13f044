import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../model/audit-entry.ts';
import { packId, prepareEntry, unpackId } from './entry-values.ts';

const text = fc.string({ unit: 'binary', maxLength: 40 }).filter((value) => value.isWellFormed());
const id = fc.oneof(fc.uuid(), text, fc.string({ minLength: 14, maxLength: 17 }));

describe('an id as bytes', () => {
  it('is the same id when it is read, and another one’s bytes are others', () => {
    fc.assert(
      fc.property(id, id, (a, b) => {
        expect(unpackId(packId(a))).toBe(a);
        expect(packId(a).equals(packId(b))).toBe(a === b);
      }),
    );
  });

  it('has 16 bytes where it is a UUID in its usual writing, and only then', () => {
    fc.assert(fc.property(fc.uuid(), (uuid) => packId(uuid).length === 16));
    fc.assert(fc.property(text, (other) => packId(other).length !== 16));
  });

  it('fits into an index', () => {
    const entry: AuditEntry = {
      id: 'ü'.repeat(600),
      timestamp: 1,
      eventType: 'system_event',
      actor: { actorType: 'system', id: 'x', name: 'x' },
      operation: { name: 'x' },
      result: 'success',
      metadata: {},
    };
    expect(() => prepareEntry(entry)).toThrow('an id of 1201 bytes; at most 1024 are recorded');
    expect(prepareEntry({ ...entry, id: 'ü'.repeat(511) }).id.length).toBe(1023);
  });
});
