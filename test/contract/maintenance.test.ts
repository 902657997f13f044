import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { buildSnapshot, findPlaces, maintainOnce } from '../../src/compose/index.ts';
import type { GovernanceStore } from '../../src/governor/index.ts';
import { describeStores } from './describe-stores.ts';
import type { StorePlace } from './store-kinds.ts';
import { newId, sampleEntry, sampleRequest } from './store-samples.ts';

const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 1);

describeStores('housekeeping of the $name store', (kind) => {
  let place: StorePlace;
  let store: GovernanceStore;
  let folder: string;
  let now: number;

  const maintain = (audit: string) => {
    const places = findPlaces({ configDir: join(folder, 'config'), workspace: folder });
    const files = [
      { name: 'governance.toml', text: '[policies]\nversion = "1.0"\n' },
      { name: 'audit.toml', text: `[audit]\nretention_days = 2\n${audit}` },
    ];
    const built = buildSnapshot(files, places, {});
    if (!built.ok) throw new Error(JSON.stringify(built.problems));
    return maintainOnce(store, built.snapshot, places, now);
  };
  const oldest = async (): Promise<number> => {
    for await (const [entry] of store.read({})) return entry!.seq;
    return 0;
  };
  const record = (count: number, timestamp: number) =>
    Promise.all(Array.from({ length: count }, () => store.append(sampleEntry({ timestamp }))));

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ggen-house-'));
    place = await kind.create();
    now = START + 10 * DAY;
    store = await kind.open(place, { clock: () => now, compress: true });
  });
  afterEach(async () => {
    await store.close();
    await kind.remove(place);
    rmSync(folder, { recursive: true, force: true });
  });

  it('compresses where exporting fails, and erases nothing that was not exported', async () => {
    await record(600, START);
    writeFileSync(join(folder, 'in-the-way'), '');
    const exporting = '[audit.export]\nenabled = true\nformat = "json"\ninterval_hours = 1\ndestination = ';
    await expect(maintain(`${exporting}"./in-the-way/here"\n`)).rejects.toThrow();
    expect(await oldest()).toBe(1);
    expect(await store.compact()).toBe(0);
    expect(await maintain(`${exporting}"./exports"\n`)).toMatchObject({
      exported: { entries: 600 },
      erased: 512,
      compacted: 0,
    });
  });

  it('drops what was given up more than thirty days ago, says so, and keeps the rest', async () => {
    const giveUp = async (): Promise<void> => {
      const job = { id: newId(), kind: 'approval_notice', dueAt: now, subject: 'request', payload: {} };
      const request = sampleRequest(now, { actionDigest: newId().padEnd(64, '0') });
      await store.createRequest(request, sampleEntry({ timestamp: now }), { jobs: [job] });
      const [leased] = await store.leaseJobs({ kind: job.kind, limit: 1, leaseMs: 20_000, lease: newId() });
      await store.endJob(leased!, { end: 'dead', error: 'HTTP 400' });
    };
    await giveUp();
    await giveUp();
    now += 2 * DAY;
    await giveUp();
    expect(await maintain('')).toMatchObject({ dropped: 0 });
    now += 29 * DAY;
    expect(await maintain('')).toMatchObject({ dropped: 2 });
    expect(await maintain('')).toMatchObject({ dropped: 0 });
    expect(await store.listJobs({ state: 'dead', limit: 9 })).toHaveLength(1);
    const entries = await store.query({ eventType: 'system_event', limit: 99 });
    expect(entries.filter(({ metadata }) => metadata.event === 'given_up_work_dropped')).toMatchObject([
      { metadata: { count: 2, given_up_before: new Date(now - 30 * DAY).toISOString() } },
    ]);
  });

  it('says where an entry of a wrong clock keeps others from being erased', async () => {
    await record(300, START);
    await record(1, START + 400 * DAY);
    await record(600, START);
    expect(await maintain('')).toMatchObject({
      erased: 256,
      heldBack:
        'entry 301 bears a time that has not come, 2027-02-05: the clock was wrong then; nothing from it on is erased ' +
        'until that time is over by the days that retention keeps',
    });
    expect(await oldest()).toBe(257);
    now = START + 403 * DAY;
    expect(await maintain('')).toMatchObject({ erased: 512, heldBack: undefined });
  });
});
