// What must hold of a trail of approvals whatever happened to those who wrote it.
import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { verifyLog } from '../../src/audit/index.ts';
import { type GovernedSystem, logKeys, logWitnesses } from '../../src/compose/index.ts';
import type { ApprovalRecord } from '../../src/model/approval.ts';
import type { RecordedEntry } from '../../src/model/audit-entry.ts';
import {
  type Acknowledged,
  compareWithAcknowledged,
  compareWithTable,
  type Replayed,
  replayApprovals,
} from './replay-approvals.ts';

/** Every entry in the order of the trail. */
export async function readTrail({ store }: GovernedSystem): Promise<RecordedEntry[]> {
  const { size } = await store.head();
  const entries: RecordedEntry[] = [];
  for await (const page of store.read({ beforeSeq: size + 1 })) entries.push(...page);
  expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, i) => i + 1));
  return entries;
}

export function readTable({ store }: GovernedSystem): Promise<ApprovalRecord[]> {
  return store.listRequests({ limit: 1_000_000 });
}

/** Expects that the trail verifies, replays, says what the table says, and has what was acknowledged. */
export async function expectSoundApprovals(
  system: GovernedSystem,
  acks: Partial<Acknowledged> = {},
): Promise<Replayed & { readonly entries: readonly RecordedEntry[] }> {
  const entries = await readTrail(system);
  const replayed = replayApprovals(entries, system.approverKeys());
  const all = { asked: [], votes: [], lateVotes: [], uses: [], ...acks };
  expect({
    replayed: replayed.problems,
    table: compareWithTable(replayed, await readTable(system)),
    acknowledged: compareWithAcknowledged(replayed, all),
  }).toEqual({ replayed: [], table: [], acknowledged: [] });
  const { origin } = await system.store.head();
  const verified = await verifyLog(system.store, {
    random: randomBytes,
    keys: logKeys(system.places).verifiers(origin),
    witnesses: logWitnesses(system.loaded().config.audit, system.places),
  });
  expect(verified).toMatchObject({ ok: true, problems: [], size: entries.length });
  return { ...replayed, entries };
}
