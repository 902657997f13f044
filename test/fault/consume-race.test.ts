// Two processes that use one approval at the same moment, through the whole path: one of them is permitted.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { seededRandom } from '../contract/store-samples.ts';
import { signerOf } from '../support/approvers.ts';
import { createKeyedFolder, type KeyedFolder } from '../support/keyed-folder.ts';
import { expectSoundApprovals } from './approval-check.ts';
import { type ApprovalProcess, startApprovalProcess } from './approval-process.ts';

/** `npm run test:soak` sets GGEN_SOAK; GGEN_SEED repeats a run. */
const ROUNDS = process.env.GGEN_SOAK === undefined ? 25 : 1000;
const SEED = Number(process.env.GGEN_SEED ?? 20_261_123);

const GOVERNANCE = `
[policies]
version = "1.0"
[policies.operational.require_approval]
operations = ["write_file"]
[policies.agents.writer]
can_write = ["src/*"]
`;

/** The loser of each round asks anew. */
const MANY = '[approvals]\nmax_pending_per_requester = 10000\n';

let folder: KeyedFolder;
let racers: ApprovalProcess[];
beforeEach(async () => {
  folder = await createKeyedFolder('sqlite', GOVERNANCE, MANY, ['ann']);
  racers = [startApprovalProcess(folder.root), startApprovalProcess(folder.root)];
});
afterEach(async () => {
  await Promise.all(racers.map((racer) => racer.kill().catch(() => undefined)));
  await folder.remove();
});

it(`${ROUNDS} times, exactly one of two processes uses a grant, and the other is refused (seed ${SEED})`, async () => {
  const random = seededRandom(SEED);
  const system = await folder.open();
  await Promise.all(racers.map((racer) => racer.ready));
  const wins = [0, 0];
  const uses: { id: string; attempt: string }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const action = { actionType: 'write_file', target: `src/${round}.txt`, requester: 'writer' };
    const asked = await system.governor.ask(action);
    if (asked.outcome !== 'waiting') throw new Error(asked.outcome);
    const { id } = asked.approval;
    await system.desk.decide({ approvalId: id, approved: true, signer: signerOf('ann'), via: 'test' });
    const lead = random() < 0.5 ? 0 : 1;
    const apartMs = random() < 0.5 ? 0 : random() * 4;
    const first = racers[lead]!.perform({ do: 'use', action });
    if (apartMs > 0) await new Promise((resolve) => setTimeout(resolve, apartMs));
    const answers = await Promise.all([first, racers[1 - lead]!.perform({ do: 'use', action })]);
    expect(answers.map((answer) => answer?.is).toSorted()).toEqual(['refused', 'used']);
    const won = answers.findIndex((answer) => answer?.is === 'used');
    const use = answers[won]!;
    if (use.is !== 'used') throw new Error('unreachable');
    expect(use.id).toBe(id);
    uses.push(use);
    wins[won === 0 ? lead : 1 - lead]! += 1;
  }
  await Promise.all(racers.map((racer) => racer.end()));
  const { requests } = await expectSoundApprovals(system, { asked: uses.map(({ id }) => id), uses });
  // The loser finds it used up, and asks anew.
  expect([...requests.values()].filter(({ status }) => status === 'consumed')).toHaveLength(ROUNDS);
  expect([...requests.values()].filter(({ status }) => status === 'pending')).toHaveLength(ROUNDS);
  console.log(`raced for ${ROUNDS} grants, seed ${SEED}: won ${wins.join(' and ')} times`);
}, 3_600_000);
