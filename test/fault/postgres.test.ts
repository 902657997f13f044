import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogKeys, type LogKeyFolder } from '../../src/adapters/keys/index.ts';
import { createConnections, type OwnSession, type Session } from '../../src/adapters/postgres/connections.ts';
import { createDrain } from '../../src/adapters/postgres/drain.ts';
import { openPostgresStore, type PostgresStoreOptions } from '../../src/adapters/postgres/index.ts';
import { lockKey } from '../../src/adapters/postgres/locks.ts';
import { packSome } from '../../src/adapters/postgres/packed-entries.ts';
import { createPartitions } from '../../src/adapters/postgres/partitions.ts';
import { randomBytes } from '../../src/adapters/random/index.ts';
import { type LogVerification, verifyLog } from '../../src/audit/index.ts';
import type { GovernanceStore } from '../../src/governor/index.ts';
import type { AuditEntry } from '../../src/model/audit-entry.ts';
import { acknowledged, startWorker, type Worker } from '../contract/store-processes.ts';
import { sampleEntry, sampleRequest } from '../contract/store-samples.ts';
import { type CutProxy, startCutProxy } from '../support/cut-proxy.ts';
import { createDatabase, dropDatabase, openClient, query } from '../support/postgres-database.ts';
import { startPostgresServer, whyNoPostgres } from '../support/postgres-server.ts';
import { expectSoundLog } from '../support/sound-log.ts';

const SOAK = process.env.GGEN_SOAK !== undefined;
const missing = whyNoPostgres();
const title = missing === undefined ? 'Postgres' : `Postgres (${missing})`;

