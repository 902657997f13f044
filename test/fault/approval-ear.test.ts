// Postgres tells who waits of changes of approvals; whoever can't hear for a while looks instead.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogKeys } from '../../src/adapters/keys/index.ts';
import { openPostgresStore } from '../../src/adapters/postgres/index.ts';
import type { ChangeEar } from '../../src/approvals/index.ts';
import type { GovernanceStore } from '../../src/governor/index.ts';
import { sampleEntry, sampleRequest } from '../contract/store-samples.ts';
import { createDatabase, dropDatabase, query } from '../support/postgres-database.ts';
import { whyNoPostgres } from '../support/postgres-server.ts';

const missing = whyNoPostgres();
const LISTENERS = "FROM pg_stat_activity WHERE query LIKE 'LISTEN ggen_governance_approvals%'";

describe.skipIf(missing !== undefined)('an ear on Postgres', () => {
  let connectionString: string;
  let folder: string;
  let stores: GovernanceStore[];
  const open = async (): Promise<GovernanceStore> => {
    const store = await openPostgresStore({ connectionString, clock: Date.now, keys: createLogKeys(folder) });
    stores.push(store);
    return store;
  };
  const sql = (text: string) => query(connectionString, text);
  const until = async (is: () => Promise<boolean> | boolean): Promise<void> => {
    while (!(await is())) await delay(5);
  };
  const listeners = async (): Promise<number> => Number((await sql(`SELECT count(*)::int AS n ${LISTENERS}`))[0]?.n);
  const heard = async (ear: ChangeEar): Promise<AbortSignal> => {
    await until(() => ear.next() !== undefined);
    return ear.next()!;
  };
  const request = () => {
    const digest = String(Math.random()).padEnd(64, '0').slice(0, 64);
    return sampleRequest(Date.now(), { actionDigest: digest });
  };

  beforeEach(async () => {
    stores = [];
    folder = mkdtempSync(join(tmpdir(), 'ggen-keys-'));
    connectionString = await createDatabase();
  });
  afterEach(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await dropDatabase(connectionString);
    rmSync(folder, { recursive: true, force: true });
  });

  it('hears of each change that another node commits, and of none that is taken back', async () => {
    const [here, there] = [await open(), await open()];
    const ear = here.hear!();
    const asked = await heard(ear);
    const record = request();
    await there.createRequest(record, sampleEntry());
    await until(() => asked.aborted);
    const voted = await heard(ear);
    const failing = there.castVote(record.id, () => {
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow();
    expect(voted.aborted).toBe(false);
    const vote = { approver: { actorType: 'user', id: 'ann', name: 'ann' }, approved: true, at: 1 } as const;
    await there.castVote(record.id, () => ({ votes: [{ ...vote, verified: false }], entries: [sampleEntry()] }));
    await until(() => voted.aborted);
    ear.close();
  });

  it('shares one connection with all of its process, which goes with the last of them', async () => {
    const store = await open();
    const ears = [store.hear!(), store.hear!(), store.hear!()];
    for (const ear of ears) await heard(ear);
    expect(await listeners()).toBe(1);
    for (const ear of ears.slice(1)) {
      ear.close();
      ear.close();
    }
    expect(await listeners()).toBe(1);
    expect(ears[0]!.next()).toBeDefined();
    ears[0]!.close();
    await until(async () => (await listeners()) === 0);
    // One that nobody closes goes with its store.
    await heard(store.hear!());
    await store.close();
    await until(async () => (await listeners()) === 0);
  });

  it('that is cut off hears nothing, says so, and hears again', async () => {
    const store = await open();
    const ear = store.hear!();
    await heard(ear);
    await sql(`SELECT pg_terminate_backend(pid) ${LISTENERS}`);
    await until(() => ear.next() === undefined);
    const again = await heard(ear);
    await store.createRequest(request(), sampleEntry());
    await until(() => again.aborted);
    ear.close();
  });
});
