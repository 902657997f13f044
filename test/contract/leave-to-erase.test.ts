// Retention where compliance asks for change management: nothing is erased that nobody approved of.

import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLogKeys } from '../../src/adapters/keys/index.ts';
import { createApprovalDesk } from '../../src/approvals/index.ts';
import { verifyLog } from '../../src/audit/index.ts';
import { buildSnapshot, findPlaces, maintainOnce } from '../../src/compose/index.ts';
import type { GovernanceStore } from '../../src/governor/index.ts';
import { enrol, nobodyLends, signerOf } from '../support/approvers.ts';
import { describeStores } from './describe-stores.ts';
import type { StorePlace } from './store-kinds.ts';
import { newId, sampleEntry } from './store-samples.ts';

const DAY = 86_400_000;
const WAITS =
  /^nothing was erased: request (\S+) waits for somebody who approves of erasing entries before 1970-\d\d-\d\d: ggen-mcp approvals approve \1, then ggen-mcp audit maintain$/;

describeStores('erasing after an approval, on the $name store', (kind) => {
  let place: StorePlace;
  let store: GovernanceStore;
  let folder: string;
  let now: number;

  const places = () => findPlaces({ configDir: join(folder, 'config'), workspace: folder });
  const policies = (approvals = '', days = 2) => {
    const files = [
      {
        name: 'governance.toml',
        text: '[policies]\nversion = "1.0"\n[compliance.iso27001]\nenabled = true\naudit_retention_days = 1\nrequire_change_management = true\n',
      },
      { name: 'audit.toml', text: `[audit]\nretention_days = ${days}\n` },
      {
        name: 'approvals.toml',
        text: `[approvals.strategies]\ndestructive_operations = "single-approval"\n${approvals}`,
      },
    ];
    const built = buildSnapshot(files, places(), {});
    if (!built.ok) throw new Error(JSON.stringify(built.problems));
    return built.snapshot;
  };
  let given: ReturnType<typeof policies>;
  const maintain = () => maintainOnce(store, given, places(), now);
  const desk = () =>
    createApprovalDesk({
      store,
      delegations: nobodyLends,
      clock: () => now,
      newId,
      config: () => given.loaded.config.approvals,
      keys: () => given.keys,
      operation: (name) => given.set.operation(name),
      mask: (text) => text,
    });
  const decide = (approvalId: string, approved: boolean) =>
    desk().decide({ approvalId, approved, signer: signerOf('olga'), via: 'olga' });
  const waiting = async (): Promise<string> => {
    const { heldBack, erased } = await maintain();
    expect(erased).toBe(0);
    expect(heldBack).toMatch(WAITS);
    return WAITS.exec(heldBack!)![1]!;
  };
  const oldest = async (): Promise<number> => {
    for await (const [entry] of store.read({})) return entry!.seq;
    return 0;
  };
  const open = () => kind.open(place, { clock: () => now });

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ggen-leave-'));
    enrol(join(folder, 'config'), 'olga');
    place = await kind.create();
    now = 10 * DAY + 5;
    store = await open();
    given = policies();
    for (let day = 0; day < 10; day += 1)
      await Promise.all(Array.from({ length: 256 }, () => store.append(sampleEntry({ timestamp: day * DAY }))));
  });
  afterEach(async () => {
    await store.close();
    await kind.remove(place);
    rmSync(folder, { recursive: true, force: true });
  });

  it('asks once, erases what was approved and no more, uses the approval up, and says so in the log', async () => {
    now = 11 * DAY - 5;
    const id = await waiting();
    expect(await waiting()).toBe(id);
    expect(await oldest()).toBe(1);
    await decide(id, true);
    // Used on the next day, when more is old enough: what was approved goes, and no more.
    now = 11 * DAY + 5;
    expect(await maintain()).toMatchObject({ erased: 8 * 256, heldBack: undefined });
    expect(await oldest()).toBe(8 * 256 + 1);
    expect((await desk().show(id)).status).toBe('consumed');
    const erased = (await store.query({ limit: 10, operation: 'erase_audit_entries' })).map(({ metadata }) => metadata);
    expect(erased).toEqual([
      expect.objectContaining({ event: 'audit_erased', erased_to: 2048, approval_id: id }),
      expect.objectContaining({ event: 'approval_consumed', approval_id: id }),
      expect.objectContaining({ event: 'approval_approved', approval_id: id }),
      expect.objectContaining({ event: 'approval_requested', approval_id: id }),
    ]);
    expect(await waiting()).not.toBe(id);
    const { origin } = await store.head();
    const keys = createLogKeys(kind.keysFolder(place)).verifiers(origin);
    expect(await verifyLog(store, { random: randomBytes, keys, witnesses: [] })).toMatchObject({
      ok: true,
      erased: 2048,
    });
  });

  it('erases nothing that was rejected, and asks again for a later day', async () => {
    const id = await waiting();
    await decide(id, false);
    expect((await maintain()).heldBack).toBe(
      `nothing was erased: request ${id} was rejected; it is asked again for entries from 1970-01-09 on`,
    );
    expect(await oldest()).toBe(1);
    now += DAY;
    const other = await waiting();
    await decide(other, true);
    expect(await maintain()).toMatchObject({ erased: 9 * 256 });
  });

  it('asks anew where nobody decided in time, or where it was not used in time', async () => {
    const first = await waiting();
    now += 8 * DAY;
    const second = await waiting();
    expect(second).not.toBe(first);
    await decide(second, true);
    now += 30 * DAY;
    const third = await waiting();
    expect(third).not.toBe(second);
    expect((await Promise.all([first, second].map((id) => desk().show(id)))).map(({ status }) => status)).toEqual([
      'expired',
      'expired',
    ]);
  });

  it('counts for that rule and those policies only, and for one of two processes', async () => {
    const id = await waiting();
    await decide(id, true);
    given = policies('', 3);
    expect(await waiting()).not.toBe(id);
    given = policies();
    const other = await open();
    try {
      const rounds = await Promise.all([maintain(), maintainOnce(other, given, places(), now)]);
      expect(rounds.reduce((sum, { erased }) => sum + erased, 0)).toBe(2048);
      const used = (await store.query({ limit: 100, operation: 'erase_audit_entries' })).filter(
        ({ metadata }) => metadata.event === 'approval_consumed',
      );
      expect(used).toHaveLength(1);
    } finally {
      await other.close();
    }
  });

  it('asks again where the process ended between using the approval up and erasing', async () => {
    const id = await waiting();
    await decide(id, true);
    const cut = new Error('cut off');
    const dying = { ...store, erase: () => Promise.reject(cut) };
    await expect(maintainOnce(dying, given, places(), now)).rejects.toBe(cut);
    expect(await oldest()).toBe(1);
    expect(await waiting()).not.toBe(id);
  });

  it('says so where nobody could approve', async () => {
    given = policies('[[approvers.user]]\nid = "olga"\nrole = "Operator"\ncan_approve = ["files"]\n');
    expect((await maintain()).heldBack).toBe(
      'nothing was erased: no configured approver may decide on erase_audit_entries (domain audit)',
    );
    given = policies('[[approvers.user]]\nid = "olga"\nrole = "Operator"\ncan_approve = ["audit"]\n');
    await decide(await waiting(), true);
    expect(await maintain()).toMatchObject({ erased: 2048 });
  });
});
