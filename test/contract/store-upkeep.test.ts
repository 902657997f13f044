// What is done to a log beside writing and reading it: older entries are compressed, and its key is changed.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogKeys } from '../../src/adapters/keys/index.ts';
import { createFileWitness } from '../../src/adapters/witness/index.ts';
import {
  type AuditFilter,
  type LogVerification,
  openCheckpoint,
  proveKeyChange,
  verifyLog,
  verifyProof,
} from '../../src/audit/index.ts';
import { logSigner } from '../../src/compose/index.ts';
import type { GovernanceStore } from '../../src/governor/index.ts';
import type { AuditEntry } from '../../src/model/audit-entry.ts';
import { expectSoundLog } from '../support/sound-log.ts';
import { describeStores } from './describe-stores.ts';
import type { OpenStoreOptions, StorePlace } from './store-kinds.ts';
import { newId, sampleEntry } from './store-samples.ts';

const HOUR = 3_600_000;

describeStores('upkeep of the $name store', (kind) => {
  let place: StorePlace;
  let stores: GovernanceStore[];
  let folder: string;

  const open = async (options: OpenStoreOptions = {}): Promise<GovernanceStore> => {
    const store = await kind.open(place, options);
    stores.push(store);
    return store;
  };
  const keys = () => createLogKeys(kind.keysFolder(place));
  const witness = (name: string) => createFileWitness({ path: join(folder, name), everyMs: 0 });
  const verify = async (store: GovernanceStore): Promise<LogVerification> =>
    verifyLog(store, { random: randomBytes, keys: keys().verifiers((await store.head()).origin), witnesses: [] });

  beforeEach(async () => {
    stores = [];
    folder = mkdtempSync(join(tmpdir(), 'ggen-upkeep-'));
    place = await kind.create();
  });
  afterEach(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await kind.remove(place);
    rmSync(folder, { recursive: true, force: true });
  });

  describe('compressed entries', () => {
    const correlationId = newId();
    const entries = (count: number): AuditEntry[] =>
      Array.from({ length: count }, (_, i) =>
        sampleEntry({
          timestamp: Math.floor(i / 100) * HOUR,
          actor: { actorType: 'agent', id: `a${i % 7}`, name: `Ä "${i}"`, ...(i % 3 ? {} : { ipAddress: '::1' }) },
          operation:
            i % 2 ? { name: 'read_file' } : { name: 'write_file', parameters: { path: `p${i}`, n: [i, null] } },
          result: i % 50 === 0 ? 'denied' : 'success',
          metadata: { event: 'attempt', text: `ünïcödé \u2028 ${i}`, long: i % 90 ? '' : 'x'.repeat(70_000) },
          ...(i % 5 ? { target: `t${i}` } : {}),
          ...(i % 200 === 7 ? { correlationId } : {}),
        }),
      );
    const questions: readonly AuditFilter[] = [
      { limit: 1000 },
      { limit: 3, actor: 'a4' },
      { limit: 10, actor: 'a0', operation: 'write_file', result: 'denied' },
      { limit: 1000, correlationId },
      { limit: 1000, result: 'denied' },
      { limit: 20, text: '\u2028 61' },
      { limit: 1000, from: 2 * HOUR, to: 3 * HOUR },
      { limit: 40, beforeSeq: 300 },
    ];
    const answers = async (store: GovernanceStore): Promise<unknown> => {
      const read = [];
      for await (const page of store.read({})) read.push(...page);
      return { asked: await Promise.all(questions.map((question) => store.query(question))), read };
    };

    it('answer and prove as before, whole tiles of them, and stay where compression is turned off again', async () => {
      const plain = await open();
      for (const some of [entries(300), entries(400)]) await Promise.all(some.map((entry) => plain.append(entry)));
      const before = await answers(plain);
      expect(await plain.compact()).toBe(0);
      await plain.close();
      const store = await open({ compress: true });
      let packed = 0;
      for (let some = await store.compact(); some > 0; some = await store.compact()) packed += some;
      // The store may have packed some on its own account already.
      expect(packed).toBeLessThanOrEqual(512);
      expect(await answers(store)).toEqual(before);
      await expectSoundLog(store, keys().verifiers((await store.head()).origin));
      expect(await verify(store)).toMatchObject({ ok: true, size: 700, replayed: 700 });
      await Promise.all(entries(100).map((entry) => store.append(entry)));
      expect(await verify(store)).toMatchObject({ ok: true, size: 800 });
      await store.close();
      const later = await open();
      expect(await verify(later)).toMatchObject({ ok: true, size: 800, replayed: 800 });
    });

    it('are erased like others', async () => {
      const store = await open({ compress: true });
      await Promise.all(entries(700).map((entry) => store.append(entry)));
      while ((await store.compact()) > 0);
      expect(
        await store.erase(4 * HOUR, () =>
          sampleEntry({
            eventType: 'system_event',
            actor: { actorType: 'system', id: 'ggen-governance', name: 'ggen-governance' },
            metadata: { event: 'audit_erased', erased_to: 256 },
          }),
        ),
      ).toBe(256);
      expect(await verify(store)).toMatchObject({ ok: true, size: 701, erased: 256, problems: [] });
      expect(await store.query({ limit: 1000 })).toHaveLength(445);
      expect((await store.query({ limit: 1, afterSeq: 256, beforeSeq: 258 }))[0]).toMatchObject({
        actor: { name: 'Ä "256"' },
      });
    });

    it('are compressed by several at once, each of them once', async () => {
      const [one, other] = [await open({ compress: true }), await open({ compress: true })];
      await Promise.all(entries(1100).map((entry) => one.append(entry)));
      const before = await one.query({ limit: 2000 });
      const packAll = async (store: GovernanceStore): Promise<void> => {
        for (let idle = 0; idle < 3; ) idle = (await store.compact()) > 0 ? 0 : idle + 1;
      };
      await Promise.all([packAll(one), packAll(other)]);
      expect(await other.query({ limit: 2000 })).toEqual(before);
      expect(await verify(one)).toMatchObject({ ok: true, size: 1100 });
    });
  });

  describe('a change of key', () => {
    const told = (): AuditEntry => sampleEntry({ eventType: 'system_event', metadata: { event: 'log_key_changed' } });
    const signedBy = (note: string): string[] =>
      keys()
        .verifiers(note.split('\n', 1)[0]!)
        .filter((verifier) => {
          try {
            return openCheckpoint(note, [verifier]).checkpoint.size > 0;
          } catch {
            return false;
          }
        })
        .map(({ vkey }) => vkey);

    it('is signed by both keys, whichever node does it; then everybody goes over to the new one', async () => {
      const [writer, changer] = [await open(), await open()];
      await Promise.all(Array.from({ length: 40 }, () => writer.append(sampleEntry())));
      const { origin } = await writer.head();
      const old = keys().find(origin)!;
      const next = keys().create(origin);
      await changer.changeKey(next, told());
      const { checkpoint, size } = await changer.head();
      expect(size).toBe(41);
      expect(signedBy(checkpoint!).sort()).toEqual([old.verifier.vkey, next.verifier.vkey].sort());
      keys().retire(old);
      await writer.append(sampleEntry());
      expect(signedBy((await writer.head()).checkpoint!)).toEqual([next.verifier.vkey]);
      await changer.append(sampleEntry());
      // Whoever trusts the old key can still check that entry, however much was recorded since.
      for await (const [entry] of changer.read({ afterSeq: 40, beforeSeq: 42 })) {
        const proof = await proveKeyChange(changer, entry!);
        for (const { verifier } of [old, next]) expect(verifyProof(proof!, [verifier])).toMatchObject({ seq: 41 });
      }
      expect(await verify(changer)).toMatchObject({ ok: true, size: 43 });
      await expect(
        changer.changeKey(keys().create(origin), { ...told(), id: (await writer.query({ limit: 1 }))[0]!.id }),
      ).rejects.toMatchObject({ code: 'CONFLICT' });
      expect(signedBy((await changer.head()).checkpoint!)).toEqual([next.verifier.vkey]);
    });

    it('takes no key for the log’s that was made for a change which then failed', async () => {
      const store = await open();
      await store.append(sampleEntry());
      const head = await store.head();
      const signer = keys().find(head.origin)!;
      keys().create(head.origin);
      expect(logSigner(keys(), head)?.verifier.vkey).toBe(signer.verifier.vkey);
    });

    it('needs no old key where it is lost', async () => {
      const first = await open();
      await first.append(sampleEntry());
      const { origin } = await first.head();
      await first.close();
      rmSync(kind.keysFolder(place), { recursive: true });
      const store = await open();
      const next = keys().create(origin);
      await store.changeKey(next, told());
      expect(signedBy((await store.head()).checkpoint!)).toEqual([next.verifier.vkey]);
      await store.append(sampleEntry());
      expect(await verify(store)).toMatchObject({ ok: true, size: 3 });
    });
  });

  it('every process tells its own witness, whoever signs', async () => {
    const [one, other] = [await open({ witnesses: [witness('one')] }), await open({ witnesses: [witness('other')] })];
    for (let i = 0; i < 5; i += 1) await Promise.all([one.append(sampleEntry()), other.append(sampleEntry())]);
    const { origin, checkpoint } = await one.head();
    await Promise.all([one.flush(), other.flush()]);
    for (const name of ['one', 'other']) {
      const note = witness(name).seen(origin).at(-1);
      expect(openCheckpoint(note!, keys().verifiers(origin)).checkpoint.size).toBeGreaterThan(8);
    }
    await other.close();
    await one.close();
    const newest = ['one', 'other'].map((name) => witness(name).seen(origin).at(-1));
    expect(newest).toContain(checkpoint);
    for (const note of newest)
      expect(openCheckpoint(note!, keys().verifiers(origin)).checkpoint.size).toBeGreaterThan(8);
  });
});
