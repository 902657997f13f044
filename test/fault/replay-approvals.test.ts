// The judge of the fault tests is judged: a genuine trail passes, and whatever is taken out, doubled or altered is told.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApprovalRecord } from '../../src/model/approval.ts';
import type { RecordedEntry } from '../../src/model/audit-entry.ts';
import { keysOf, signerOf } from '../support/approvers.ts';
import { createKeyedFolder, type KeyedFolder } from '../support/keyed-folder.ts';
import { expectSoundApprovals, readTable, readTrail } from './approval-check.ts';
import { compareWithAcknowledged, compareWithTable, replayApprovals } from './replay-approvals.ts';

const GOVERNANCE = `
[policies]
version = "1.0"
[policies.operational.require_approval]
operations = ["write_file", "delete_file", "call_tool"]
[policies.agents.writer]
can_read = ["*"]
can_write = ["src/*"]
can_call = ["*"]
`;
const PEOPLE = ['ann', 'ben', 'cho'];
const APPROVALS = `
[approvals]
auto_approve_after_seconds = 1
[approvals.operations.write_file]
strategy = "multi-approval"
min_approvers = 2
quorum_percentage = 0.5
[approvals.operations.call_tool]
strategy = "time-based-approval"
${PEOPLE.map((id) => `[[approvers.user]]\nid = "${id}"\ncan_approve = ["*"]\n`).join('')}`;
const KEYS = keysOf(...PEOPLE);

let folder: KeyedFolder;
let trail: RecordedEntry[];
let table: ApprovalRecord[];

/** Used, approved and unused, rejected, by one, by the timer, and one that waits with a vote. */
beforeAll(async () => {
  folder = await createKeyedFolder('sqlite', GOVERNANCE, APPROVALS, PEOPLE);
  const system = await folder.open();
  const { governor, desk } = system;
  const ask = async (actionType: string, target: string): Promise<string> => {
    const asked = await governor.ask({ actionType, target, requester: 'writer' });
    if (asked.outcome !== 'waiting') throw new Error(asked.outcome);
    return asked.approval.id;
  };
  const vote = (approvalId: string, approver: string, approved = true) =>
    desk.decide({ approvalId, approved, signer: signerOf(approver), via: 'test' });
  const use = async (actionType: string, target: string): Promise<void> => {
    expect((await governor.authorize({ actionType, target, requester: 'writer' })).outcome).toBe('permitted');
  };
  const [used, unused, rejected, waits] = [
    await ask('write_file', 'src/used'),
    await ask('write_file', 'src/unused'),
    await ask('write_file', 'src/rejected'),
    await ask('write_file', 'src/waits'),
  ];
  await vote(used, 'ann');
  await vote(waits, 'cho');
  await vote(used, 'ben', false);
  await vote(used, 'cho');
  for (const who of ['ben', 'ann']) await vote(unused, who);
  for (const who of ['cho', 'ann']) await vote(rejected, who, false);
  await use('write_file', 'src/used');
  await vote(await ask('delete_file', 'src/one'), 'ben');
  await use('delete_file', 'src/one');
  const timed = await ask('call_tool', 'deploy');
  expect(await governor.awaitDecision(timed, { timeoutMs: 20_000 })).toBe('approved');
  await use('call_tool', 'deploy');
  await expectSoundApprovals(system);
  [trail, table] = [await readTrail(system), await readTable(system)];
});
afterAll(() => folder.remove());

/** Everything that is wrong with this trail beside that table. */
const judge = (entries: readonly RecordedEntry[], records = table): string[] => {
  const replayed = replayApprovals(entries, KEYS);
  return [...replayed.problems, ...compareWithTable(replayed, records)];
};
const at = (event: string, n = 0): number =>
  trail.map(({ metadata }, i) => (metadata.event === event ? i : -1)).filter((i) => i >= 0)[n]!;
const changed = (index: number, metadata: Record<string, unknown>): RecordedEntry[] =>
  trail.map((entry, i) =>
    i === index ? { ...entry, metadata: { ...entry.metadata, ...metadata } as RecordedEntry['metadata'] } : entry,
  );

