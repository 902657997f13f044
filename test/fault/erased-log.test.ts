// Retention: what goes, what stays, and what verify says of it.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogKeys } from '../../src/adapters/keys/index.ts';
import { openSqliteStore } from '../../src/adapters/sqlite/index.ts';
import { createFileWitness } from '../../src/adapters/witness/index.ts';
import { erasureEntry, proveEntry, retentionRule, verifyLog, verifyProof } from '../../src/audit/index.ts';
import type { GovernanceStore } from '../../src/governor/index.ts';
import { newId, sampleEntry } from '../contract/store-samples.ts';

const HOUR = 3_600_000;
let folder: string;
let store: GovernanceStore;
const keys = () => createLogKeys(join(folder, 'keys'));
const witness = () => createFileWitness({ path: join(folder, 'w.notes'), everyMs: 0 });
const open = (compress: boolean) =>
  openSqliteStore({
    path: join(folder, 'audit.db'),
    durability: 'os',
    clock: Date.now,
    keys: keys(),
    witnesses: [witness()],
    compress,
  });
const rule = retentionRule({ retentionDays: 1 }, { iso27001: undefined, soc2: undefined });
const told = (erasedTo: number) => erasureEntry({ id: newId(), now: 100 * HOUR, rule }, erasedTo);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ggen-erased-'));
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Entry i is of hour i / 100. */
async function record(count: number): Promise<void> {
  for (let i = 0; i < count; i += 1000) {
    const many = Array.from({ length: Math.min(1000, count - i) }, (_, k) => i + k);
    await Promise.all(
      many.map((n) => store.append(sampleEntry({ target: `secret-of-${n}.`, timestamp: Math.floor(n / 100) * HOUR }))),
    );
  }
}
async function verify() {
  const { origin } = await store.head();
  return verifyLog(store, { random: randomBytes, keys: keys().verifiers(origin), witnesses: [witness()] });
}

describe('retention', () => {
  it('erases whole tiles of what is old, keeps leaves and counts, and the log still holds and proves', async () => {
    store = await open(false);
    await record(2000);
    const before = await store.stats({ groupBy: 'event_type' });
    expect(await store.erase(10 * HOUR, told)).toBe(768);
    expect(await store.head()).toMatchObject({ size: 2001, erasedTo: 768 });
    expect(await verify()).toMatchObject({ ok: true, erased: 768, replayed: 2001 - 768, problems: [] });
    expect((await store.stats({ groupBy: 'event_type' })).find(({ key }) => key === 'agent_action')).toEqual(before[0]);
    const left = await store.query({ limit: 10_000 });
    expect(left).toHaveLength(2001 - 768);
    expect(left.at(-1)?.target).toBe('secret-of-768.');
    expect(left[0]).toMatchObject({
      operation: { name: 'erase_audit_entries' },
      metadata: { erased_to: 768, retention_days: 1 },
    });
    expect(await store.query({ to: 5 * HOUR, limit: 10 })).toEqual([]);
    expect(await store.query({ from: 8 * HOUR, to: 9 * HOUR, limit: 1000 })).toHaveLength(100);
    for await (const [entry] of store.read({ afterSeq: 999, beforeSeq: 1001 })) {
      expect(verifyProof(await proveEntry(store, entry!), keys().verifiers((await store.head()).origin))).toMatchObject(
        { seq: 1000 },
      );
    }
    await store.close();
    const bytes = readFileSync(join(folder, 'audit.db')).toString('latin1');
    expect(bytes).not.toContain('secret-of-500.');
    expect(bytes).toContain('secret-of-1500.');
    store = await open(false);
  });

  it('erases compressed entries with their blocks, and goes on compressing', async () => {
    store = await open(true);
    await record(2000);
    while ((await store.compact()) > 0);
    expect(await store.erase(15 * HOUR, told)).toBe(1280);
    expect(await verify()).toMatchObject({ ok: true, erased: 1280 });
    await record(1000);
    while ((await store.compact()) > 0);
    expect(await verify()).toMatchObject({ ok: true, erased: 1280 });
    expect(await store.query({ limit: 100_000 })).toHaveLength(2001 + 1000 - 1280);
  });

  it('leaves what is young, the newest entry, and what was cut off half way is ended by the next call', async () => {
    store = await open(false);
    await record(512);
    expect(await store.erase(0, told)).toBe(0);
    expect(await store.erase(1000 * HOUR, told)).toBe(256);
    expect(await store.erase(1000 * HOUR, told)).toBe(256);
    expect(await store.erase(1000 * HOUR, told)).toBe(0);
    expect(await store.query({ limit: 10 })).toHaveLength(2);
    expect(await verify()).toMatchObject({ ok: true, erased: 512, replayed: 2 });
    await record(300);
    expect(await verify()).toMatchObject({ ok: true, size: 814 });
  });

  it('is as long as the longest setting says', () => {
    const iso = {
      enabled: true,
      auditRetentionDays: 365,
      requireEncryptionAtRest: false,
      requireEncryptionInTransit: false,
      requireAccessLogs: false,
      requireChangeManagement: false,
      controls: {},
    };
    expect(retentionRule({ retentionDays: 90 }, { iso27001: iso, soc2: undefined })).toMatchObject({
      days: 365,
      because: 'compliance.iso27001.audit_retention_days',
      needsApproval: false,
    });
    expect(retentionRule({ retentionDays: 500 }, { iso27001: iso, soc2: undefined })).toMatchObject({ days: 500 });
    expect(
      retentionRule({ retentionDays: 90 }, { iso27001: { ...iso, enabled: false }, soc2: undefined }),
    ).toMatchObject({ days: 90 });
    const managed = { ...iso, requireChangeManagement: true };
    expect(retentionRule({ retentionDays: 90 }, { iso27001: managed, soc2: undefined }).needsApproval).toBe(true);
  });
});