describe.skipIf(missing !== undefined)(title, () => {
  let connectionString: string;
  let folder: string;
  let keys: LogKeyFolder;
  let stores: GovernanceStore[];
  let workers: Worker[];
  let proxies: CutProxy[];

  const open = async (change: Partial<PostgresStoreOptions> = {}): Promise<GovernanceStore> => {
    const store = await openPostgresStore({ connectionString, clock: Date.now, keys, ...change });
    stores.push(store);
    return store;
  };
  const cuttable = async (): Promise<CutProxy> => {
    const proxy = await startCutProxy(connectionString);
    proxies.push(proxy);
    return proxy;
  };
  const start = (job: string, name: string, count: number): Worker => {
    const at = JSON.stringify({ connectionString: `${connectionString}?application_name=${name}`, folder });
    const worker = startWorker(job, { kind: 'postgres', at }, count);
    workers.push(worker);
    return worker;
  };
  const sql = (text: string, values: readonly unknown[] = []) => query(connectionString, text, values);
  const sound = async (store: GovernanceStore): Promise<string[]> =>
    expectSoundLog(store, keys.verifiers((await store.head()).origin));
  const until = async (holds: () => Promise<boolean>): Promise<void> => {
    while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  const waiting = async (): Promise<number> =>
    Number((await sql('SELECT count(*)::int AS n FROM ggen_governance.audit_outbox'))[0]?.n);
  /** Who sequences: the name of its connection. */
  const leader = async (): Promise<string | undefined> => {
    const rows = await sql(
      'SELECT application_name AS name FROM pg_locks JOIN pg_stat_activity USING (pid) ' +
        "WHERE locktype = 'advisory' AND granted AND ((classid::bigint << 32) | objid::bigint) = $1",
      [lockKey('sequencer')],
    );
    return rows[0]?.name as string | undefined;
  };

  beforeEach(async () => {
    stores = [];
    workers = [];
    proxies = [];
    folder = mkdtempSync(join(tmpdir(), 'ggen-keys-'));
    keys = createLogKeys(folder);
    connectionString = await createDatabase();
  });
  afterEach(async () => {
    for (const worker of workers) worker.process.kill('SIGKILL');
    await Promise.all(workers.map((worker) => worker.ended));
    for (const proxy of proxies) proxy.close();
    await Promise.all(stores.map((store) => store.close().catch(() => undefined)));
    await dropDatabase(connectionString);
    rmSync(folder, { recursive: true, force: true });
  });

  describe('the order of the log', () => {
    it('is one without gaps, and one tree, whoever of four processes wrote what', async () => {
      const each = SOAK ? 5000 : 300;
      const writers = ['a', 'b', 'c', 'd'].map((name) => start('append', name, each));
      expect(await Promise.all(writers.map((writer) => writer.ended))).toEqual([0, 0, 0, 0]);
      const acks = writers.flatMap((writer) => [...acknowledged(writer.lines).keys()]);
      expect(acks).toHaveLength(4 * each);
      expect((await sound(await open())).toSorted()).toEqual(acks.toSorted());
    }, 120_000);

    it('has what commits late, though its number was given early', async () => {
      const store = await open();
      const late = await openClient(connectionString);
      await late.query('BEGIN');
      await late.query(
        'INSERT INTO ggen_governance.audit_outbox (id, timestamp, event_type, actor_type, actor_id, actor_name, ' +
          "operation, result, metadata) VALUES ($1, 1, 'system_event', 'system', 'x', 'x', 'late', 'success', '{}')",
        [Buffer.from('01890000000070008000000000000001', 'hex')],
      );
      await store.append(sampleEntry());
      await store.append(sampleEntry());
      expect(await store.query({ limit: 9 })).toHaveLength(2);
      await late.query('COMMIT');
      await late.end();
      expect((await store.query({ limit: 9 })).map((entry) => entry.operation.name)[0]).toBe('late');
      expect(await sound(store)).toHaveLength(3);
    });

    it('takes no harm from two that sequence at once', async () => {
      // As where the lock has failed: one has looked where the log stands when the other one comes.
      const store = await open({ sequence: false });
      const settings = { connectionString, durability: 'os', busyTimeoutMs: 5000, maxConnections: 2 } as const;
      const db = await createConnections(settings);
      const sessions = [await db.connect(5000), await db.connect(5000)] as const;
      const newDrain = () => createDrain({ keys, random: randomBytes, partitions: createPartitions(Date.now) });
      const drains = [newDrain(), newDrain()] as const;
      for (let round = 0; round < 20; round += 1) {
        const [first, second] = round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const);
        await Promise.all([store.append(sampleEntry()), store.append(sampleEntry())]);
        let other: Promise<unknown> | undefined;
        const interrupted: Session = {
          ...sessions[first],
          query: async (text, values, name) => {
            const rows = await sessions[first].query(text, values, name);
            if (!text.includes('FROM audit_head')) return rows;
            other = drains[second].once(sessions[second]).catch(() => undefined);
            await new Promise((resolve) => setTimeout(resolve, 20));
            await store.append(sampleEntry());
            return rows;
          },
        };
        await drains[first].once(interrupted).catch(() => undefined);
        await other;
      }
      for (const session of sessions) await session.end();
      await db.close();
      const last = await open();
      expect(await last.query({ limit: 1 })).toHaveLength(1);
      expect(await sound(last)).toHaveLength(60);
    });
  });

  describe('who sequences', () => {
    it('is followed by another one when it is killed in the middle: nothing is lost, nothing is there twice', async () => {
      const names = Array.from({ length: SOAK ? 40 : 4 }, (_, i) => `writer-${i}`);
      const running = new Map(names.slice(0, 3).map((name) => [name, start('forever', name, 8)]));
      let next = 3;
      let size = 0;
      while (next < names.length + 2) {
        let leads: string | undefined;
        await until(async () => {
          leads = await leader();
          const [head] = await sql('SELECT size FROM ggen_governance.audit_head').catch(() => []);
          const grown = Number(head?.size ?? 0) > size + 50;
          if (grown && leads !== undefined && running.has(leads)) size = Number(head?.size);
          return grown && leads !== undefined && running.has(leads);
        });
        const killed = running.get(leads!)!;
        running.delete(leads!);
        killed.process.kill('SIGKILL');
        expect(await killed.ended).toBe('SIGKILL');
        if (next < names.length) running.set(names[next]!, start('forever', names[next]!, 8));
        next += 1;
      }
      for (const worker of workers) worker.process.kill('SIGKILL');
      await Promise.all(workers.map((worker) => worker.ended));
      const ids = new Set(await sound(await open()));
      const acks = workers.flatMap((worker) => [...acknowledged(worker.lines).keys()]);
      expect(acks.length).toBeGreaterThan(100);
      expect(acks.filter((id) => !ids.has(id))).toEqual([]);
      expect(await waiting()).toBe(0);
    }, 300_000);

    it('is nobody without the log’s key, and whoever has it takes what the others appended', async () => {
      const owner = await open();
      await owner.append(sampleEntry());
      await owner.close();
      const elsewhere = mkdtempSync(join(tmpdir(), 'ggen-keys-'));
      const keyless = await open({ keys: createLogKeys(elsewhere) });
      const entry = sampleEntry();
      await keyless.append(entry);
      expect(await keyless.query({ limit: 9 })).toHaveLength(1);
      expect(await waiting()).toBe(1);
      const again = await open();
      expect((await keyless.query({ limit: 9 }))[0]?.id).toBe(entry.id);
      expect(await sound(again)).toHaveLength(2);
      rmSync(elsewhere, { recursive: true, force: true });
    });

    it('is somebody else at once where who did so has not the key that the log was changed to', async () => {
      const elsewhere = mkdtempSync(join(tmpdir(), 'ggen-keys-'));
      try {
        await (await open()).close();
        cpSync(folder, elsewhere, { recursive: true });
        const named = (name: string): string => `${connectionString}?application_name=${name}`;
        const behind = await open({ keys: createLogKeys(elsewhere), connectionString: named('behind') });
        await until(async () => (await leader()) === 'behind');
        const ahead = await open({ connectionString: named('ahead') });
        const { origin } = await ahead.head();
        await ahead.changeKey(keys.create(origin), sampleEntry());
        await behind.append(sampleEntry());
        await until(async () => (await waiting()) === 0);
        expect(await leader()).toBe('ahead');
        expect((await behind.head()).size).toBe(2);
        expect(await sound(ahead)).toHaveLength(2);
        // It is given the key, and can do so again.
        cpSync(folder, elsewhere, { recursive: true });
        await ahead.close();
        await until(async () => (await leader()) === 'behind');
        await behind.append(sampleEntry());
        await until(async () => (await waiting()) === 0);
        expect(await sound(behind)).toHaveLength(3);
      } finally {
        rmSync(elsewhere, { recursive: true, force: true });
      }
    });

    it('is missed where nobody has the key: then nothing more is taken, until there is one', async () => {
      const owner = await open();
      await owner.append(sampleEntry());
      const { origin } = await owner.head();
      const elsewhere = mkdtempSync(join(tmpdir(), 'ggen-keys-'));
      try {
        const keyless = await open({ keys: createLogKeys(elsewhere), unsignedMs: 0 });
        const written: string[] = [];
        const write = async (): Promise<boolean> => {
          const entry = sampleEntry();
          try {
            await keyless.append(entry);
          } catch (error) {
            expect(error).toMatchObject({
              code: 'STORE_UNAVAILABLE',
              message: `the key that signs the audit log ${origin} is not there, and no other node has it`,
              hint: expect.stringContaining('rotate-key --lost'),
            });
            return false;
          }
          written.push(entry.id);
          return true;
        };
        // As long as somebody sequences, it writes.
        await new Promise((resolve) => setTimeout(resolve, 2500));
        expect(await write()).toBe(true);
        await owner.close();
        await until(async () => !(await write()));
        const before = await waiting();
        for (const attempt of [
          () => keyless.appendSoon(sampleEntry()),
          () => keyless.attempt(sampleEntry(), {}),
          () => keyless.attempt(sampleEntry(), { rate: { provider: 'p', limit: 5 } }),
          () => keyless.createRequest(sampleRequest(Date.now()), sampleEntry()),
          () => keyless.erase(Date.now(), () => sampleEntry()),
        ]) {
          await expect(attempt()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
        }
        expect(await waiting()).toBe(before);
        // A key that is made because the old one is lost is one, too.
        await keyless.changeKey(createLogKeys(elsewhere).create(origin), sampleEntry());
        await until(write);
        const other = createLogKeys(elsewhere).verifiers(origin);
        await until(async () => (await waiting()) === 0);
        const ids = new Set(await expectSoundLog(keyless, other));
        expect(written.filter((id) => !ids.has(id))).toEqual([]);
        expect(ids.size).toBe(written.length + 2);
      } finally {
        rmSync(elsewhere, { recursive: true, force: true });
      }
    });

    it('needs not be the one who writes or reads: what was acknowledged anywhere is seen by every reader', async () => {
      const writer = await open({ sequence: false });
      const reader = await open({ sequence: false });
      await open();
      for (let i = 1; i <= 20; i += 1) {
        const entry = sampleEntry();
        await writer.append(entry);
        expect((await reader.query({ limit: 1 }))[0]?.id).toBe(entry.id);
        expect((await reader.head()).size).toBe(i);
        expect(await reader.seqOf(entry.id)).toBe(i);
      }
    });

    it('tells its witnesses of every state that it signs', async () => {
      const seen: string[] = [];
      const witness = { name: 'w', observe: (note: string) => void seen.push(note), seen: () => seen };
      const store = await open({ witnesses: [witness] });
      for (let i = 0; i < 3; i += 1) {
        await store.append(sampleEntry());
        expect((await store.head()).checkpoint).toBe(seen.at(-1));
      }
      expect(seen).toHaveLength(3);
    });
  });

  describe('compressing entries', () => {
    const packedTo = async (): Promise<number> =>
      Number((await sql('SELECT packed_to FROM ggen_governance.audit_head').catch(() => []))[0]?.packed_to ?? 0);
    /** A session whose connection ends before its statement of this number. */
    const cutAt = (session: OwnSession, cut: number): Session => {
      let statements = 0;
      const counted =
        <T extends unknown[], R>(run: (...given: T) => Promise<R>) =>
        async (...given: T): Promise<R> => {
          statements += 1;
          if (statements === cut) await session.end();
          return run(...given);
        };
      return { query: counted(session.query), write: counted(session.write) };
    };
    const verified = async (store: GovernanceStore): Promise<LogVerification> =>
      verifyLog(store, { random: randomBytes, keys: keys.verifiers((await store.head()).origin), witnesses: [] });

    it('that is cut off at any of its statements has happened, or not', async () => {
      const store = await open();
      await Promise.all(Array.from({ length: 600 }, () => store.append(sampleEntry())));
      const before = await store.query({ limit: 1000 });
      const settings = { connectionString, durability: 'os', busyTimeoutMs: 5000, maxConnections: 2 } as const;
      const db = await createConnections(settings);
      const cuts: number[] = [];
      for (let cut = 1; (await packedTo()) < 512; cut += 1) {
        const session = await db.connect(5000);
        const packed = await packSome(cutAt(session, cut)).catch(() => undefined);
        await session.end();
        if (packed === undefined) cuts.push(cut);
        else cut = 0;
        expect(await verified(store)).toMatchObject({ ok: true, size: 600, replayed: 600 });
        expect(await store.query({ limit: 1000 })).toEqual(before);
      }
      await db.close();
      // Twice all of them: three looks, then a transaction of six.
      expect(cuts).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    }, 60_000);

    it('while they are taken into the log, cut off at any of its statements, has happened, or not', async () => {
      const store = await open({ sequence: false });
      const entries = Array.from({ length: 700 }, () => sampleEntry());
      for (const entry of entries) void store.append(entry);
      await store.flush();
      const settings = { connectionString, durability: 'os', busyTimeoutMs: 5000, maxConnections: 2 } as const;
      const db = await createConnections(settings);
      const drain = createDrain({ keys, random: randomBytes, partitions: createPartitions(Date.now), compress: true });
      let size = 0;
      let cut = 0;
      while (size === 0) {
        cut += 1;
        const session = await db.connect(5000);
        await drain.once(cutAt(session, cut)).catch(() => undefined);
        await session.end();
        size = Number((await sql('SELECT size FROM ggen_governance.audit_head'))[0]?.size);
        expect([0, 512]).toContain(size);
        expect(await packedTo()).toBe(size);
        expect(await waiting()).toBe(700 - size);
      }
      await db.close();
      expect(cut).toBeGreaterThan(12);
      const last = await open({ compress: true });
      await until(async () => (await waiting()) === 0);
      expect((await sound(last)).toSorted()).toEqual(entries.map(({ id }) => id).toSorted());
      expect(await verified(last)).toMatchObject({ ok: true, size: 700, replayed: 700 });
    }, 120_000);

    it('in a process that is killed at any time, while others write and compress, leaves a log that verifies', async () => {
      const rounds = SOAK ? 40 : 3;
      start('packing', 'other', 50);
      for (let round = 0; round < rounds; round += 1) {
        const from = await packedTo();
        const killed = start('packing', `packs-${round}`, 200);
        await until(async () => (await packedTo()) >= from + 1024 && killed.lines.length > 0);
        killed.process.kill('SIGKILL');
        expect(await killed.ended).toBe('SIGKILL');
      }
      for (const worker of workers) worker.process.kill('SIGKILL');
      await Promise.all(workers.map((worker) => worker.ended));
      const store = await open({ compress: true });
      await store.query({ limit: 1 });
      while ((await store.compact()) > 0);
      const { size } = await store.head();
      expect(await packedTo()).toBe(size - (size % 256));
      expect(await verified(store)).toMatchObject({ ok: true, size, replayed: size });
      const ids = new Set(await sound(store));
      const acks = workers.flatMap((worker) => [...acknowledged(worker.lines).keys()]);
      expect(acks.length).toBeGreaterThan(100);
      expect(acks.filter((id) => !ids.has(id))).toEqual([]);
    }, 300_000);
  });

  describe('a connection that is cut', () => {
    it('before a batch is there: it is written once, by another one', async () => {
      const proxy = await cuttable();
      const store = await open({ connectionString: proxy.connectionString });
      await store.append(sampleEntry());
      const cut = proxy.cut('audit-cut-here', 'before');
      const entries = [sampleEntry(), sampleEntry({ target: 'audit-cut-here' }), sampleEntry()];
      await Promise.all([cut, ...entries.map((entry) => store.append(entry))]);
      expect((await sound(await open())).slice(1)).toEqual(entries.map((entry) => entry.id));
    });

    it('after a batch is there, its answer lost: it is acknowledged, and there once', async () => {
      const proxy = await cuttable();
      const store = await open({ connectionString: proxy.connectionString });
      const known = sampleEntry();
      await store.append(known);
      const cut = proxy.cut('audit-cut-here', 'after');
      const entries = [sampleEntry(), sampleEntry({ target: 'audit-cut-here' }), sampleEntry()];
      const [, again, ...acks] = await Promise.allSettled([
        cut,
        store.append(known),
        ...entries.map((entry) => store.append(entry)),
      ]);
      expect(again).toMatchObject({ status: 'rejected', reason: { code: 'CONFLICT' } });
      expect(acks.map((ack) => ack.status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
      expect((await sound(await open())).slice(1)).toEqual(entries.map((entry) => entry.id));
    });

    it('while an approval is used up: it is used once, and whoever used it hears so', async () => {
      for (const when of ['before', 'after'] as const) {
        const proxy = await cuttable();
        const store = await open({ connectionString: proxy.connectionString });
        const now = Date.now();
        const { id } = await store.createRequest(sampleRequest(now, { requester: when }), sampleEntry());
        const set = { useBy: now + 1_000_000 };
        await store.changeRequest({ id, from: 'pending', to: 'approved', set, entry: sampleEntry() });
        const cut = proxy.cut('COMMIT', when);
        const grant = { approvalId: id, entry: sampleEntry() };
        const attempt = sampleEntry();
        expect(await store.attempt(attempt, { grant })).toEqual({ ok: true });
        await cut;
        const more = { grant: { approvalId: id, entry: sampleEntry() } };
        expect(await store.attempt(sampleEntry(), more)).toEqual({ ok: false, lost: 'grant' });
        expect((await sound(store)).slice(-2)).toEqual([grant.entry.id, attempt.id]);
      }
    });

    it('by the server, again and again, while many write: all that was acknowledged is there once', async () => {
      const worker = start('forever', 'cut-off', 10);
      for (let round = 0; round < (SOAK ? 500 : 25); round += 1) {
        for (let heard = 0; heard < 20; heard += 1) await worker.next();
        await sql(
          'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1 ' +
            'ORDER BY random() LIMIT $2',
          ['cut-off', 1 + (round % 4)],
        );
      }
      expect(worker.process.exitCode).toBeNull();
      worker.process.kill('SIGKILL');
      await worker.ended;
      const ids = new Set(await sound(await open()));
      const acks = [...acknowledged(worker.lines).keys()];
      expect(acks.filter((id) => !ids.has(id))).toEqual([]);
    }, 300_000);

    it('and not given back in time fails what waits, in words that say what isn’t known', async () => {
      const proxy = await cuttable();
      const store = await open({ connectionString: proxy.connectionString, busyTimeoutMs: 300 });
      await store.append(sampleEntry());
      proxy.freeze(true);
      await expect(store.append(sampleEntry())).rejects.toMatchObject({
        code: 'STORE_UNAVAILABLE',
        hint: expect.stringContaining('look whether the entry is on record'),
      });
      proxy.freeze(false);
    });
  });

  describe('a lock that is waited for', () => {
    it('shows what was written under it: a look is taken after it, not with it', async () => {
      const store = await open();
      const rate = { provider: 'anthropic', limit: 1 };
      expect((await store.attempt(sampleEntry(), { rate: { ...rate, limit: 0 } })).ok).toBe(false);
      const other = await openClient(connectionString);
      await other.query('BEGIN');
      await other.query('SELECT pg_advisory_xact_lock($1)', [lockKey('provider anthropic')]);
      const attempt = store.attempt(sampleEntry(), { rate });
      await until(async () => (await sql('SELECT 1 FROM pg_locks WHERE NOT granted')).length > 0);
      await other.query('INSERT INTO ggen_governance.provider_usage SELECT sha256($1), $2, 1', [
        Buffer.from('anthropic'),
        Math.floor(Date.now() / 1000),
      ]);
      await other.query('COMMIT');
      await other.end();
      expect(await attempt).toEqual({ ok: false, lost: 'rate' });
      expect((await store.agentState({ agent: 'x', rate })).providerRequests).toEqual({ anthropic: 1 });
    });

    it('by a request of the same subject: the one that was made meanwhile is found', async () => {
      const store = await open();
      const record = sampleRequest(Date.now());
      const subject = JSON.stringify([record.requester, record.actionDigest, record.policySet]);
      const other = await openClient(connectionString);
      await other.query('BEGIN');
      await other.query('SELECT pg_advisory_xact_lock($1)', [lockKey(`subject ${subject}`)]);
      const asked = store.createRequest(record, sampleEntry());
      await until(async () => (await sql('SELECT 1 FROM pg_locks WHERE NOT granted')).length > 0);
      const { shown, ...rest } = record;
      await other.query(
        'INSERT INTO ggen_governance.approvals (id, status, requester, action_digest, policy_set, request, created_at, ' +
          "decide_by) VALUES ($1, 'pending', $2, $3, $4, $5, $6, $7)",
        [
          Buffer.alloc(16, 7),
          record.requester,
          record.actionDigest,
          record.policySet,
          JSON.stringify({ ...rest, shown }),
          record.createdAt,
          record.decideBy,
        ],
      );
      await other.query('COMMIT');
      await other.end();
      expect((await asked).id).not.toBe(record.id);
      expect(await store.query({ limit: 9 })).toEqual([]);
    });

    it('too long is STORE_UNAVAILABLE, and nothing is written', async () => {
      const store = await open({ busyTimeoutMs: 200 });
      const other = await openClient(connectionString);
      await other.query('BEGIN');
      await other.query('SELECT pg_advisory_xact_lock($1)', [lockKey('agents')]);
      const concurrency = { agent: 'a', limit: 5 };
      const attempt = store.attempt(sampleEntry(), { concurrency });
      await expect(attempt).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', message: /locked by another process/ });
      await other.end();
      expect(await store.query({ limit: 9 })).toEqual([]);
    });
  });

  describe('a server that ends', () => {
    it('is STORE_UNAVAILABLE while it is away; what it had acknowledged is there when it is back', async () => {
      const server = await startPostgresServer();
      try {
        const at = `${server.url}/postgres`;
        const store = await open({ connectionString: at, busyTimeoutMs: 500 });
        const acks: string[] = [];
        let refused: unknown;
        const caller = async (): Promise<void> => {
          while (refused === undefined) {
            const entry = sampleEntry();
            try {
              await store.append(entry);
              acks.push(entry.id);
            } catch (error) {
              refused ??= error;
            }
          }
        };
        const callers = Array.from({ length: 20 }, caller);
        await until(async () => acks.length > 300);
        await server.stop('crash');
        await Promise.all(callers);
        expect(refused).toMatchObject({ code: 'STORE_UNAVAILABLE', message: /could not be reached|takes no writes/ });
        await expect(store.query({ limit: 1 })).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
        await expect(store.getRequest('x')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
        await expect(store.attempt(sampleEntry(), { rate: { provider: 'p', limit: 9 } })).rejects.toMatchObject({
          code: 'STORE_UNAVAILABLE',
        });
        await server.start();
        const entry: AuditEntry = sampleEntry();
        await until(() =>
          store.append(entry).then(
            () => true,
            () => false,
          ),
        );
        await until(async () => (await store.query({ limit: 1 }))[0]?.id === entry.id);
        const ids = new Set(await sound(store));
        expect(acks.filter((id) => !ids.has(id))).toEqual([]);
        await store.close();
      } finally {
        await server.remove();
      }
    }, 120_000);

    it('that isn’t there when the store is opened says where it was looked for', async () => {
      const nowhere = 'postgresql://ggen:geheim@127.0.0.1:1/ggen_audit';
      await expect(open({ connectionString: nowhere })).rejects.toMatchObject({
        code: 'STORE_UNAVAILABLE',
        message: 'the governance database postgresql://ggen@127.0.0.1:1/ggen_audit could not be reached: ECONNREFUSED',
      });
    });
  });
});
