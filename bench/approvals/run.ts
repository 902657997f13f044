// What approvals cost, and how soon others hear of them: decisions, votes, timers, on both databases.
import postgresRun from '../../test/support/postgres-run.ts';
import { whyNoPostgres } from '../../test/support/postgres-server.ts';
import { benchCosts } from './costs.ts';
import { decisionTable, measureDecisions } from './decision.ts';
import type { Backend } from './house.ts';
import { idleTable, measureIdle, measureRestart, restartTable } from './timers.ts';

const quick = process.argv.includes('--quick');
const missing = whyNoPostgres();
const backends: readonly Backend[] = missing === undefined ? ['sqlite', 'postgres'] : ['sqlite'];
if (missing !== undefined) console.log(`without Postgres: ${missing}`);
const endPostgres = postgresRun();

/** One after the other: none of them disturbs another. */
async function each<T>(measure: (backend: Backend) => Promise<T>): Promise<T[]> {
  const rows: T[] = [];
  for (const backend of backends) rows.push(await measure(backend));
  return rows;
}

try {
  console.log(`${decisionTable(await each((backend) => measureDecisions(backend, quick ? 50 : 300)))}\n`);
  console.log(`${await benchCosts(quick ? 200 : 2000)}\n`);
  console.log(
    `${idleTable((await each((backend) => measureIdle(backend, quick ? 3 : 9, quick ? 2000 : 5000))).flat())}\n`,
  );
  console.log(restartTable(await each((backend) => measureRestart(backend, quick ? 5 : 20))));
} finally {
  await endPostgres();
}
