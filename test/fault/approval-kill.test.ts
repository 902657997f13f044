// Four processes ask, vote and use at once while one after the other is killed: the trail, replayed, proves what holds.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ApprovalRecord } from '../../src/model/approval.ts';
import { seededRandom } from '../contract/store-samples.ts';
import { createKeyedFolder, type KeyedFolder } from '../support/keyed-folder.ts';
import { whyNoPostgres } from '../support/postgres-server.ts';
import { expectSoundApprovals } from './approval-check.ts';
import type { Answer, Task } from './approval-child.ts';
import { type ApprovalProcess, startApprovalProcess } from './approval-process.ts';

/** `npm run test:soak` sets GGEN_SOAK; GGEN_SEED repeats a run. */
const SOAK = process.env.GGEN_SOAK !== undefined;
const SEED = Number(process.env.GGEN_SEED ?? 20_261_123);
const PROCESSES = 4;

const GOVERNANCE = `
[policies]
version = "1.0"
[policies.operational.require_approval]
operations = ["write_file", "delete_file"]
[policies.agents.writer]
can_read = ["*"]
can_write = ["src/*"]
`;
const PEOPLE = ['ann', 'ben', 'cho'];
const APPROVALS = `
[approvals]
default_timeout_seconds = 86400
use_within_seconds = 86400
max_pending_per_requester = 10000
[approvals.operations.write_file]
strategy = "multi-approval"
min_approvers = 2
quorum_percentage = 0.5
[approvals.operations.delete_file]
strategy = "multi-approval"
min_approvers = 3
${PEOPLE.map((id) => `[[approvers.user]]\nid = "${id}"\ncan_approve = ["*"]\n`).join('')}`;

interface Plan {
  readonly action: { readonly actionType: string; readonly target: string; readonly requester: string };
  readonly words: readonly boolean[];
  readonly end: ApprovalRecord['status'];
}

/** Two of three or three of three, now and then with a no among them. */
function planOf(n: number, random: () => number): Plan {
  const actionType = random() < 0.5 ? 'write_file' : 'delete_file';
  const words = PEOPLE.map(() => random() < 0.92);
  const required = actionType === 'write_file' ? 2 : 3;
  const end = words.filter((word) => word).length >= required ? 'consumed' : 'rejected';
  return { action: { actionType, target: `src/${n}.txt`, requester: 'writer' }, words, end };
}

