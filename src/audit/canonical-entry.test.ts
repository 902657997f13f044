import fc from 'fast-check';
import { expect, it } from 'vitest';
import { canonicalJson } from '../kernel/canonical-json.ts';
import type { Json, JsonObject } from '../kernel/json.ts';
import { type AuditEntry, EVENT_TYPES, OPERATION_RESULTS } from '../model/audit-entry.ts';
import { canonicalEntry, entryFromTexts, entryTexts } from './canonical-entry.ts';
import { auditEntryToJson } from './entry-json.ts';

const text = fc.string({ unit: 'binary', maxLength: 20 }).filter((value) => value.isWellFormed());
const object = fc
  .dictionary(text, fc.jsonValue({ maxDepth: 3 }))
  .map((value) => JSON.parse(JSON.stringify(value)) as JsonObject)
  .filter((value) => JSON.stringify(value).isWellFormed() && !/\\ud[89a-f]/.test(JSON.stringify(value)));
const entries: fc.Arbitrary<AuditEntry> = fc.record(
  {
    id: fc.uuid(),
    timestamp: fc.integer({ min: 0, max: 253_402_300_799_999 }),
    eventType: fc.constantFrom(...EVENT_TYPES),
    actor: fc.record(
      { actorType: fc.constantFrom('user', 'agent', 'system'), id: text, name: text, ipAddress: text },
      { requiredKeys: ['actorType', 'id', 'name'] },
    ),
    operation: fc.record({ name: text, parameters: object }, { requiredKeys: ['name'] }),
    target: text,
    result: fc.constantFrom(...OPERATION_RESULTS),
    metadata: object,
    correlationId: text,
  },
  { requiredKeys: ['id', 'timestamp', 'eventType', 'actor', 'operation', 'result', 'metadata'] },
);

it('an entry put together from its texts is its canonical JSON form, and comes back from them', () => {
  fc.assert(
    fc.property(entries, (entry) => {
      const texts = entryTexts(entry);
      expect(canonicalEntry(texts)).toBe(canonicalJson(auditEntryToJson(entry) as Json));
      expect(canonicalJson(auditEntryToJson(entryFromTexts(texts)) as Json)).toBe(canonicalEntry(texts));
    }),
  );
});
