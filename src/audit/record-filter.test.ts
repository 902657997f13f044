import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AuditEntry, EVENT_TYPES } from '../model/audit-entry.ts';
import { ALWAYS_RECORDED, createRecordFilter, type RecordFilters, shareOf } from './record-filter.ts';

const entry = (change: Partial<AuditEntry> = {}): AuditEntry => ({
  id: randomUUID(),
  timestamp: 0,
  eventType: 'system_event',
  actor: { actorType: 'agent', id: 'a', name: 'a' },
  operation: { name: 'validate' },
  result: 'success',
  metadata: { event: 'template_validation' },
  ...change,
});
const classesOf = (name: string): string[] => (name === 'delete_file' ? ['destructive'] : []);
const filter = (filters: Partial<RecordFilters>) =>
  createRecordFilter({ alwaysLog: [], neverLog: [], samplingRates: {}, ...filters }, classesOf);
const names = fc.constantFrom('system_event', 'validate', 'template_validation', 'cache_hit', 'graph_operation');
const filters = fc.record({
  alwaysLog: fc.array(names, { maxLength: 2 }),
  neverLog: fc.array(names, { maxLength: 2 }),
  samplingRates: fc.dictionary(names, fc.double({ min: 0, max: 1, noNaN: true })),
});

describe('what is recorded', () => {
  it('is everything where nothing is filtered', () => {
    for (const eventType of EVENT_TYPES) expect(filter({})(entry({ eventType }))).toBe('record');
  });

  it.each([
    ['an event type', 'system_event'],
    ['an operation', 'validate'],
    ['metadata.event', 'template_validation'],
  ])('may be named by %s', (_what, name) => {
    expect(filter({ neverLog: [name] })(entry())).toBe('never_log');
    expect(filter({ samplingRates: { [name]: 0 } })(entry())).toBe('sampled');
    expect(filter({ neverLog: [`${name}x`] })(entry())).toBe('record');
  });

  it.each(['destructive', 'destructive_operation'])('may be named by a class, %s', (name) => {
    const deletion = entry({ operation: { name: 'delete_file' } });
    expect(filter({ neverLog: [name] })(deletion)).toBe('never_log');
    expect(filter({ neverLog: ['system_event'], alwaysLog: [name] })(deletion)).toBe('record');
  });

  it('is always what agents did and who allowed it, and what always_log names', () => {
    fc.assert(
      fc.property(filters, fc.constantFrom(...EVENT_TYPES), fc.uuid(), (given, eventType, id) => {
        const decided = filter(given)(entry({ eventType, id }));
        if (ALWAYS_RECORDED.includes(eventType)) expect(decided).toBe('record');
        if (['validate', 'template_validation', eventType].some((name) => (given.alwaysLog as string[]).includes(name)))
          expect(decided).toBe('record');
      }),
    );
  });

  it('is every attempt and outcome, and all that validators agreed on', () => {
    for (const event of ['attempt', 'outcome', 'consensus']) {
      const own = entry({ eventType: 'agent_action', metadata: { event } });
      expect(filter({ neverLog: ['agent_action', event] })(own)).toBe('record');
    }
    expect(filter({ neverLog: ['agent_action'] })(entry({ eventType: 'agent_action' }))).toBe('never_log');
  });

  it('at a rate is in at every larger rate, and the same each time it is asked', () => {
    fc.assert(
      fc.property(
        fc.uuid(),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (id, a, b) => {
          const at = (rate: number) => filter({ samplingRates: { validate: rate } })(entry({ id }));
          expect(at(a)).toBe(at(a));
          if (at(Math.min(a, b)) === 'record') expect(at(Math.max(a, b))).toBe('record');
          expect(at(1)).toBe('record');
          expect(at(0)).toBe('sampled');
        },
      ),
    );
  });

  it('of several rates takes the largest', () => {
    expect(filter({ samplingRates: { validate: 0, system_event: 1 } })(entry())).toBe('record');
  });

  it('is the share that was asked for', () => {
    const shares = Array.from({ length: 100_000 }, (_, i) =>
      shareOf(`00000000-0000-4000-8000-${String(i).padStart(12, '0')}`),
    );
    for (const rate of [0.01, 0.1, 0.5, 0.9]) {
      const share = shares.filter((one) => one < rate).length / shares.length;
      // five standard deviations
      expect(Math.abs(share - rate)).toBeLessThan(5 * Math.sqrt((rate * (1 - rate)) / shares.length));
    }
  });
});
