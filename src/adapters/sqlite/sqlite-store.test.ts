import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AuditFilter } from '../../audit/index.ts';
import type { AuditEntry } from '../../model/audit-entry.ts';
import { createLogKeys, type LogKeyFolder } from '../keys/index.ts';
import { randomBytes } from '../random/index.ts';
import { type Database, openDatabase } from './database.ts';
import { packId } from './entry-row.ts';
import { entryQuery } from './entry-table.ts';
import { besideSql } from './migration-steps.ts';
import { createStore } from './sqlite-store.ts';

let folder: string;
let keys: LogKeyFolder;
let db: Database;
let store: ReturnType<typeof createStore>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ggen-sqlite-'));
  const path = join(folder, 'audit.db');
  keys = createLogKeys(join(folder, 'keys'));
  db = await openDatabase({
    path,
    durability: 'os',
    busyTimeoutMs: 1000,
    beside: besideSql(keys, randomBytes),
  });
  store = createStore(db, { clock: Date.now, keys });
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const entry = (): AuditEntry => ({
  id: randomUUID(),
  timestamp: Date.now(),
  eventType: 'agent_action',
  actor: { actorType: 'agent', id: 'writer', name: 'writer' },
  operation: { name: 'read_file' },
  result: 'unknown',
  metadata: {},
});

/** How many transactions `act` took. */
async function commitsOf(act: () => Promise<unknown>): Promise<number> {
  const before = await store.changeMark();
  await act();
  return (await store.changeMark()) - before;
}

describe('group commit', () => {
  it('takes one transaction for all that is handed over in a turn', async () => {
    expect(await commitsOf(() => store.append(entry()))).toBe(1);
    const many = () => Promise.all(Array.from({ length: 500 }, () => store.attempt(entry(), {})));
    expect(await commitsOf(many)).toBe(1);
  });

  it('lets callers that go on together stay together', async () => {
    const caller = async (): Promise<void> => {
      for (let i = 0; i < 10; i += 1) await store.append(entry());
    };
    expect(await commitsOf(() => Promise.all(Array.from({ length: 50 }, caller)))).toBe(10);
  });

  it('takes outcomes along with the next attempt', async () => {
    const outcomes: Promise<number | undefined>[] = [];
    const pairs = async (): Promise<void> => {
      for (let i = 0; i < 5; i += 1) {
        await store.attempt(entry(), {});
        outcomes.push(store.appendSoon(entry()));
      }
    };
    expect(await commitsOf(pairs)).toBe(5);
    expect(await commitsOf(() => store.flush())).toBe(1);
    expect(await Promise.all(outcomes)).toEqual([2, 4, 6, 8, 10]);
  });

  it('keeps a transaction short, however much is handed over at once', async () => {
    expect(await commitsOf(() => Promise.all(Array.from({ length: 5000 }, () => store.append(entry()))))).toBe(3);
  });

  it('costs nothing where nothing waits', async () => {
    expect(await commitsOf(() => store.flush())).toBe(0);
  });
});

describe('the connection', () => {
  it.each([
    ['disk', 2],
    ['os', 1],
  ] as const)('syncs as durability "%s" says', async (durability, synchronous) => {
    const path = join(folder, `${durability}.db`);
    const other = await openDatabase({
      path,
      durability,
      busyTimeoutMs: 1000,
      beside: besideSql(keys, randomBytes),
    });
    expect(other.get('PRAGMA synchronous')).toEqual({ synchronous });
    expect(other.get('PRAGMA journal_mode')).toEqual({ journal_mode: 'wal' });
    other.close();
  });
});

describe('a query', () => {
  it('finds its rows through an index or the sequence number, and never sorts', () => {
    const filters = fc.record(
      {
        from: fc.constant(1),
        to: fc.constant(2),
        eventType: fc.constantFrom('agent_action' as const, 'policy_violation' as const),
        actor: fc.constant('a'),
        operation: fc.constant('o'),
        result: fc.constantFrom('success' as const, 'denied' as const),
        correlationId: fc.constant('c'),
        beforeSeq: fc.constant(9),
        afterSeq: fc.constant(1),
        limit: fc.constant(10),
      },
      { requiredKeys: ['limit'] },
    );
    fc.assert(
      fc.property(filters, (filter) => {
        const { sql, values } = entryQuery(filter as AuditFilter, 'audit_entries');
        const plan = db.all(`EXPLAIN QUERY PLAN ${sql}`, ...values).map((row) => String(row.detail));
        const main = plan.find((detail) => detail.includes('audit_entries'))!;
        const rare = filter.eventType === 'policy_violation' || undefined;
        const failed = filter.result === 'denied' || undefined;
        const indexed = filter.correlationId ?? failed ?? filter.actor ?? filter.operation ?? rare;
        const ranged = [filter.from, filter.to, filter.beforeSeq, filter.afterSeq].some((bound) => bound !== undefined);
        if (filter.correlationId !== undefined) expect(main).toContain('INDEX audit_entries_correlation_id');
        else if (indexed !== undefined) expect(main).toMatch(/USING (COVERING )?INDEX audit_entries_/);
        else if (ranged) expect(main).toContain('USING INTEGER PRIMARY KEY');
        expect(plan.join()).not.toContain('TEMP B-TREE');
        const several = [failed, filter.actor, filter.operation, rare].filter((one) => one !== undefined).length;
        const covering = plan.filter((detail) => detail.includes('USING COVERING INDEX audit_entries_')).length;
        if (filter.correlationId === undefined) expect(covering).toBe(several > 1 ? several : 0);
      }),
      { numRuns: 300 },
    );
  });
});

describe('ids', () => {
  it('are 16 bytes where they are UUIDs in lower case, and otherwise as they are', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.nat(35), fc.constantFrom('g', 'A', '-', 'é', ' '), (id, at, other) => {
        expect(packId(id)).toEqual(Buffer.from(id.replaceAll('-', ''), 'hex'));
        const changed = id.slice(0, at) + other + id.slice(at + 1);
        if (changed !== id) expect(packId(changed)).toBe(changed);
      }),
    );
    for (const id of ['', 'x', '0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5', '0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b0'])
      expect(packId(id)).toBe(id);
  });
});
