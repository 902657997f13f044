import { describe, expect, it } from 'vitest';
import type { EventType, OperationResult } from '../model/audit-entry.ts';
import { AuditQuery } from './audit-query.ts';

describe('AuditQuery', () => {
  it('narrows by everything that it names', () => {
    const query = new AuditQuery()
      .from(new Date(1000))
      .to(2000)
      .eventType('policy_violation')
      .actor('writer')
      .operation('write_file')
      .result('denied')
      .correlationId('c')
      .limit(7)
      .cursor(42);
    expect(query.toFilter()).toEqual({
      from: 1000,
      to: 2000,
      eventType: 'policy_violation',
      actor: 'writer',
      operation: 'write_file',
      result: 'denied',
      correlationId: 'c',
      limit: 7,
      beforeSeq: 42,
    });
  });

  it('asks for a hundred entries where nothing is said', () => {
    expect(new AuditQuery().toFilter()).toEqual({ limit: 100 });
  });

  it('is never changed by narrowing it', () => {
    const query = new AuditQuery().actor('a');
    query.actor('b').limit(1);
    expect(query.toFilter()).toEqual({ actor: 'a', limit: 100 });
  });

  it.each<[string, () => AuditQuery]>([
    ['from', () => new AuditQuery().from(new Date('never'))],
    ['to', () => new AuditQuery().to(Number.NaN)],
    ['limit', () => new AuditQuery().limit(0)],
    ['limit', () => new AuditQuery().limit(1.5)],
    ['limit', () => new AuditQuery().limit(1_000_001)],
    ['cursor', () => new AuditQuery().cursor(0)],
    ['actor', () => new AuditQuery().actor('')],
    ['correlation id', () => new AuditQuery().correlationId('')],
    ['event type', () => new AuditQuery().eventType('policy_violations' as EventType)],
    ['result', () => new AuditQuery().result('\u001b[31m' as OperationResult)],
  ])('refuses a %s that can match nothing', (what, make) => {
    expect(make).toThrow(expect.objectContaining({ code: 'INPUT_INVALID', message: expect.stringContaining(what) }));
    expect(make).not.toThrow(/\u001b/);
  });
});
