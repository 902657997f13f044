// Work for later, on every kind of store: put in with its cause, done by one worker at a time, tried again, given up.
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { GovernanceStore } from '../../src/governor/index.ts';
import { type JobHandler, MAX_BEGUN, startWorker } from '../../src/jobs/index.ts';
import type { JsonObject } from '../../src/kernel/json.ts';
import type { NewJob } from '../../src/model/job.ts';
import { describeStores } from './describe-stores.ts';
import type { StorePlace } from './store-kinds.ts';
import { newId, sampleEntry, sampleRequest } from './store-samples.ts';

const NOW = 1_790_000_000_000;

describeStores('jobs on the $name store', (kind) => {
  let place: StorePlace;
  let stores: GovernanceStore[];
  let now: number;

  const open = async (): Promise<GovernanceStore> => {
    const store = await kind.open(place, { clock: () => now });
    stores.push(store);
    return store;
  };
  const job = (dueAt: number, payload: JsonObject = {}, of = 'timer'): NewJob => ({
    id: newId(),
    kind: of,
    dueAt,
    subject: 'request',
    payload,
  });
  const put = async (store: GovernanceStore, ...jobs: NewJob[]): Promise<void> => {
    const request = sampleRequest(now, { actionDigest: newId().padEnd(64, '0') });
    await store.createRequest(request, sampleEntry({ eventType: 'approval_request' }), { jobs });
  };
  const lease = (store: GovernanceStore, limit = 10, leaseMs = 1000) =>
    store.leaseJobs({ kind: 'timer', limit, leaseMs, lease: newId() });
  const sleep = async (ms: number, signal: AbortSignal): Promise<void> => {
    await delay(ms, undefined, { signal }).catch(() => undefined);
  };

  beforeEach(async () => {
    stores = [];
    now = NOW;
    place = await kind.create();
  });
  afterEach(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await kind.remove(place);
  });

  it('are there with their request or not at all, and survive a restart', async () => {
    const first = await open();
    const one = job(NOW + 5, { endpoint: 'é"\'' });
    await put(first, one);
    const twin = sampleRequest(now);
    await first.createRequest(twin, sampleEntry(), { jobs: [job(NOW + 9)] });
    // Asked a second time, and nothing is put in for it.
    const again = await first.createRequest({ ...twin, id: newId() }, sampleEntry(), { jobs: [job(NOW + 1)] });
    expect(again.id).toBe(twin.id);
    const unkept = sampleRequest(now, { actionDigest: '1'.repeat(64) });
    const bad = { ...job(NOW + 2), payload: { text: '\ud800' } };
    const withBad = first.createRequest(unkept, sampleEntry(), { jobs: [{ ...bad, subject: 'a\0b' }] });
    await expect(withBad).rejects.toMatchObject({
      code: 'INPUT_INVALID',
    });
    expect(await first.getRequest(unkept.id)).toBeUndefined();
    await first.close();
    const second = await open();
    const kept = await second.listJobs({ state: 'waiting', limit: 10 });
    expect(kept).toHaveLength(2);
    expect(kept[0]).toEqual({ ...one, state: 'waiting', attempts: 0, createdAt: NOW });
    expect(await second.nextJobAt('timer')).toBe(NOW + 5);
    expect(await second.nextJobAt('other')).toBeUndefined();
  });

  it('are leased when they are due, the longest due first, to one worker', async () => {
    const [a, b] = [await open(), await open()];
    const jobs = [job(NOW + 30), job(NOW + 10), job(NOW + 20), job(NOW), job(NOW + 10, {}, 'other')];
    await put(a, ...jobs);
    expect((await lease(a)).map(({ id }) => id)).toEqual([jobs[3]!.id]);
    now = NOW + 25;
    const [first, second] = await Promise.all([lease(a, 1), lease(b, 5)]);
    const taken = [...first, ...second].map(({ id }) => id);
    expect(taken.toSorted()).toEqual([jobs[1]!.id, jobs[2]!.id].toSorted());
    for (const one of [...first, ...second]) expect(one).toMatchObject({ attempts: 1, dueAt: NOW + 25 + 1000 });
    expect(await lease(b)).toEqual([]);
  });

  it('come to another worker when the lease is over, and the first can’t end them any more', async () => {
    const [a, b] = [await open(), await open()];
    await put(a, job(NOW));
    const [held] = await lease(a);
    now = NOW + 999;
    expect(await lease(b)).toEqual([]);
    now = NOW + 1000;
    const [taken] = await lease(b);
    expect(taken).toMatchObject({ id: held!.id, attempts: 2 });
    const entry = sampleEntry({ metadata: { event: 'too late' } });
    expect(await a.endJob(held!, { end: 'done', entry })).toBe(false);
    expect(await b.endJob(taken!, { end: 'done' })).toBe(true);
    expect(await b.endJob(taken!, { end: 'done' })).toBe(false);
    expect(await a.listJobs({ state: 'waiting', limit: 9 })).toEqual([]);
    expect((await a.query({ limit: 9 })).some(({ metadata }) => metadata.event === 'too late')).toBe(false);
  });

  it('are tried later, given up, listed and done again, each with its entry', async () => {
    const store = await open();
    await put(store, job(NOW));
    const [once] = await lease(store);
    const entryOf = (event: string) => sampleEntry({ eventType: 'system_event', metadata: { event } });
    await store.endJob(once!, { end: 'later', dueAt: NOW + 50, error: 'HTTP 503', entry: entryOf('failed') });
    expect(await store.nextJobAt('timer')).toBe(NOW + 50);
    expect(await lease(store)).toEqual([]);
    now = NOW + 50;
    const [again] = await lease(store);
    expect(again).toMatchObject({ attempts: 2, lastError: 'HTTP 503' });
    await store.endJob(again!, { end: 'dead', error: 'HTTP 400', entry: entryOf('given up') });
    expect(await store.nextJobAt('timer')).toBeUndefined();
    expect(await store.listJobs({ state: 'dead', limit: 9 })).toMatchObject([{ id: again!.id, lastError: 'HTTP 400' }]);
    expect(await store.reviveJob(again!.id, entryOf('revived'))).toBe(true);
    expect(await store.reviveJob(again!.id, entryOf('revived twice'))).toBe(false);
    expect(await lease(store)).toMatchObject([{ id: again!.id, attempts: 1 }]);
    const events = (await store.query({ limit: 9, eventType: 'system_event' })).map(({ metadata }) => metadata.event);
    expect(events).toEqual(['revived', 'given up', 'failed']);
  });

  it('that were interrupted are due again as if they had not been begun', async () => {
    const store = await open();
    await put(store, job(NOW));
    const [first] = await lease(store);
    await store.endJob(first!, { end: 'later', dueAt: NOW, error: 'HTTP 503' });
    for (let i = 0; i < 3; i += 1) {
      const [again] = await lease(store);
      expect(again).toMatchObject({ attempts: 2 });
      expect(await store.endJob(again!, { end: 'later', dueAt: NOW, error: 'interrupted', uncounted: true })).toBe(
        true,
      );
      expect(await store.endJob(again!, { end: 'later', dueAt: NOW, uncounted: true })).toBe(false);
    }
    const kept = await store.listJobs({ state: 'waiting', limit: 9 });
    expect(kept).toMatchObject([{ attempts: 1, lastError: 'interrupted', dueAt: NOW }]);
  });

  it('are listed without those of some kinds, which take no place among them', async () => {
    const store = await open();
    const message = job(NOW + 1_000_000, {}, 'notice');
    await put(store, ...Array.from({ length: 30 }, (_, i) => job(NOW + i)), job(NOW, {}, 'reminder'), message);
    const all = await store.listJobs({ state: 'waiting', limit: 10 });
    expect(all).toHaveLength(10);
    expect(all.some(({ kind: of }) => of === 'notice')).toBe(false);
    const except = ['timer', 'reminder', "o'ther"];
    expect((await store.listJobs({ state: 'waiting', except, limit: 10 })).map(({ id }) => id)).toEqual([message.id]);
    expect(await store.listJobs({ state: 'dead', except, limit: 10 })).toEqual([]);
    expect(await store.listJobs({ state: 'waiting', except: [], limit: 99 })).toHaveLength(32);
  });

  it('that were given up long ago are dropped, with one entry that says how many', async () => {
    const [store, other] = [await open(), await open()];
    const old = [job(NOW), job(NOW)];
    await put(store, ...old, job(NOW), job(NOW + 5000), job(NOW - 9_000_000_000, {}, 'other'));
    const ids = old.map(({ id }) => id);
    const all = await lease(store, 3);
    for (const one of all.filter(({ id }) => ids.includes(id)))
      await store.endJob(one, { end: 'dead', error: 'HTTP 400' });
    now = NOW + 100_000;
    const [young] = await lease(store);
    await store.endJob(young!, { end: 'dead', error: 'HTTP 404' });
    const told: number[] = [];
    const drop = (by: GovernanceStore, before: number) =>
      by.dropDeadJobs(before, (count) => {
        told.push(count);
        return sampleEntry({ eventType: 'system_event', metadata: { event: 'dropped', count } });
      });
    expect(await drop(store, NOW)).toBe(0);
    const both = await Promise.all([drop(store, NOW + 100_000), drop(other, NOW + 100_000)]);
    expect(both.toSorted()).toEqual([0, 2]);
    expect(await drop(store, NOW + 100_000)).toBe(0);
    expect(told).toEqual([2]);
    const entries = await store.query({ limit: 9, eventType: 'system_event' });
    expect(entries.map(({ metadata }) => metadata)).toEqual([{ event: 'dropped', count: 2 }]);
    expect(await store.listJobs({ state: 'dead', limit: 9 })).toMatchObject([{ id: young!.id }]);
    // What waits is never dropped, however long.
    expect(await store.listJobs({ state: 'waiting', limit: 9 })).toHaveLength(2);
  });

  it('stay where what drops them can not be recorded', async () => {
    const store = await open();
    await put(store, job(NOW));
    const [one] = await lease(store);
    await store.endJob(one!, { end: 'dead', error: 'HTTP 400' });
    const failing = store.dropDeadJobs(NOW + 100_000, () => {
      throw new Error('no entry');
    });
    await expect(failing).rejects.toThrow();
    expect(await store.listJobs({ state: 'dead', limit: 9 })).toHaveLength(1);
  });

  it('go to receivers that may say that they want no more', async () => {
    const store = await open();
    await store.disableEndpoint('e1', 'HTTP 410', sampleEntry());
    await store.disableEndpoint('e1', 'again', sampleEntry());
    expect(await store.disabledEndpoints()).toEqual([{ endpoint: 'e1', disabledAt: NOW, why: 'HTTP 410' }]);
    expect(await store.enableEndpoint('e1', sampleEntry())).toBe(true);
    expect(await store.enableEndpoint('e1', sampleEntry())).toBe(false);
    expect(await store.query({ limit: 9 })).toHaveLength(2);
  });

  it('are each done once by three workers, whatever fails on the way', async () => {
    const three = [await open(), await open(), await open()];
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ due: fc.nat(20), fails: fc.nat(2) }), { minLength: 1, maxLength: 12 }),
        async (wanted) => {
          const done = new Map<string, number>();
          const handler: JobHandler = {
            kind: 'timer',
            width: 3,
            leaseMs: 60_000,
            run: async ({ id, attempts, payload }) => {
              if (attempts <= Number(payload.fails)) return { end: 'later', dueAt: now, error: 'not yet' };
              done.set(id, (done.get(id) ?? 0) + 1);
              return { end: 'done' };
            },
          };
          const jobs = wanted.map(({ due, fails }) => job(now + due, { fails }));
          now += 20;
          await put(three[0]!, ...jobs);
          const workers = three.map((store) =>
            startWorker({ store, handlers: [handler], clock: () => now, newId, sleep }),
          );
          while (done.size < jobs.length) await delay(2);
          await Promise.all(workers.map((worker) => worker.idle()));
          await Promise.all(workers.map((worker) => worker.stop()));
          expect([...done.values()]).toEqual(jobs.map(() => 1));
          expect(await three[1]!.nextJobAt('timer')).toBeUndefined();
        },
      ),
      { numRuns: 8 },
    );
  });

  it('whose handler throws are begun again later, and given up with the reason after so many times', async () => {
    const store = await open();
    const bad = job(NOW);
    await put(store, bad);
    const told: string[] = [];
    const waits: number[] = [];
    let begun = 0;
    const handler: JobHandler = {
      kind: 'timer',
      width: 1,
      leaseMs: 1000,
      run: async () => {
        begun += 1;
        throw new Error(`broken\nat line 1`);
      },
    };
    const worker = startWorker({
      store,
      handlers: [handler],
      clock: () => now,
      newId,
      sleep,
      onFault: (fault, of, then) => told.push(`${(fault as Error).name} ${of?.id === bad.id} ${then}`),
    });
    for (let i = 1; i < MAX_BEGUN; i += 1) {
      await worker.idle();
      expect(begun).toBe(i);
      const [waiting] = await store.listJobs({ state: 'waiting', limit: 9 });
      expect(waiting).toMatchObject({ id: bad.id, attempts: i, lastError: 'broken' });
      waits.push(waiting!.dueAt - now);
      now = waiting!.dueAt;
    }
    await worker.idle();
    expect(begun).toBe(MAX_BEGUN);
    expect(waits.slice(0, 4)).toEqual([1000, 2000, 4000, 8000]);
    expect(Math.max(...waits)).toBe(600_000);
    expect(await store.listJobs({ state: 'waiting', limit: 9 })).toEqual([]);
    expect(await store.listJobs({ state: 'dead', limit: 9 })).toMatchObject([
      { id: bad.id, lastError: `broken; given up after ${MAX_BEGUN} tries` },
    ]);
    expect(told).toEqual([...Array(MAX_BEGUN - 1).fill('Error true later'), 'Error true dead']);
    await worker.stop();
  });

  it('that end no worker that begins them are given up as well', async () => {
    const store = await open();
    await put(store, job(NOW));
    // Each of these ended before the job did.
    for (let i = 0; i < MAX_BEGUN; i += 1) {
      expect(await lease(store)).toHaveLength(1);
      now += 1000;
    }
    const handler: JobHandler = { kind: 'timer', width: 1, leaseMs: 1000, run: async () => ({ end: 'done' }) };
    const worker = startWorker({ store, handlers: [handler], clock: () => now, newId, sleep });
    await worker.idle();
    await worker.stop();
    expect(await store.listJobs({ state: 'dead', limit: 9 })).toMatchObject([
      { lastError: `begun ${MAX_BEGUN} times, and never ended` },
    ]);
  });

  it('who waits for their end hears of it after a fault of the store, and when the worker stops', async () => {
    const store = await open();
    await put(store, job(NOW));
    const told: unknown[] = [];
    let fails = 0;
    const failing: GovernanceStore = {
      ...store,
      changeMark: () => {
        if (fails === 0) return store.changeMark();
        fails -= 1;
        return Promise.reject(new Error('no store now'));
      },
    };
    let ran = 0;
    const handler: JobHandler = {
      kind: 'timer',
      width: 1,
      leaseMs: 1000,
      run: async () => {
        ran += 1;
        return { end: 'done' };
      },
    };
    const parts = { store: failing, handlers: [handler], clock: () => now, newId, sleep };
    const worker = startWorker({ ...parts, onFault: (fault) => told.push((fault as Error).message) });
    await worker.idle();
    expect(ran).toBe(1);
    await put(store, job(NOW));
    fails = 2;
    await Promise.all([worker.idle(), worker.idle()]);
    expect(ran).toBe(2);
    expect(told).toEqual(['no store now', 'no store now']);
    fails = Number.POSITIVE_INFINITY;
    const waited = worker.idle();
    await worker.stop();
    await waited;
    await worker.idle();
  });

  it('cost nothing while ten thousand of them wait, and one that is put in is seen', async () => {
    const store = await open();
    const batch = Array.from({ length: 10_000 }, (_, i) => job(NOW + 1_000_000 + i));
    await put(store, ...batch);
    const asked: string[] = [];
    const watched: GovernanceStore = {
      ...store,
      nextJobAt: (of) => {
        asked.push(of);
        return store.nextJobAt(of);
      },
      leaseJobs: (request) => {
        asked.push('lease');
        return store.leaseJobs(request);
      },
    };
    const ran: string[] = [];
    const handler: JobHandler = {
      kind: 'timer',
      width: 4,
      leaseMs: 1000,
      run: async ({ id }) => {
        ran.push(id);
        return { end: 'done' };
      },
    };
    const worker = startWorker({ store: watched, handlers: [handler], clock: () => now, newId, sleep });
    await worker.idle();
    // What was put in is signed a moment later, which is a change too; then nothing is asked any more.
    let isQuiet = false;
    for (let i = 0; i < 20 && !isQuiet; i += 1) {
      const before = asked.length;
      await delay(800);
      isQuiet = asked.length === before;
    }
    expect(isQuiet).toBe(true);
    const fresh = job(NOW);
    await put(store, fresh);
    while (ran.length === 0) await delay(5);
    expect(ran).toEqual([fresh.id]);
    // After a restart, those whose time has come meanwhile are done at once.
    await worker.stop();
    now = batch[2]!.dueAt;
    const next = startWorker({ store, handlers: [handler], clock: () => now, newId, sleep });
    while (ran.length < 4) await delay(5);
    await next.idle();
    await next.stop();
    expect(ran.slice(1)).toEqual(batch.slice(0, 3).map(({ id }) => id));
  });
});