describe('the replay of a trail of approvals', () => {
  it('finds nothing wrong with one that is genuine', () => {
    expect(judge(trail)).toEqual([]);
    const seen = new Set(trail.map(({ metadata }) => metadata.event));
    for (const event of ['vote', 'approved', 'rejected', 'consumed']) expect(seen).toContain(`approval_${event}`);
  });

  it('tells of any entry that is missing, and of any that is there twice', () => {
    expect(trail.length).toBeGreaterThan(20);
    const silent = trail.flatMap((entry, i) => {
      const ways = { missing: trail.toSpliced(i, 1), twice: trail.toSpliced(i, 0, entry), again: [...trail, entry] };
      return Object.entries(ways).flatMap(([how, entries]) =>
        judge(entries).length > 0 ? [] : [`${how}: ${String(entry.metadata.event)}`],
      );
    });
    expect(silent).toEqual([]);
  });

  it('tells of two entries of one request that changed places', () => {
    const places = fc.integer({ min: 0, max: trail.length - 1 });
    fc.assert(
      fc.property(places, places, (one, other) => {
        const [a, b] = [trail[one]!, trail[other]!];
        fc.pre(a.metadata.approval_id === b.metadata.approval_id && a.metadata.event !== b.metadata.event);
        expect(judge(trail.with(one, b).with(other, a))).not.toEqual([]);
      }),
    );
  });

  it.each([
    ['whose word was turned round', { approved: false }, 'what was signed is not what is told'],
    ['that tells other counts', { votes: { approved: 2, rejected: 0, required: 2, of: 3 } }, 'it counts 2 and 0'],
    ['that tells another quorum', { votes: { approved: 1, rejected: 0, required: 1, of: 3 } }, 'another quorum'],
    ['for another request', { approval_id: '01a20c01-ab91-7720-923f-3c0a9f440efb' }, 'nobody asked for it'],
    ['whose statement was altered', { statement: 'x\n{"approved":true}\n' }, 'the signature is of something else'],
  ])('tells of a vote %s', (_what, metadata, problem) => {
    expect(judge(changed(at('approval_vote'), metadata)).join('\n')).toContain(problem);
  });

  it('tells of a vote by somebody else’s key, by nobody’s, and of who votes twice', () => {
    const [first, second] = [at('approval_vote'), at('approval_vote', 2)];
    const { signature, statement } = trail[second]!.metadata;
    expect(judge(changed(first, { signature, statement })).join('\n')).toContain('not the key of ann');
    expect(replayApprovals(trail, keysOf('ann', 'ben')).problems.join('\n')).toContain('not the key of cho');
    const twice = trail.toSpliced(second, 0, trail[first]!);
    expect(judge(twice).join('\n')).toContain('ann votes a second time');
  });

  it('tells of a decision that its votes do not carry, and of a timer where none may decide', () => {
    const early = trail
      .toSpliced(at('approval_approved'), 1)
      .toSpliced(at('approval_vote'), 0, trail[at('approval_approved')]!);
    expect(judge(early).join('\n')).toMatch(/1 of 1 approved|a vote on what is approved/);
    const byTimer = { decided_by_kind: 'timer' };
    expect(judge(changed(at('approval_approved'), byTimer)).join('\n')).toContain('no timer may decide it');
  });

  it('tells of an attempt under no approval, under one that was not used up, and at something else', () => {
    const attempt = at('attempt');
    expect(judge(changed(attempt, { approval_id: undefined })).join('\n')).toContain('under no approval');
    expect(judge(changed(attempt, { action_digest: 'x' })).join('\n')).toContain('attempted something else');
    expect(judge(trail.toSpliced(at('approval_consumed'), 1)).join('\n')).toContain('attempted while it is approved');
  });

  it('tells of a table that says something else', () => {
    const other = (change: (record: ApprovalRecord) => ApprovalRecord): string =>
      judge(
        trail,
        table.map((record) => (record.target === 'src/used' ? change(record) : record)),
      ).join('\n');
    expect(other((record) => ({ ...record, status: 'approved' }))).toContain('approved in the table, consumed in');
    expect(other(({ votes, ...rest }) => ({ ...rest, votes: votes!.slice(1) }))).toContain('2 votes in the table, 3');
    // The approvers signed what is in it: a request that was changed afterwards is not theirs.
    expect(other((record) => ({ ...record, quorum: { ...record.quorum!, required: 1 } }))).toContain('or others');
    expect(judge(trail, table.slice(1)).join('\n')).toContain('the table does not have it');
    expect(judge(trail.slice(0, 0)).join('\n')).toContain('the trail does not have it');
  });

  it('tells of what was acknowledged and is not there, and of what was refused and is', () => {
    const replayed = replayApprovals(trail, KEYS);
    const { id, attempts } = [...replayed.requests.values()][0]!;
    const problems = (acks: Partial<Parameters<typeof compareWithAcknowledged>[1]>): string =>
      compareWithAcknowledged(replayed, { asked: [], votes: [], lateVotes: [], uses: [], ...acks }).join('\n');
    const vote = { id, approver: 'ann', approved: true };
    const use = { id, attempt: attempts[0]! };
    expect(problems({ asked: [id], votes: [vote], uses: [use] })).toBe('');
    expect(problems({ asked: ['nothing'] })).toContain('not in the trail');
    expect(problems({ votes: [{ ...vote, approved: false }] })).toContain('the vote of ann is lost');
    expect(problems({ lateVotes: [vote] })).toContain('ann counted, late');
    expect(problems({ uses: [{ id, attempt: 'x' }] })).toContain('its use by x is lost');
    expect(problems({ uses: [use, use] })).toContain('two were told that they use it');
  });
});
