import { spawnSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { chownSync, cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLogKeys, type LogKeyFolder } from '../../src/adapters/keys/index.ts';
import { createConnections } from '../../src/adapters/postgres/connections.ts';
import { createDrain } from '../../src/adapters/postgres/drain.ts';
import { entryQuery } from '../../src/adapters/postgres/entry-query.ts';
import { openPostgresStore, type PostgresStoreOptions } from '../../src/adapters/postgres/index.ts';
import { packSome } from '../../src/adapters/postgres/packed-entries.ts';
import { createPartitions } from '../../src/adapters/postgres/partitions.ts';
import { MIGRATIONS } from '../../src/adapters/postgres/schema.ts';
import { openCheckpoint, parseVerifierKey } from '../../src/audit/index.ts';
import type { GovernanceStore } from '../../src/governor/index.ts';
import { createDatabase, dropDatabase, query } from '../support/postgres-database.ts';
import { startPostgresServer, whyNoPostgres } from '../support/postgres-server.ts';
import { expectSoundLog } from '../support/sound-log.ts';
import { sampleEntry } from './store-samples.ts';

const missing = whyNoPostgres();
const HOUR = 3_600_000;

describe.skipIf(missing !== undefined)(missing === undefined ? 'Postgres' : `Postgres (${missing})`, () => {
  let connectionString: string;
  let folder: string;
  let keys: LogKeyFolder;
  let stores: GovernanceStore[];

  const open = async (change: Partial<PostgresStoreOptions> = {}): Promise<GovernanceStore> => {
    const store = await openPostgresStore({ connectionString, clock: Date.now, keys, ...change });
    stores.push(store);
    return store;
  };
  const sql = (text: string, values: readonly unknown[] = []) => query(connectionString, text, values);

  beforeEach(async () => {
    stores = [];
    folder = mkdtempSync(join(tmpdir(), 'ggen-keys-'));
    keys = createLogKeys(folder);
    connectionString = await createDatabase();
  });
  afterEach(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await dropDatabase(connectionString);
    rmSync(folder, { recursive: true, force: true });
  });

  describe('its password', () => {
    const secret = 'Geheim%2Fword1';
    const failure = async (change: (url: URL) => string): Promise<unknown> => {
      try {
        await open({ connectionString: change(new URL(connectionString)), busyTimeoutMs: 500 });
      } catch (error) {
        return error;
      }
      throw new Error('was opened');
    };

    it.each<[string, string, (url: URL) => string]>([
      ['is wrong', 'STORE_UNAVAILABLE', (url) => Object.assign(url, { password: secret }).href],
      [
        'is for a server that isn’t there',
        'STORE_UNAVAILABLE',
        (url) => Object.assign(url, { port: '1', password: secret }).href,
      ],
      ['is in a text that is no URL', 'CONFIG_INVALID', () => `postgresql://ggen:${secret}@[::zz/x`],
      [
        'is beside a certificate that isn’t there',
        'CONFIG_INVALID',
        (url) => `${Object.assign(url, { password: secret }).href}?sslrootcert=/nowhere/${secret}`,
      ],
      [
        'is for a server without TLS',
        'STORE_UNAVAILABLE',
        (url) => `${Object.assign(url, { password: secret }).href}?sslmode=verify-full`,
      ],
      [
        'is a parameter',
        'STORE_UNAVAILABLE',
        (url) => `${Object.assign(url, { password: '' }).href}?password=${secret}`,
      ],
    ])('is in no error where it %s', async (_where, code, change) => {
      const error = await failure(change);
      expect(error).toMatchObject({ code });
      const shown = inspect(error, { depth: 20, showHidden: true }) + JSON.stringify(error);
      expect(shown).not.toContain(secret);
      expect(shown).not.toContain(decodeURIComponent(secret));
    });
  });

  describe('TLS', () => {
    const certificates = mkdtempSync(join(tmpdir(), 'ggen-tls-'));
    const made = spawnSync(
      'openssl',
      ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'key.pem', '-out', 'cert.pem', '-days', '2'].concat([
        '-subj',
        '/CN=localhost',
        '-addext',
        'subjectAltName=DNS:localhost',
      ]),
      { cwd: certificates },
    );
    const without = made.status === 0 ? '' : ' (no openssl to make a certificate)';

    it.skipIf(without !== '')(`is what the connection string asks for${without}`, async () => {
      if (process.getuid?.() === 0)
        for (const name of ['', ...readdirSync(certificates)]) chownSync(join(certificates, name), 65534, 65534);
      const [certificate, key] = [join(certificates, 'cert.pem'), join(certificates, 'key.pem')];
      const server = await startPostgresServer({ ssl: 'on', ssl_cert_file: certificate, ssl_key_file: key });
      try {
        const at = `${server.url.replace('127.0.0.1', 'localhost')}/postgres`;
        const store = await open({ connectionString: `${at}?sslmode=verify-full&sslrootcert=${certificate}` });
        await store.append(sampleEntry());
        const [row] = await query(
          at,
          'SELECT bool_and(ssl) AS ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = $1',
          ['ggen-governance'],
        );
        expect(row?.ssl).toBe(true);
        // Signed by nobody who is trusted, or for another name: no connection.
        for (const untrusted of [
          `${at}?sslmode=verify-full`,
          `${server.url}/postgres?sslmode=verify-full&sslrootcert=${certificate}`,
        ]) {
          await expect(open({ connectionString: untrusted })).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
        }
        await store.close();
      } finally {
        await server.remove();
        rmSync(certificates, { recursive: true, force: true });
      }
    });
  });

  describe('a database', () => {
    it('that a newer program has been at is left alone', async () => {
      await (await open()).close();
      await sql('UPDATE ggen_governance.schema_version SET version = 99');
      await expect(open()).rejects.toMatchObject({ code: 'STORE_INCOMPATIBLE', hint: 'update ggen-governance' });
    });

    it('may hold other things beside', async () => {
      await sql('CREATE TABLE approvals (mine text)');
      const store = await open();
      await store.append(sampleEntry());
      expect(await store.listRequests({ limit: 9 })).toEqual([]);
      expect(await sql('SELECT * FROM public.approvals')).toEqual([]);
    });

    it.each([
      ['disk', 'on'],
      ['os', 'off'],
    ] as const)('commits as durability "%s" says', async (durability, commit) => {
      const db = await createConnections({ connectionString, durability, busyTimeoutMs: 1000, maxConnections: 1 });
      expect(await db.use((session) => session.query('SHOW synchronous_commit'))).toEqual([
        { synchronous_commit: commit },
      ]);
      await db.close();
    });

    it('that doesn’t sync is refused where "disk" is asked for', async () => {
      const server = await startPostgresServer({ fsync: 'off' });
      try {
        const at = `${server.url}/postgres`;
        await expect(open({ connectionString: at })).rejects.toMatchObject({ message: /does not sync to its disk/ });
        await (await open({ connectionString: at, durability: 'os' })).close();
      } finally {
        await server.remove();
      }
    });

    it('refuses that entries are changed or removed', async () => {
      const store = await open();
      await store.append(sampleEntry());
      await store.query({ limit: 1 });
      for (const change of [
        "UPDATE ggen_governance.audit_entries SET result = 'denied'",
        'UPDATE ggen_governance.audit_entries SET metadata = NULL',
        'DELETE FROM ggen_governance.audit_entries',
      ]) {
        await expect(sql(change)).rejects.toThrow('never changed or removed');
      }
      await Promise.all(Array.from({ length: 300 }, () => store.append(sampleEntry())));
      await store.close();
      const packing = await open({ compress: true });
      await packing.compact();
      await packing.close();
      expect((await sql('SELECT packed_to::int AS to FROM ggen_governance.audit_head'))[0]?.to).toBe(256);
      for (const change of [
        "UPDATE ggen_governance.audit_entries SET metadata = '{}' WHERE seq = 3",
        "UPDATE ggen_governance.audit_entries SET metadata = NULL, result = 'denied' WHERE seq = 3",
        'UPDATE ggen_governance.audit_entries SET metadata = NULL WHERE seq = 300',
        'DELETE FROM ggen_governance.audit_blocks',
        "UPDATE ggen_governance.audit_blocks SET texts = ''",
      ]) {
        await expect(sql(change)).rejects.toThrow('never changed or removed');
      }
    });

    it('names the entries whose compressed texts are damaged or gone', async () => {
      const store = await open({ compress: true });
      await Promise.all(Array.from({ length: 300 }, () => store.append(sampleEntry())));
      await store.query({ limit: 1 });
      while ((await store.compact()) > 0);
      await sql('ALTER TABLE ggen_governance.audit_blocks DISABLE TRIGGER ALL');
      for (const [change, names] of [
        ["UPDATE ggen_governance.audit_blocks SET texts = '\\x0102' WHERE first_seq = 65", 'entries 65–96'],
        ["UPDATE ggen_governance.audit_blocks SET texts = '' WHERE first_seq = 193", 'entries 65–96, 193–224'],
        ['DELETE FROM ggen_governance.audit_blocks WHERE first_seq IN (65, 193)', 'entries 65–96, 193–224'],
      ] as const) {
        await sql(change);
        const damaged = {
          code: 'STORE_UNAVAILABLE',
          message: `the governance database is damaged: the texts of ${names} can't be read`,
        };
        await expect(store.query({ limit: 1, beforeSeq: 97 })).rejects.toMatchObject({
          message: expect.stringContaining('the texts of entry 96 can'),
        });
        const replayed = async () => {
          for await (const page of store.replay(0)) expect(page.length).toBeGreaterThan(0);
        };
        await expect(replayed()).rejects.toMatchObject(damaged);
        expect(await store.query({ limit: 64, beforeSeq: 65 })).toHaveLength(64);
      }
    });

    it('gives back the room that compressed entries left, once their month is past', async () => {
      let now = Date.parse('2026-10-23T12:00:00Z');
      const plain = await open({ clock: () => now });
      await Promise.all(
        Array.from({ length: 512 }, () =>
          plain.append(sampleEntry({ timestamp: now, metadata: { text: randomBytes(700).toString('hex') } })),
        ),
      );
      const before = await plain.query({ limit: 1000 });
      await plain.close();
      const store = await open({ compress: true, clock: () => now });
      const room = async (): Promise<number> =>
        Number((await sql("SELECT pg_table_size('ggen_governance.audit_entries_2026_10')::int AS bytes"))[0]?.bytes);
      const full = await room();
      for (let idle = 0; idle < 2; ) idle = (await store.compact()) > 0 ? 0 : idle + 1;
      expect(await room()).toBeGreaterThanOrEqual(full);
      now = Date.parse('2026-11-01T12:00:00Z');
      // Where the server itself is vacuuming that month, a later call does it.
      await vi.waitFor(
        async () => {
          expect(await store.compact()).toBe(0);
          expect(await room()).toBeLessThan(full / 3);
        },
        { timeout: 20_000, interval: 100 },
      );
      expect(await sql("SELECT obj_description('ggen_governance.audit_entries_2026_10'::regclass) AS note")).toEqual([
        { note: 'compressed' },
      ]);
      expect(await store.query({ limit: 1000 })).toEqual(before);
      await expectSoundLog(store, keys.verifiers((await store.head()).origin));
    });

    it('takes in what fills whole tiles compressed at once, and the rest of a tile when it is full', async () => {
      const store = await open({ sequence: false });
      const write = async (count: number): Promise<void> => {
        await Promise.all(Array.from({ length: count }, (_, i) => store.append(sampleEntry({ target: `t${i}` }))));
      };
      const settings = { connectionString, durability: 'os', busyTimeoutMs: 5000, maxConnections: 2 } as const;
      const db = await createConnections(settings);
      const parts = { keys, random: randomBytes, partitions: createPartitions(Date.now) };
      const drain = createDrain({ ...parts, compress: true });
      const once = () => db.use((session) => drain.once(session));
      const state = async (): Promise<unknown> =>
        (
          await sql(
            "SELECT size::int, packed_to::int, (SELECT string_agg(seqs, ' ' ORDER BY seqs) FROM (SELECT min(seq) || '-' || " +
              'max(seq) AS seqs FROM ggen_governance.audit_entries WHERE metadata IS NULL GROUP BY (seq - 1) / 256) AS tiles) ' +
              'AS packed FROM ggen_governance.audit_head',
          )
        )[0];
      try {
        await write(100);
        while ((await once()).again);
        await write(700);
        // To the end of the last tile that gets full, all but the one that has begun; the rest by itself.
        expect((await once()).count).toBe(668);
        expect(await state()).toEqual({ size: 768, packed_to: 0, packed: '257-512 513-768' });
        expect((await once()).count).toBe(32);
        expect(await db.use(packSome)).toBe(256);
        expect(await db.use(packSome)).toBe(0);
        expect(await state()).toEqual({ size: 800, packed_to: 768, packed: '1-256 257-512 513-768' });
        await write(224);
        expect((await once()).count).toBe(224);
        await write(256);
        expect((await once()).count).toBe(256);
        expect(await db.use(packSome)).toBe(256);
        expect(await db.use(packSome)).toBe(0);
        await write(256);
        expect((await once()).count).toBe(256);
        expect(await state()).toMatchObject({ size: 1536, packed_to: 1536 });
      } finally {
        await db.close();
      }
      const later = await open();
      expect((await later.query({ limit: 700, beforeSeq: 801 })).map(({ target }) => target)).toEqual(
        Array.from({ length: 700 }, (_, i) => `t${699 - i}`),
      );
      await expectSoundLog(later, keys.verifiers((await later.head()).origin));
    });

    it('that holds a number twice is told of', async () => {
      const store = await open();
      await Promise.all(Array.from({ length: 5 }, () => store.append(sampleEntry())));
      await store.query({ limit: 1 });
      expect(await store.selfCheck()).toEqual([]);
      await sql(
        "INSERT INTO ggen_governance.audit_entries SELECT seq, timestamp + 1, decode(repeat('ab', 16), 'hex'), correlation_id, salt, event_type, actor_type, " +
          "actor_id, actor_name, ip_address, operation, parameters, target, 'denied', metadata FROM ggen_governance.audit_entries WHERE seq = 3",
      );
      expect(await store.selfCheck()).toEqual(['1 numbers of the log are there twice: entries were put there']);
    });

    it.each([
      [
        'a view in a table’s place',
        'ALTER TABLE audit_rollups RENAME TO was; CREATE VIEW audit_rollups AS SELECT * FROM was',
        'audit_rollups, was',
      ],
      [
        'a rule',
        'CREATE RULE drop_denied AS ON INSERT TO audit_outbox WHERE NEW.result = $$denied$$ DO INSTEAD NOTHING',
        'audit_outbox',
      ],
      ['row policies', 'ALTER TABLE approvals ENABLE ROW LEVEL SECURITY', 'approvals'],
      [
        'a trigger of somebody else’s',
        'CREATE FUNCTION soften() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.result = $q$success$q$; RETURN NEW; END $$; ' +
          'CREATE TRIGGER soften BEFORE INSERT ON audit_outbox FOR EACH ROW EXECUTE FUNCTION soften()',
        'soften',
      ],
      [
        'the refusal switched off',
        'ALTER TABLE audit_blocks DISABLE TRIGGER audit_blocks_never_changed',
        'audit_blocks_never_changed',
      ],
      [
        'the refusal taken away',
        'DROP TRIGGER audit_entries_never_changed ON audit_entries',
        'audit_entries_never_changed',
      ],
      [
        'the refusal on one part switched off',
        'ALTER TABLE audit_entries_default DISABLE TRIGGER audit_entries_never_changed',
        'audit_entries_never_changed',
      ],
      [
        'the refusal without effect',
        'CREATE OR REPLACE FUNCTION audit_entries_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$',
        'audit_entries_refuse',
      ],
      [
        'a part with another name',
        'CREATE TABLE hidden PARTITION OF audit_entries FOR VALUES FROM (1) TO (2)',
        'audit_entries_never_changed, hidden',
      ],
    ])('that has %s is told of', async (_, change, names) => {
      const store = await open();
      await store.append(sampleEntry());
      await store.query({ limit: 1 });
      expect(await store.selfCheck()).toEqual([]);
      await sql(`SET search_path TO ggen_governance; ${change}`);
      expect(await store.selfCheck()).toEqual([
        `tables, views, rules, triggers or functions of the store are not as this program makes them: ${names}`,
      ]);
    });

    it('that holds entries as written among compressed ones, or misspelt ids, is told of', async () => {
      const store = await open({ compress: true });
      await Promise.all(Array.from({ length: 300 }, () => store.append(sampleEntry({ correlationId: randomUUID() }))));
      await store.query({ limit: 1 });
      while ((await store.compact()) > 0);
      expect(await store.selfCheck()).toEqual([]);
      await sql(
        'SET search_path TO ggen_governance; ALTER TABLE audit_entries DISABLE TRIGGER USER; ' +
          "UPDATE audit_entries SET metadata = '{}' WHERE seq = 3; " +
          "UPDATE audit_entries SET correlation_id = 'no mark before it' WHERE seq = 280; " +
          'ALTER TABLE audit_entries ENABLE TRIGGER USER',
      );
      expect(await store.selfCheck()).toEqual([
        '1 entries stand as written among those that are compressed: they were put there',
        '1 entries have an id in another form than questions look for: they were changed',
      ]);
    });

    it('of version 1 is taken over', async () => {
      const { vkey } = keys.create('ggen-governance/log/old').verifier;
      await sql(
        `CREATE SCHEMA ggen_governance; SET search_path TO ggen_governance, pg_temp; ${MIGRATIONS[0]}; ` +
          'CREATE TABLE schema_version (version int NOT NULL); INSERT INTO schema_version VALUES (1); ' +
          `INSERT INTO audit_head (origin, vkey, size, erased_to, frontier) VALUES ('ggen-governance/log/old', '${vkey}', 0, 0, '')`,
      );
      const store = await open({ compress: true });
      await Promise.all(Array.from({ length: 300 }, () => store.append(sampleEntry())));
      await store.query({ limit: 1 });
      while ((await store.compact()) > 0);
      await expectSoundLog(store, keys.verifiers('ggen-governance/log/old'));
    });

    it('of version 1 that has entries answers as before, and they are compressed', async () => {
      const first = await open();
      await Promise.all(Array.from({ length: 300 }, (_, i) => first.append(sampleEntry({ target: `t${i}` }))));
      const before = await first.query({ limit: 999 });
      const { origin } = await first.head();
      await first.close();
      const rows = async (table: string): Promise<unknown[]> => sql(`SELECT * FROM before.${table}`);
      // A database as version 1 made it, with what this one holds.
      const tables = ['ids', 'entries', 'hours', 'tiles', 'rollups'].map((name) => `audit_${name}`);
      await sql(
        'ALTER SCHEMA ggen_governance RENAME TO before; CREATE SCHEMA ggen_governance; ' +
          `SET search_path TO ggen_governance, pg_temp; ${MIGRATIONS[0]}; ` +
          'CREATE TABLE schema_version (version int NOT NULL); INSERT INTO schema_version VALUES (1); ' +
          'INSERT INTO audit_head (origin, vkey, size, erased_to, frontier, checkpoint) ' +
          'SELECT origin, vkey, size, erased_to, frontier, checkpoint FROM before.audit_head; ' +
          tables.map((name) => `INSERT INTO ${name} SELECT * FROM before.${name}`).join('; '),
      );
      expect(await rows('audit_entries')).toHaveLength(300);
      const store = await open({ compress: true });
      expect(await store.query({ limit: 999 })).toEqual(before);
      while ((await store.compact()) > 0);
      expect((await sql('SELECT packed_to::int AS to FROM ggen_governance.audit_head'))[0]?.to).toBe(256);
      expect(await store.query({ limit: 999 })).toEqual(before);
      await store.append(sampleEntry());
      await expectSoundLog(store, keys.verifiers(origin));
    });

    it('is told of a change of key under the very checkpoint that both keys sign, however much waits', async () => {
      const store = await open({ sequence: false });
      for (let i = 0; i < 5; i += 1) {
        await Promise.all(Array.from({ length: 500 }, () => store.append(sampleEntry())));
      }
      const [head] = await sql('SELECT origin, vkey FROM ggen_governance.audit_head');
      const origin = String(head?.origin);
      const told = sampleEntry({ metadata: { event: 'log_key_changed' } });
      const next = keys.create(origin);
      await store.changeKey(next, told);
      const [change] = await sql('SELECT size::int AS size, checkpoint FROM ggen_governance.audit_checkpoints');
      const size = Number(change?.size);
      expect(await store.seqOf(told.id)).toBe(size);
      expect(size).toBeLessThan(2501);
      for (const vkey of [String(head?.vkey), next.verifier.vkey]) {
        const { checkpoint } = openCheckpoint(String(change?.checkpoint), [parseVerifierKey(vkey)]);
        expect(checkpoint.size).toBe(size);
      }
      keys.retire(keys.find(origin, String(head?.vkey))!);
      const other = await open();
      await vi.waitFor(async () => expect((await other.head()).size).toBe(2501), { timeout: 20_000 });
      await expectSoundLog(other, [next.verifier]);
    });

    it('is left to other nodes by one that has not the key it was changed to', async () => {
      const elsewhere = mkdtempSync(join(tmpdir(), 'ggen-keys-'));
      cpSync(folder, elsewhere, { recursive: true });
      try {
        const first = await open();
        await first.append(sampleEntry());
        const { origin } = await first.head();
        cpSync(folder, elsewhere, { recursive: true });
        const behind = await open({ keys: createLogKeys(elsewhere) });
        await first.changeKey(keys.create(origin), sampleEntry());
        await first.close();
        // Acknowledged all the same; it is in the log once somebody with the key is there.
        await behind.append(sampleEntry());
        expect((await behind.head()).size).toBe(2);
        const second = await open();
        await vi.waitFor(async () => expect((await second.head()).size).toBe(3), { timeout: 20_000 });
        await expectSoundLog(second, keys.verifiers(origin));
      } finally {
        rmSync(elsewhere, { recursive: true, force: true });
      }
    });
  });

  describe('the log', () => {
    it('lies by month; what is far from now lies apart, and all of it is one order', async () => {
      const now = Date.parse('2026-11-23T12:00:00Z');
      const store = await open({ clock: () => now });
      const times = ['2026-11-01', '2026-10-31', '2026-12-01', '1999-01-01', '2200-01-01'].map((day) =>
        Date.parse(day),
      );
      for (const timestamp of [...times, 0, 8.64e15]) await store.append(sampleEntry({ timestamp }));
      expect(await store.query({ limit: 99 })).toHaveLength(7);
      const rows = await sql(
        'SELECT replace(tableoid::regclass::text, $1, $2) AS part, array_agg(seq ORDER BY seq)::text AS seqs ' +
          'FROM ggen_governance.audit_entries GROUP BY 1 ORDER BY 1',
        ['ggen_governance.audit_entries_', ''],
      );
      expect(rows).toEqual([
        { part: '2026_10', seqs: '{2}' },
        { part: '2026_11', seqs: '{1}' },
        { part: '2026_12', seqs: '{3}' },
        { part: 'default', seqs: '{4,5,6,7}' },
      ]);
      await expectSoundLog(store, keys.verifiers((await store.head()).origin));
    });

    it('goes on where a month comes near that has entries in the default part', async () => {
      let now = Date.parse('2026-11-23T12:00:00Z');
      const later = Date.parse('2029-01-01');
      const store = await open({ clock: () => now });
      await store.append(sampleEntry({ timestamp: later }));
      expect(await store.query({ limit: 9 })).toHaveLength(1);
      now = later;
      await store.append(sampleEntry({ timestamp: later }));
      expect((await store.query({ limit: 9 })).map((entry) => entry.seq)).toEqual([2, 1]);
    });

    it('takes names longer than an index does', async () => {
      const long = Array.from({ length: 3000 }, (_, i) => String.fromCodePoint(0x4e00 + ((i * 7919) % 20_000))).join(
        '',
      );
      const store = await open();
      const entry = sampleEntry({
        actor: { actorType: 'agent', id: long, name: long },
        operation: { name: long },
        correlationId: long,
        target: long,
      });
      await store.append(entry);
      const rate = { provider: long, limit: 5 };
      expect(await store.attempt(sampleEntry(), { rate, concurrency: { agent: long, limit: 5 } })).toEqual({
        ok: true,
      });
      for (const filter of [{ actor: long }, { operation: long }, { correlationId: long }, { text: long }]) {
        expect(await store.query({ limit: 9, ...filter })).toEqual([{ ...entry, seq: 1 }]);
      }
      expect(await store.query({ limit: 9, actor: long.slice(0, 2999) })).toEqual([]);
      await expectSoundLog(store, keys.verifiers((await store.head()).origin));
    });

    it('is counted by hour with what was left out, by whatever is asked', async () => {
      const start = Date.parse('2026-11-23T10:00:00Z');
      const store = await open({ clock: () => start });
      const at = (hours: number, change = {}) => sampleEntry({ timestamp: start + hours * HOUR, ...change });
      for (const entry of [at(0), at(0, { result: 'denied' }), at(1, { eventType: 'policy_violation' })])
        await store.append(entry);
      await Promise.all([at(0), at(0), at(26)].map((entry) => store.countLeftOut(entry, 'sampled')));
      expect(await store.stats({ groupBy: 'event_type' })).toEqual([
        { key: 'agent_action', recorded: 2, leftOut: 3, results: { unknown: 1, denied: 1 } },
        { key: 'policy_violation', recorded: 1, leftOut: 0, results: { unknown: 1 } },
      ]);
      const counts = async (groupBy: 'hour' | 'day' | 'actor' | 'operation' | 'result', more = {}) =>
        (await store.stats({ groupBy, ...more })).map(({ key, recorded, leftOut }) => [key, recorded, leftOut]);
      expect(await counts('hour')).toEqual([
        ['2026-11-23T10', 2, 2],
        ['2026-11-23T11', 1, 0],
        ['2026-11-24T12', 0, 1],
      ]);
      expect(await counts('day')).toEqual([
        ['2026-11-23', 3, 2],
        ['2026-11-24', 0, 1],
      ]);
      expect(await counts('actor', { from: start + HOUR / 2, to: start + HOUR / 2 })).toEqual([['writer', 2, 2]]);
      expect(await counts('operation', { from: start + HOUR })).toEqual([['write_file', 1, 1]]);
      expect(await counts('result')).toEqual([
        ['unknown', 2, 3],
        ['denied', 1, 0],
      ]);
    });

    it('loses what is older than it is to be kept: entries, ids and months go, the tree and the counts stay', async () => {
      const now = Date.parse('2026-11-23T12:00:00Z');
      const store = await open({ clock: () => now });
      const old = Date.parse('2026-08-10T00:00:00Z');
      const write = async (timestamp: number, count: number): Promise<void> => {
        await Promise.all(Array.from({ length: count }, () => store.append(sampleEntry({ timestamp }))));
        await store.query({ limit: 1 });
      };
      await write(old, 600);
      await write(Date.parse('2026-09-10'), 300);
      await write(now, 100);
      const before = await store.head();
      const leaves = Buffer.concat(await store.tile(0, 0, 256));
      const told: number[] = [];
      const tell = (erasedTo: number) => {
        told.push(erasedTo);
        return sampleEntry({ timestamp: now, eventType: 'system_event', operation: { name: 'erase' } });
      };
      expect(await store.erase(Date.parse('2026-09-01'), tell)).toBe(512);
      expect(await store.erase(Date.parse('2026-09-01'), tell)).toBe(0);
      expect(told).toEqual([512]);
      expect(await store.head()).toMatchObject({ size: before.size + 1, erasedTo: 512 });
      const rest = (await store.query({ limit: 9999 })).map((entry) => entry.seq);
      expect([rest.length, rest.at(-1)]).toEqual([489, 513]);
      expect((await store.query({ limit: 9999, to: Date.parse('2026-09-01') })).length).toBe(88);
      expect(await store.erase(Date.parse('2026-10-01'), tell)).toBe(256);
      expect((await sql('SELECT count(*)::int AS n FROM ggen_governance.audit_ids'))[0]?.n).toBe(234);
      expect(Buffer.concat(await store.tile(0, 0, 256)).equals(leaves)).toBe(true);
      expect((await store.stats({ groupBy: 'day' })).map(({ key, recorded }) => [key, recorded])).toEqual([
        ['2026-08-10', 600],
        ['2026-09-10', 300],
        ['2026-11-23', 102],
      ]);
      const parts = await sql("SELECT relname FROM pg_class WHERE relname ~ '^audit_entries_2026_..$' ORDER BY 1");
      expect(parts.map((row) => row.relname)).toEqual([
        'audit_entries_2026_09',
        'audit_entries_2026_11',
        'audit_entries_2026_12',
      ]);
      // A month that is gone may still be written of.
      await write(old, 1);
      expect((await store.query({ limit: 1 }))[0]?.timestamp).toBe(old);
    });

    it('is searched for text in either case of ASCII letters, and read through in pages', async () => {
      const store = await open();
      const entries = Array.from({ length: 1203 }, (_, i) =>
        sampleEntry({ target: i % 400 === 7 ? `src/Needle-${i}` : 'src/hay' }),
      );
      for (let at = 0; at < entries.length; at += 1000) {
        await Promise.all(entries.slice(at, at + 1000).map((entry) => store.append(entry)));
      }
      expect((await store.query({ limit: 3, text: 'nEEDLE' })).map((entry) => entry.target)).toEqual([
        'src/Needle-807',
        'src/Needle-407',
        'src/Needle-7',
      ]);
      const pages: number[] = [];
      for await (const page of store.read({})) pages.push(page.length);
      expect(pages).toEqual([500, 500, 203]);
      const replayed: string[] = [];
      for await (const page of store.replay(1200)) for (const { texts } of page) replayed.push(texts.id);
      expect(replayed).toEqual(entries.slice(1200).map((entry) => entry.id));
    });

    it('is found through an index, whatever is asked of it', async () => {
      const store = await open();
      await Promise.all(
        Array.from({ length: 3000 }, (_, i) => store.append(sampleEntry({ timestamp: Date.now() - i * 60_000 }))),
      );
      await store.query({ limit: 1 });
      await sql('ANALYZE');
      for (const filter of [
        {},
        { actor: 'nobody' },
        { operation: 'nothing' },
        { correlationId: 'none' },
        { eventType: 'security_incident' },
        { beforeSeq: 100 },
        { from: Date.now() - HOUR, to: Date.now() },
      ] as const) {
        const { sql: text, values } = entryQuery({ limit: 10, ...filter })!;
        const within = `${connectionString}?options=-c%20search_path%3Dggen_governance`;
        const shown = (await query(within, `EXPLAIN ${text}`, values)).map((row) => String(row['QUERY PLAN']));
        // Partitions that are empty are read as they are.
        const read = shown.filter((line) => line.includes('Seq Scan on audit_entries') && !/rows=[01] /.test(line));
        expect(read).toEqual([]);
        expect(shown.join()).toMatch(/Index Scan/);
      }
    });
  });
});