describe.each([
  { backend: 'sqlite', requests: SOAK ? 1000 : 40, kills: SOAK ? 100 : 8 },
  { backend: 'postgres', requests: SOAK ? 200 : 16, kills: SOAK ? 30 : 4 },
] as const)('on $backend', ({ backend, requests, kills }) => {
  const missing = backend === 'postgres' ? whyNoPostgres() : undefined;
  let folder: KeyedFolder;
  let team: ApprovalProcess[];
  beforeEach(async () => {
    team = [];
    if (missing === undefined) folder = await createKeyedFolder(backend, GOVERNANCE, APPROVALS, PEOPLE);
  });
  afterEach(async () => {
    await Promise.all(team.map((one) => one.kill().catch(() => undefined)));
    await folder?.remove();
  });

  it.skipIf(missing !== undefined)(
    `${requests} requests at once with three votes each, kill -9 up to ${kills} times: no vote lost or counted twice, no grant used twice`,
    async () => {
      const random = seededRandom(SEED);
      const below = (n: number): number => Math.floor(random() * n);
      let [killed, unknown] = [0, 0];
      const faults = new Map<string, number>();
      const asked: string[] = [];
      const votes: { id: string; approver: string; approved: boolean }[] = [];
      const lateVotes: { id: string; approver: string }[] = [];
      const uses: { id: string; attempt: string }[] = [];

      // A process is killed a moment after one of its answers, or while it opens the store; another takes its place.
      const place = (slot: number): void => {
        let left = random() < 0.1 ? 0 : 3 + below((8 * requests) / kills);
        let dying = false;
        const killSoon = (longestMs: number): void => {
          if (dying || left > 0 || killed >= kills) return;
          dying = true;
          killed += 1;
          setTimeout(() => void one.kill().then(() => place(slot)), random() * longestMs);
        };
        const onAnswer = (): void => {
          left -= 1;
          if (one.under() > 0) killSoon(8);
        };
        const one = startApprovalProcess(folder.root, { onAnswer });
        team[slot] = one;
        killSoon(500);
      };
      for (let slot = 0; slot < PROCESSES; slot += 1) place(slot);

      /** Gives it to one process after the other until one of them says what became of it. */
      const insist = async (task: Task, first = below(PROCESSES)): Promise<Answer & { readonly tries: number }> => {
        for (let tries = 1; ; tries += 1) {
          const answer = await team[(first + tries) % PROCESSES]!.perform(task);
          if (answer && answer.is !== 'fault') return { ...answer, tries };
          if (answer === undefined) unknown += 1;
          else faults.set(answer.why, (faults.get(answer.why) ?? 0) + 1);
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      };
      const vote = async (id: string, who: number, approved: boolean): Promise<void> => {
        const approver = PEOPLE[who]!;
        const answer = await insist({ do: 'vote', id, approver, approved });
        if (answer.is === 'voted') votes.push({ id, approver, approved });
        else if (answer.is === 'refused' && answer.why.startsWith('CONFLICT')) lateVotes.push({ id, approver });
        else throw new Error(`${approver} on ${id}: ${JSON.stringify(answer)}`);
      };
      const expected = new Map<string, Plan['end']>();
      const one = async (plan: Plan): Promise<void> => {
        const answer = await insist({ do: 'ask', action: plan.action });
        if (answer.is !== 'asked') throw new Error(`${plan.action.target}: ${JSON.stringify(answer)}`);
        const { id } = answer;
        asked.push(id);
        expected.set(id, plan.end);
        // Each word is sent twice, as by somebody who wasn't told that it arrived.
        const words = plan.words.flatMap((word, who) => [vote(id, who, word), vote(id, who, word)]);
        await Promise.all(words);
        if (plan.end === 'rejected') return;
        const first = below(PROCESSES);
        const racers = [first, first + 1 + below(PROCESSES - 1)];
        const ends = await Promise.all(racers.map((racer) => insist({ do: 'use', action: plan.action }, racer)));
        for (const end of ends) if (end.is === 'used') uses.push({ id: end.id, attempt: end.attempt });
        const isKnown = ends.every(({ tries }) => tries === 1);
        if (isKnown) expect(ends.map(({ is }) => is).toSorted()).toEqual(['refused', 'used']);
      };

      const plans = Array.from({ length: requests }, (_, n) => planOf(n, random));
      const started = performance.now();
      await Promise.all(plans.map(one));
      const seconds = (performance.now() - started) / 1000;
      await Promise.all(team.map(async (member) => ((await member.ready) === undefined ? undefined : member.end())));

      const system = await folder.open();
      const { requests: told, entries } = await expectSoundApprovals(system, { asked, votes, lateVotes, uses });
      const ends = [...expected].map(([id]) => [id, told.get(id)?.status]);
      expect(ends).toEqual([...expected]);
      console.log(
        `kill -9 of approvals on ${backend}, seed ${SEED}: ${requests} requests in ${seconds.toFixed(1)} s, ${killed} kills, ` +
          `${unknown} tasks cut off, ${JSON.stringify([...faults])} faults, ${votes.length} votes acknowledged (each sent twice), ` +
          `${lateVotes.length} late, ${uses.length} uses, ${entries.length} entries replayed`,
      );
      expect(killed).toBeGreaterThan(0);
      expect(unknown).toBeGreaterThan(0);
    },
    3_600_000,
  );
});
