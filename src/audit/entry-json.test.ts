import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../kernel/json.ts';
import { hasControlCharacter } from '../kernel/text.ts';
import { type AuditEntry, EVENT_TYPES, OPERATION_RESULTS } from '../model/audit-entry.ts';
import { auditEntryFromJson, auditEntryToJson } from './entry-json.ts';

const GOOD = {
  id: '01a20761-a9ed-709b-8e45-aa69793067ba',
  timestamp: '2024-10-01T12:00:00.000Z',
  event_type: 'template_generation',
  actor: { actor_type: 'agent', id: 'template_executor_1', name: 'Template Executor', ip_address: '192.0.2.7' },
  operation: { name: 'generate_template', parameters: { description: 'REST API endpoint', format: 'rust' } },
  target: 'templates/api_endpoint.rs',
  result: 'success',
  metadata: { validation_score: 0.92, iterations: 2, tokens_used: 1247 },
  correlation_id: '68ccb46b-8dd3-47de-9e15-ba004c250327',
};

const without = (key: string): JsonObject => Object.fromEntries(Object.entries(GOOD).filter(([k]) => k !== key));

describe('the JSON form of an audit entry', () => {
  it('is the guide’s, both ways', () => {
    const entry = auditEntryFromJson(GOOD);
    expect(entry).toEqual({
      id: GOOD.id,
      timestamp: Date.UTC(2024, 9, 1, 12),
      eventType: 'template_generation',
      actor: { actorType: 'agent', id: 'template_executor_1', name: 'Template Executor', ipAddress: '192.0.2.7' },
      operation: GOOD.operation,
      target: GOOD.target,
      result: 'success',
      metadata: GOOD.metadata,
      correlationId: GOOD.correlation_id,
    });
    expect(auditEntryToJson(entry)).toEqual(GOOD);
    expect(Object.keys(auditEntryToJson(entry))).toEqual(Object.keys(GOOD));
  });

  it('leaves out what is not there, and takes null for it', () => {
    const actor = { actor_type: 'system', id: 'x', name: 'x' };
    const bare = { ...without('target'), actor, operation: { name: 'start' }, correlation_id: null };
    const entry = auditEntryFromJson(bare);
    for (const key of ['target', 'correlationId']) expect(entry).not.toHaveProperty(key);
    expect(entry.actor).not.toHaveProperty('ipAddress');
    expect(auditEntryFromJson(auditEntryToJson(entry) as Json)).toEqual(entry);
  });

  it('comes back the same from any entry', () => {
    const text = fc.string({ unit: 'binary', maxLength: 30 }).filter((value) => value.isWellFormed());
    const name = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
      .filter((value) => !hasControlCharacter(value));
    const entries: fc.Arbitrary<AuditEntry> = fc.record(
      {
        id: fc.uuid(),
        timestamp: fc.integer({ min: 0, max: 253_402_300_799_999 }),
        eventType: fc.constantFrom(...EVENT_TYPES),
        actor: fc.record({ actorType: fc.constantFrom('user', 'agent', 'system'), id: name, name }),
        operation: fc.record({ name }),
        target: text,
        result: fc.constantFrom(...OPERATION_RESULTS),
        metadata: fc.constantFrom<JsonObject>({}, { a: [1, { b: null }] }),
        correlationId: fc.uuid(),
      },
      { requiredKeys: ['id', 'timestamp', 'eventType', 'actor', 'operation', 'result', 'metadata'] },
    );
    fc.assert(
      fc.property(entries, (entry) => {
        expect(auditEntryFromJson(JSON.parse(JSON.stringify(auditEntryToJson(entry))))).toEqual(entry);
      }),
    );
  });

  it.each([
    ['2024-10-01T12:00:00Z', Date.UTC(2024, 9, 1, 12)],
    ['2024-10-01T14:00:00.123+02:00', Date.UTC(2024, 9, 1, 12, 0, 0, 123)],
    ['2024-10-01T06:30:00.5-05:30', Date.UTC(2024, 9, 1, 12, 0, 0, 500)],
    ['2024-10-01T12:00:00.123456789Z', Date.UTC(2024, 9, 1, 12, 0, 0, 123)],
    ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
  ])('reads the instant %s', (timestamp, ms) => {
    expect(auditEntryFromJson({ ...GOOD, timestamp }).timestamp).toBe(ms);
  });

  it.each([
    '2024-10-01',
    '2024-10-01 12:00:00Z',
    '2024-10-01T12:00:00',
    '2024-02-30T12:00:00Z',
    '2023-02-29T12:00:00Z',
    '2024-13-01T12:00:00Z',
    '2024-10-01T24:00:00Z',
    '2024-10-01T12:00:00+25:00',
    '1969-12-31T23:59:59Z',
    '1727784000000',
    '',
  ])('refuses %s, which names no instant', (timestamp) => {
    expect(() => auditEntryFromJson({ ...GOOD, timestamp })).toThrow(/no ISO 8601 instant/);
  });

  it('takes identifiers in any case and gives them in lower case', () => {
    expect(auditEntryFromJson({ ...GOOD, id: GOOD.id.toUpperCase() }).id).toBe(GOOD.id);
  });

  let deep: Json = 1;
  for (let i = 0; i < 10_000; i += 1) deep = [deep];
  it.each<[Json, RegExp]>([
    [null, /an audit entry must be a JSON object/],
    [[], /an audit entry must be a JSON object/],
    ['x', /an audit entry must be a JSON object/],
    [without('id'), /^id is missing$/],
    [{ ...GOOD, id: 'one' }, /^id "one" is no UUID$/],
    [{ ...GOOD, id: 7 }, /^id must be a string$/],
    [without('timestamp'), /^timestamp is missing$/],
    [{ ...GOOD, timestamp: 1_727_784_000_000 }, /^timestamp must be a string$/],
    [without('event_type'), /^event_type is missing$/],
    [{ ...GOOD, event_type: 'breakfast' }, /^event_type "breakfast" is none of template_generation, /],
    [{ ...GOOD, result: 'maybe\u001b[31m' }, /^result "maybe\\\\u\{1b\}\[31m" is none of success, /],
    [without('actor'), /^actor must be a JSON object$/],
    [{ ...GOOD, actor: { ...GOOD.actor, actor_type: 'god' } }, /^actor\.actor_type "god" is none of/],
    [{ ...GOOD, actor: { ...GOOD.actor, id: '' } }, /^actor\.id is empty$/],
    [{ ...GOOD, actor: { ...GOOD.actor, name: 'a\nb' } }, /^actor\.name holds a control character$/],
    [{ ...GOOD, actor: { ...GOOD.actor, name: 'x'.repeat(1025) } }, /^actor\.name has 1025 characters; at most 1024/],
    [{ ...GOOD, actor: { ...GOOD.actor, nmae: 'x' } }, /^unknown key actor\."nmae"$/],
    [without('operation'), /^operation must be a JSON object$/],
    [{ ...GOOD, operation: { name: 'x', parameters: [] } }, /^operation\.parameters must be a JSON object$/],
    [{ ...GOOD, target: 'a\ud800' }, /^target holds a lone surrogate/],
    [{ ...GOOD, target: 'x'.repeat(65_537) }, /^target has 65537 characters/],
    [without('metadata'), /^metadata must be a JSON object$/],
    [{ ...GOOD, metadata: { deep } }, /^metadata: JSON nested deeper than 256 levels$/],
    [{ ...GOOD, metadata: { n: Number.NaN } }, /^metadata: NaN has no JSON form$/],
    [{ ...GOOD, correlation_id: '...' }, /^correlation_id "\.\.\." is no UUID$/],
    [{ ...GOOD, seq: 1 }, /^unknown key "seq"$/],
  ])('refuses what is no entry, naming the key (%#)', (json, message) => {
    let refused: unknown;
    try {
      auditEntryFromJson(json);
    } catch (error) {
      refused = error;
    }
    expect(refused).toMatchObject({ code: 'INPUT_INVALID', message: expect.stringMatching(message) });
  });

  it('names what was probably meant', () => {
    expect(() => auditEntryFromJson({ ...GOOD, evnt_type: 'x' })).toThrow(
      expect.objectContaining({ hint: 'did you mean event_type?' }),
    );
    expect(() => auditEntryFromJson({ ...GOOD, event_type: 'policy_violations' })).toThrow(
      expect.objectContaining({ hint: 'did you mean policy_violation?' }),
    );
  });
});
