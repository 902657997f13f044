import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AuditFilter } from '../../src/audit/index.ts';
import type { GovernanceStore } from '../../src/governor/index.ts';
import type { ApprovalStatus } from '../../src/model/approval.ts';
import { type AuditEntry, EVENT_TYPES, OPERATION_RESULTS, type RecordedEntry } from '../../src/model/audit-entry.ts';
import { describeStores } from './describe-stores.ts';
import type { StorePlace } from './store-kinds.ts';
import { newId, sampleEntry, sampleRequest } from './store-samples.ts';

const NOW = 1_790_000_000_000;

describeStores('the $name store', (kind) => {
  let place: StorePlace;
  let store: GovernanceStore;
  let now: number;

  /** What a store acknowledges the nth entry with. */
  const numbered = (n: number): number | undefined => (kind.ordersAtOnce ? n : undefined);
  const passed = (n: number) => (kind.ordersAtOnce ? { ok: true, seq: n } : { ok: true });
  const open = (): Promise<GovernanceStore> => kind.open(place, { clock: () => now });
  const everything = async (): Promise<RecordedEntry[]> => (await store.query({ limit: 100_000 })).reverse();
  const ids = async (filter: Omit<AuditFilter, 'limit'>): Promise<string[]> =>
    (await store.query({ limit: 100_000, ...filter })).map((entry) => entry.id);

  beforeEach(async () => {
    now = NOW;
    place = await kind.create();
    store = await open();
  });
  afterEach(async () => {
    await store.close();
    await kind.remove(place);
  });

  describe('entries', () => {
    it('come back as they were handed over, newest first, in one order without gaps', async () => {
      const bare: AuditEntry = {
        id: newId(),
        timestamp: NOW,
        eventType: 'system_event',
        actor: { actorType: 'user', id: 'olga', name: 'Olga', ipAddress: '192.0.2.7' },
        operation: { name: 'change_policy' },
        result: 'success',
        metadata: {},
      };
      const full = sampleEntry({ metadata: { deep: [{ a: null }, 1.5, true, 'ü\u0000"\n😀'] } });
      expect(await store.append(bare)).toBe(numbered(1));
      expect(await store.append(full)).toBe(numbered(2));
      expect(await store.query({ limit: 10 })).toEqual([
        { ...full, seq: 2 },
        { ...bare, seq: 1 },
      ]);
    });

    it('hold any JSON, and any text that has a UTF-8 form and no NUL', async () => {
      const text = fc
        .string({ unit: 'binary', maxLength: 40 })
        .filter((value) => value.isWellFormed() && !value.includes('\0'));
      const entries = fc.record({
        target: text,
        actor: fc.record({
          actorType: fc.constantFrom('user', 'agent', 'system'),
          id: text,
          name: text,
          ipAddress: text,
        }),
        operation: fc.record({ name: text, parameters: fc.dictionary(text, fc.jsonValue()) }),
        metadata: fc.dictionary(text, fc.jsonValue()),
        correlationId: text,
      });
      let count = 0;
      await fc.assert(
        fc.asyncProperty(entries, async (change) => {
          const entry = JSON.parse(JSON.stringify(sampleEntry(change as Partial<AuditEntry>))) as AuditEntry;
          await store.append(entry);
          count += 1;
          expect(await store.query({ limit: 1 })).toEqual([{ ...entry, seq: count }]);
        }),
        { numRuns: 200 },
      );
    }, 120_000);

    it('are what they were when they were handed over, whatever becomes of the object', async () => {
      const metadata: Record<string, string> = { said: 'first' };
      const appended = store.append(sampleEntry({ metadata }));
      metadata.said = 'later';
      await appended;
      expect((await everything())[0]?.metadata).toEqual({ said: 'first' });
    });

    it('of one turn keep the order in which they were handed over, whoever waits for them', async () => {
      const entries = Array.from({ length: 30 }, () => sampleEntry());
      const seqs = await Promise.all(
        entries.map((entry, i) => {
          if (i % 3 === 0) return store.appendSoon(entry);
          return i % 3 === 1 ? store.append(entry) : store.attempt(entry, {}).then((r) => (r.ok ? r.seq : -1));
        }),
      );
      expect(seqs).toEqual(entries.map((_, i) => numbered(i + 1)));
      expect((await everything()).map((entry) => entry.id)).toEqual(entries.map((entry) => entry.id));
    });

    it('handed over for soon are durable without anybody else committing', async () => {
      expect(await store.appendSoon(sampleEntry())).toBe(numbered(1));
      const later = store.appendSoon(sampleEntry());
      await store.flush();
      expect(await everything()).toHaveLength(2);
      expect(await later).toBe(numbered(2));
    });

    it('survive closing and opening, and go on counting', async () => {
      await store.append(sampleEntry());
      void store.appendSoon(sampleEntry());
      await store.close();
      store = await open();
      expect(await everything()).toHaveLength(2);
      expect(await store.append(sampleEntry())).toBe(numbered(3));
    });

    it('are refused one by one: a bad one doesn’t take the others of its commit with it', async () => {
      const twice = sampleEntry();
      const cycle: Record<string, unknown> = {};
      cycle.self = cycle;
      const results = await Promise.allSettled([
        store.append(twice),
        store.append(twice),
        store.append(sampleEntry({ metadata: cycle as AuditEntry['metadata'] })),
        store.append(sampleEntry({ timestamp: Number.NaN })),
        store.append(sampleEntry({ timestamp: -1 })),
        store.append(sampleEntry({ target: 'a\ud800' })),
        store.append(sampleEntry({ correlationId: 'a\0b' })),
        store.append(sampleEntry({ target: 'x'.repeat(2 * 1024 * 1024) })),
        store.append(sampleEntry({ actor: { actorType: 'agent', id: 'x' } as AuditEntry['actor'] })),
        store.append(sampleEntry()),
      ]);
      const outcome = results.map((r) => (r.status === 'fulfilled' ? r.value : (r.reason as { code: string }).code));
      const bad = 'INPUT_INVALID';
      expect(outcome).toEqual([numbered(1), 'CONFLICT', bad, bad, bad, bad, bad, bad, bad, numbered(2)]);
      expect(await everything()).toHaveLength(2);
    });

    it('refuse to be written or read once the store is closed', async () => {
      await store.close();
      await store.close();
      const closed = { code: 'STORE_UNAVAILABLE', message: expect.stringContaining('is closed') };
      await expect(store.append(sampleEntry())).rejects.toMatchObject(closed);
      await expect(store.appendSoon(sampleEntry())).rejects.toMatchObject(closed);
      await expect(store.attempt(sampleEntry(), {})).rejects.toMatchObject(closed);
      await expect(store.query({ limit: 1 })).rejects.toThrow(/is closed/);
      await expect(store.changeMark()).rejects.toThrow(/is closed/);
      store = await open();
      expect(await everything()).toEqual([]);
    });
  });

  describe('queries', () => {
    it('answer as a plain filter over the whole log would', async () => {
      const at = fc.integer({ min: 0, max: 30 * 3_600_000 }).map((offset) => NOW + offset);
      const some = <T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
      const log = fc.array(
        fc.record({
          timestamp: at,
          eventType: some(...EVENT_TYPES.slice(0, 3)),
          actor: some('a', 'b').map((id) => ({ actorType: 'agent' as const, id, name: id })),
          operation: some('read_file', 'write_file').map((name) => ({ name })),
          result: some(...OPERATION_RESULTS.slice(0, 3)),
          correlationId: some('c1', 'c2'),
        }),
        { minLength: 5, maxLength: 25 },
      );
      const anything = fc.record(
        {
          from: at,
          to: at,
          eventType: some(...EVENT_TYPES.slice(0, 3)),
          actor: some('a', 'b', 'z'),
          operation: some('read_file', 'write_file'),
          result: some(...OPERATION_RESULTS.slice(0, 3)),
          correlationId: some('c1', 'c2'),
          beforeSeq: fc.integer({ min: 1, max: 40 }),
          afterSeq: fc.integer({ min: 0, max: 40 }),
          limit: fc.integer({ min: 0, max: 30 }),
        },
        { requiredKeys: ['limit'] },
      );
      const times = fc.record({ from: at, to: at, limit: fc.constant(100) }, { requiredKeys: ['limit'] });
      const filters = fc.oneof(times, anything);
      await fc.assert(
        fc.asyncProperty(log, fc.array(filters, { minLength: 4, maxLength: 12 }), async (changes, wanted) => {
          const elsewhere = await kind.create();
          const fresh = await kind.open(elsewhere);
          try {
            const entries = changes.map((change) => sampleEntry(change));
            await Promise.all(entries.map((entry) => fresh.append(entry)));
            for (const f of wanted as AuditFilter[]) {
              const matching = entries
                .map((entry, i) => ({ ...entry, seq: i + 1 }))
                .filter((e) => f.from === undefined || e.timestamp >= f.from)
                .filter((e) => f.to === undefined || e.timestamp < f.to)
                .filter((e) => f.eventType === undefined || e.eventType === f.eventType)
                .filter((e) => f.actor === undefined || e.actor.id === f.actor)
                .filter((e) => f.operation === undefined || e.operation.name === f.operation)
                .filter((e) => f.result === undefined || e.result === f.result)
                .filter((e) => f.correlationId === undefined || e.correlationId === f.correlationId)
                .filter((e) => f.beforeSeq === undefined || e.seq < f.beforeSeq)
                .filter((e) => f.afterSeq === undefined || e.seq > f.afterSeq);
              expect(await fresh.query(f)).toEqual(matching.reverse().slice(0, f.limit));
            }
          } finally {
            await fresh.close();
            await kind.remove(elsewhere);
          }
        }),
        { numRuns: 40 },
      );
    }, 120_000);

    it('page through by the sequence number where the last page ended', async () => {
      await Promise.all(Array.from({ length: 10 }, () => store.append(sampleEntry())));
      const pages: number[][] = [];
      let beforeSeq: number | undefined;
      do {
        const page = await store.query({ limit: 4, ...(beforeSeq === undefined ? {} : { beforeSeq }) });
        pages.push(page.map((entry) => entry.seq));
        beforeSeq = page.at(-1)?.seq;
      } while (beforeSeq !== undefined);
      expect(pages).toEqual([[10, 9, 8, 7], [6, 5, 4, 3], [2, 1], []]);
    });

    it('take what an agent wrote as a value, never as part of the question', async () => {
      const name = `' OR 1=1; --`;
      await store.append(sampleEntry());
      await store.append(sampleEntry({ actor: { actorType: 'agent', id: name, name } }));
      expect(await ids({ actor: name })).toHaveLength(1);
      expect(await ids({ correlationId: name })).toEqual([]);
    });

    it('refuse a limit that is no number of entries', async () => {
      for (const limit of [-1, 1.5, Number.NaN]) await expect(store.query({ limit })).rejects.toThrow(/limit/);
    });
  });

  describe('erasing', () => {
    it('takes whole tiles of what is old, tells of it first, and keeps counts and leaves', async () => {
      const HOUR = 3_600_000;
      await Promise.all(
        Array.from({ length: 700 }, (_, i) => store.append(sampleEntry({ timestamp: Math.floor(i / 100) * HOUR }))),
      );
      await store.head();
      const leaves = await store.tile(0, 0, 256);
      const told: number[] = [];
      const entry = (erasedTo: number) => {
        told.push(erasedTo);
        return sampleEntry({ eventType: 'system_event', metadata: { event: 'audit_erased', erased_to: erasedTo } });
      };
      expect(await store.erase(0, entry)).toBe(0);
      expect(await store.erase(4 * HOUR, entry)).toBe(256);
      expect(await store.erase(4 * HOUR, entry)).toBe(0);
      expect(told).toEqual([256]);
      expect(await store.head()).toMatchObject({ size: 701, erasedTo: 256 });
      const left = await everything();
      expect(left.map(({ seq }) => seq)).toEqual(Array.from({ length: 445 }, (_, i) => i + 257));
      expect(left.at(-1)?.metadata).toEqual({ event: 'audit_erased', erased_to: 256 });
      expect(await store.tile(0, 0, 256)).toEqual(leaves);
      const stats = await store.stats({ groupBy: 'event_type' });
      expect(stats.find(({ key }) => key === 'agent_action')?.recorded).toBe(700);
    });
  });

  describe('approval requests', () => {
    const asked = (): AuditEntry => sampleEntry({ eventType: 'approval_request', result: 'pending' });
    const decided = (): AuditEntry => sampleEntry({ eventType: 'approval_decision' });
    const actor = { actorType: 'user', id: 'olga', name: 'tty' } as const;

    it('come back as they were made, with their entry', async () => {
      const record = sampleRequest(now, { justification: 'because' });
      expect(await store.createRequest(record, asked())).toEqual(record);
      expect(await store.getRequest(record.id)).toEqual(record);
      expect(await store.findRequest('writer', record.actionDigest, record.policySet)).toEqual(record);
      expect(await everything()).toHaveLength(1);
      expect(await store.getRequest('nope')).toBeUndefined();
      expect(await store.findRequest('other', record.actionDigest, record.policySet)).toBeUndefined();
    });

    it('are made once for one requester, digest and policy set, even in one turn', async () => {
      const made = await Promise.all(Array.from({ length: 5 }, () => store.createRequest(sampleRequest(now), asked())));
      expect(new Set(made.map((record) => record.id)).size).toBe(1);
      expect(await everything()).toHaveLength(1);
      const others = [{ requester: 'b' }, { actionDigest: 'f'.repeat(64) }, { policySet: '0'.repeat(64) }];
      for (const change of others) await store.createRequest(sampleRequest(now, change), asked());
      expect(await store.listRequests({ limit: 10 })).toHaveLength(4);
    });

    it('that nobody decided in time, or that are over, don’t keep a new one from being made', async () => {
      const first = await store.createRequest(sampleRequest(now, { decideBy: now + 1000 }), asked());
      expect((await store.createRequest(sampleRequest(now + 999), asked())).id).toBe(first.id);
      const second = await store.createRequest(sampleRequest(now + 1000), asked());
      expect(second.id).not.toBe(first.id);
      expect(
        await store.changeRequest({ id: second.id, from: 'pending', to: 'rejected', set: {}, entry: decided() }),
      ).toBe(true);
      const third = await store.createRequest(sampleRequest(now + 2000), asked());
      expect([first.id, second.id]).not.toContain(third.id);
      expect((await store.findRequest('writer', third.actionDigest, third.policySet))?.id).toBe(third.id);
    });

    it('are listed newest first, by state where one is asked for', async () => {
      const made: string[] = [];
      for (const requester of ['a', 'b', 'c']) {
        made.unshift((await store.createRequest(sampleRequest(now, { requester }), asked())).id);
      }
      await store.changeRequest({ id: made[1]!, from: 'pending', to: 'rejected', set: {}, entry: decided() });
      expect((await store.listRequests({ limit: 10 })).map((r) => r.id)).toEqual(made);
      expect((await store.listRequests({ limit: 2 })).map((r) => r.id)).toEqual(made.slice(0, 2));
      expect((await store.listRequests({ status: 'pending', limit: 10 })).map((r) => r.id)).toEqual([made[0], made[2]]);
    });

    it('change only from the state that was seen, once, with who and when', async () => {
      const record = await store.createRequest(sampleRequest(now), asked());
      const set = { decidedAt: now, decidedBy: actor, verified: false, comment: 'ok', useBy: now + 5000 };
      const approve = { id: record.id, from: 'pending' as const, to: 'approved' as const, set };
      const reject = { ...approve, to: 'rejected' as const, set: {} };
      const won = await Promise.all([
        store.changeRequest({ ...approve, entry: decided() }),
        store.changeRequest({ ...reject, entry: decided() }),
      ]);
      expect(won).toEqual([true, false]);
      expect(await store.getRequest(record.id)).toEqual({ ...record, status: 'approved', ...set });
      expect(await everything()).toHaveLength(2);
      expect(await store.changeRequest({ ...approve, id: 'nope', entry: decided() })).toBe(false);
    });

    it('take no decision after their time, and none that the state machine lacks', async () => {
      const record = await store.createRequest(sampleRequest(now, { decideBy: now + 1000 }), asked());
      now += 1000;
      const change = (to: ApprovalStatus) =>
        store.changeRequest({ id: record.id, from: 'pending', to, set: {}, entry: decided() });
      expect(await change('approved')).toBe(false);
      await expect(change('consumed')).rejects.toThrow(/goes from pending to consumed/);
      expect((await store.getRequest(record.id))?.status).toBe('pending');
      expect(await change('expired')).toBe(true);
    });

    it('are refused where they hold what can’t be kept as it is', async () => {
      const bad = [{ requester: 'a\0b' }, { policySet: '\ud800' }, { shown: { big: 'x'.repeat(2 * 1024 * 1024) } }];
      for (const change of bad) {
        const made = store.createRequest(sampleRequest(now, change), asked());
        await expect(made).rejects.toMatchObject({ code: 'INPUT_INVALID' });
      }
      const { id } = await store.createRequest(sampleRequest(now), asked());
      const set = { comment: 'a\0b' };
      const decision = store.changeRequest({ id, from: 'pending', to: 'approved', set, entry: decided() });
      await expect(decision).rejects.toMatchObject({ code: 'INPUT_INVALID' });
      expect((await store.getRequest(id))?.status).toBe('pending');
    });

    it('are written with their entry or not at all', async () => {
      const taken = asked();
      await store.append(taken);
      await expect(store.createRequest(sampleRequest(now), taken)).rejects.toMatchObject({ code: 'CONFLICT' });
      expect(await store.listRequests({ limit: 10 })).toEqual([]);
      const record = await store.createRequest(sampleRequest(now), asked());
      const bad = store.changeRequest({ id: record.id, from: 'pending', to: 'approved', set: {}, entry: taken });
      const good = store.append(sampleEntry());
      await expect(bad).rejects.toMatchObject({ code: 'CONFLICT' });
      await good;
      expect((await store.getRequest(record.id))?.status).toBe('pending');
    });

    it('move the change mark, from here and from elsewhere, and nothing else does', async () => {
      const marks = new Set([await store.changeMark()]);
      expect(await store.changeMark()).toBe([...marks][0]);
      const record = await store.createRequest(sampleRequest(now), asked());
      marks.add(await store.changeMark());
      const elsewhere = await open();
      for (const to of ['approved', 'consumed'] as const) {
        const from = to === 'approved' ? 'pending' : 'approved';
        await elsewhere.changeRequest({ id: record.id, from, to, set: {}, entry: decided() });
        marks.add(await store.changeMark());
      }
      await elsewhere.close();
      expect(marks.size).toBe(4);
    });
  });

  describe('an attempt', () => {
    const approvedRequest = async (useBy: number): Promise<string> => {
      const record = await store.createRequest(sampleRequest(now), sampleEntry());
      const change = { id: record.id, from: 'pending', to: 'approved', set: { useBy } } as const;
      await store.changeRequest({ ...change, entry: sampleEntry() });
      return record.id;
    };
    const using = (approvalId: string) => ({ grant: { approvalId, entry: sampleEntry() } });

    it('uses a grant up once, with the grant’s entry before its own', async () => {
      const id = await approvedRequest(now + 1000);
      const guards = using(id);
      const attempt = sampleEntry();
      expect(await store.attempt(attempt, guards)).toEqual(passed(4));
      expect((await everything()).map((entry) => entry.id).slice(2)).toEqual([guards.grant.entry.id, attempt.id]);
      expect((await store.getRequest(id))?.status).toBe('consumed');
      expect(await store.attempt(sampleEntry(), using(id))).toEqual({ ok: false, lost: 'grant' });
      expect(await everything()).toHaveLength(4);
    });

    it('doesn’t use a grant that was never given or whose time is over', async () => {
      const pending = await store.createRequest(sampleRequest(now, { requester: 'b' }), sampleEntry());
      expect(await store.attempt(sampleEntry(), using(pending.id))).toEqual({ ok: false, lost: 'grant' });
      expect(await store.attempt(sampleEntry(), using('nope'))).toEqual({ ok: false, lost: 'grant' });
      const id = await approvedRequest(now + 1000);
      now += 1000;
      expect(await store.attempt(sampleEntry(), using(id))).toEqual({ ok: false, lost: 'grant' });
      now -= 1;
      expect(await store.attempt(sampleEntry(), using(id))).toMatchObject({ ok: true });
    });

    it('that lost a guard writes nothing, and the others of its commit stand', async () => {
      const id = await approvedRequest(now + 1000);
      const rate = { provider: 'anthropic', limit: 1 };
      const results = await Promise.all([
        store.attempt(sampleEntry(), { rate }),
        store.attempt(sampleEntry(), { ...using(id), rate }),
        store.attempt(sampleEntry(), {}),
      ]);
      expect(results).toEqual([passed(3), { ok: false, lost: 'rate' }, passed(4)]);
      expect((await store.getRequest(id))?.status).toBe('approved');
      expect((await store.agentState({ agent: 'x', rate })).providerRequests).toEqual({ anthropic: 1 });
    });

    it('that can’t be written takes nothing', async () => {
      const id = await approvedRequest(now + 1000);
      const taken = sampleEntry();
      await store.append(taken);
      const rate = { provider: 'anthropic', limit: 5 };
      const guards = { ...using(id), rate, concurrency: { agent: 'a', limit: 5 } };
      const both = [store.attempt(taken, guards), store.append(sampleEntry())];
      await expect(both[0]).rejects.toMatchObject({ code: 'CONFLICT' });
      await both[1];
      expect((await store.getRequest(id))?.status).toBe('approved');
      expect(await store.agentState({ agent: 'b', rate, concurrency: { limit: 5 } })).toEqual({
        providerRequests: { anthropic: 0 },
        otherActiveAgents: 0,
      });
      expect(await everything()).toHaveLength(4);
    });

    it('never lets more than the limit through in any 60 seconds, and frees a slot a second late at most', async () => {
      const steps = fc.array(fc.integer({ min: 0, max: 40_000 }), { minLength: 1, maxLength: 25 });
      await fc.assert(
        fc.asyncProperty(steps, fc.integer({ min: 1, max: 4 }), async (waits, limit) => {
          const rate = { provider: newId(), limit };
          const passed: number[] = [];
          for (const wait of waits) {
            now += wait;
            const before = passed.filter((at) => at > now - 60_000).length;
            const surely = passed.filter((at) => at > now - 61_001).length;
            const seen = (await store.agentState({ agent: 'x', rate })).providerRequests?.[rate.provider];
            const { ok } = await store.attempt(sampleEntry(), { rate });
            expect(ok).toBe(seen! < limit);
            if (before >= limit) expect(ok).toBe(false);
            if (surely < limit) expect(ok).toBe(true);
            if (ok) passed.push(now);
          }
        }),
        { numRuns: 60 },
      );
    });

    it('counts agents of the last 60 seconds, each once, and not oneself', async () => {
      const steps = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.integer({ min: 0, max: 40_000 })), {
        minLength: 1,
        maxLength: 25,
      });
      await fc.assert(
        fc.asyncProperty(steps, fc.integer({ min: 1, max: 3 }), async (acts, limit) => {
          now += 61_000;
          const lastSeen = new Map<string, number>();
          for (const [agent, wait] of acts) {
            now += wait;
            const others = [...lastSeen].filter(([name, at]) => name !== agent && at > now - 60_000).length;
            expect(await store.agentState({ agent, concurrency: { limit } })).toEqual({ otherActiveAgents: others });
            const { ok } = await store.attempt(sampleEntry(), { concurrency: { agent, limit } });
            expect(ok).toBe(others < limit);
            if (ok) lastSeen.set(agent, now);
          }
        }),
        { numRuns: 60 },
      );
    });

    it('isn’t kept out for ever by what a clock wrote that ran ahead', async () => {
      now += 3_600_000;
      const rate = { provider: 'anthropic', limit: 1 };
      const concurrency = { agent: 'a', limit: 1 };
      expect(await store.attempt(sampleEntry(), { rate, concurrency })).toMatchObject({ ok: true });
      now -= 3_600_000;
      expect(await store.attempt(sampleEntry(), { rate, concurrency: { ...concurrency, agent: 'b' } })).toMatchObject({
        ok: true,
      });
    });

    it('asks the counters only what is needed', async () => {
      expect(await store.agentState({ agent: 'a' })).toEqual({});
    });
  });
});
