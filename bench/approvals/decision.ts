import { setTimeout as delay } from 'node:timers/promises';
import { count, judged } from '../audit/goals.ts';
import { percentile, renderTable } from '../store/statistics.ts';
import { openBareCommit } from './bare-commit.ts';
import { type Backend, createHouse, startMember } from './house.ts';

const PARTY = new URL('./party.ts', import.meta.url);
/** Milliseconds at the median, from the beginning of the decision to the waiter's answer. */
const GOALS: Record<Backend, number> = { sqlite: 50, postgres: 20 };

/** From a decision in one process to who waits for it in another, as the library does both; a row of the table. */
export async function measureDecisions(backend: Backend, rounds: number): Promise<string[]> {
  const house = await createHouse(backend);
  const bare = await openBareCommit(backend, house.root);
  try {
    const manager = house.manager();
    const waiter = await startMember(PARTY, 'waits', house.root);
    const decider = await startMember(PARTY, 'decides', house.root);
    const [whole, after, commits]: [number[], number[], number[]] = [[], [], []];
    for (let round = -10; round < rounds; round += 1) {
      const id = await manager.requestApproval({
        operation: { name: 'write_file', parameters: { path: `src/${round}.txt` } },
        requester: 'writer',
      });
      await waiter.ask(id);
      // At no fixed distance from the moments at which the waiter looks.
      await delay(40 + Math.random() * 60);
      const seen = waiter.next<{ at: number; outcome: string }>();
      const { begun, done } = await decider.ask<{ begun: number; done: number }>(id);
      const { at, outcome } = await seen;
      if (outcome !== 'approved') throw new Error(`the waiter was told ${outcome}`);
      if (round < 0) continue;
      whole.push(at - begun);
      after.push(at - done);
      commits.push(await bare.take());
    }
    await Promise.all([waiter.end(), decider.end(), manager.close()]);
    const ms = (samples: readonly number[], p: number): string => count(percentile(samples, p));
    return [
      `${backend}, ${rounds} decisions`,
      ms(whole, 0.5),
      ms(whole, 0.95),
      ms(after, 0.5),
      ms(commits, 0.5),
      judged(percentile(whole, 0.5), '≤', GOALS[backend], ' ms'),
    ];
  } finally {
    await bare.close();
    await house.remove();
  }
}

export function decisionTable(rows: readonly string[][]): string {
  const head = [
    'a signed decision to who waits in another process, ms',
    'p50',
    'p95',
    'p50 from its end',
    'bare commit',
    'goal (p50)',
  ];
  return renderTable([head, ...rows]);
}
