import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { newId } from '../../src/compose/index.ts';
import type { GovernanceStore } from '../../src/governor/index.ts';
import { count, judged } from '../audit/goals.ts';
import { benchEntry } from '../store/entry.ts';
import { percentile, renderTable } from '../store/statistics.ts';
import { type Backend, createHouse, type House, startMember } from './house.ts';

const PENDING = 10_000;
const IDLE_WORKER = new URL('./idle-worker.ts', import.meta.url);
const GGEN_MCP = fileURLToPath(new URL('../../bin/ggen-mcp', import.meta.url));
/** CPU time that an idle worker may take more where timers wait, in milliseconds of each second. */
const UNMEASURABLE = 2;

/** What an idle worker takes with so many pending timers, and with as many requests and no timer; a row for each. */
export async function measureIdle(backend: Backend, windows: number, windowMs: number): Promise<string[][]> {
  const houses = [await createHouse(backend), await createHouse(backend)];
  try {
    await fill(houses[0]!, PENDING, false);
    await fill(houses[1]!, PENDING, true);
    const workers = await Promise.all(houses.map((house) => startMember(IDLE_WORKER, house.root)));
    // What a start costs is over, and what came is compressed.
    await delay(10_000);
    const shares = workers.map((): number[] => []);
    for (let i = 0; i < windows; i += 1) {
      const took = await Promise.all(workers.map((worker) => worker.ask<{ cpuMs: number; ms: number }>(windowMs)));
      for (const [n, { cpuMs, ms }] of took.entries()) shares[n]!.push((cpuMs / ms) * 1000);
    }
    await Promise.all(workers.map((worker) => worker.end()));
    const [none = 0, many = 0] = shares.map((samples) => percentile(samples, 0.5));
    const about = `${windows} windows of ${windowMs / 1000} s`;
    return [
      [`${backend}, ${count(PENDING)} requests, no timer (${about})`, count(none), '', ''],
      [
        `${backend}, ${count(PENDING)} requests, a pending timer for each`,
        count(many),
        (many - none).toFixed(2),
        judged(many - none, '≤', UNMEASURABLE),
      ],
    ];
  } finally {
    for (const house of houses) await house.remove();
  }
}

/** Requests, with or without the timers that are due tomorrow. */
async function fill(house: House, requests: number, timers: boolean): Promise<void> {
  const { store } = await house.open();
  const now = Date.now();
  const one = (): Promise<unknown> => makeRequest(store, now, timers);
  for (let left = requests; left > 0; left -= 1000)
    await Promise.all(Array.from({ length: Math.min(1000, left) }, one));
  const due = await store.listJobs({ state: 'waiting', limit: requests + 1 });
  if (due.length !== (timers ? requests : 0)) throw new Error(`${due.length} timers wait`);
}

function makeRequest(store: GovernanceStore, now: number, timers: boolean): Promise<unknown> {
  const id = newId();
  const correlationId = newId();
  const dueAt = now + 86_400_000;
  const record = {
    id,
    status: 'pending',
    operation: { name: 'write_file' },
    target: 'src/a.ts',
    requester: 'writer',
    metadata: {},
    actionDigest: id.replaceAll('-', '').repeat(2),
    policySet: 'e'.repeat(64),
    strategy: 'single-approval',
    reasons: [],
    shown: {},
    correlationId,
    createdAt: now,
    decideBy: dueAt,
  } as const;
  const timer = { id: newId(), kind: 'approval_timer', dueAt, subject: id, payload: {} };
  return store.createRequest(record, benchEntry('unknown', correlationId), { jobs: timers ? [timer] : [] });
}

/** From the start of `ggen-mcp worker` until a timer that came due meanwhile has fired; a row of the table. */
export async function measureRestart(backend: Backend, rounds: number): Promise<string[]> {
  const house = await createHouse(backend);
  try {
    const { governor, store } = await house.open();
    const [samples, bare]: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round += 1) {
      const asked = await governor.ask({ actionType: 'call_tool', target: `deploy ${round}`, requester: 'writer' });
      if (asked.outcome !== 'waiting') throw new Error(`not asked: ${asked.outcome}`);
      await delay((asked.approval.approvesItselfAt ?? 0) - Date.now() + 20);
      const started = Date.now();
      const words = ['worker', '--config', join(house.root, 'config'), '--workspace', house.root];
      const worker = spawn(GGEN_MCP, words, { env: { ...process.env, ...house.env }, stdio: 'ignore' });
      const gone = once(worker, 'exit');
      let fired: number | undefined;
      while (fired === undefined) {
        await delay(10);
        fired = (await store.getRequest(asked.approval.id))?.decidedAt;
        if (worker.exitCode !== null) throw new Error(`the worker ended with ${worker.exitCode}`);
      }
      samples.push(fired - started);
      worker.kill('SIGKILL');
      await gone;
      const start = performance.now();
      spawnSync(process.execPath, ['-e', '0']);
      bare.push(performance.now() - start);
    }
    const p95 = percentile(samples, 0.95);
    return [
      `${backend}, ${rounds} restarts`,
      count(percentile(samples, 0.5)),
      count(p95),
      count(percentile(bare, 0.5)),
      judged(p95, '≤', 1000, ' ms'),
    ];
  } finally {
    await house.remove();
  }
}

export function idleTable(rows: readonly string[][]): string {
  return renderTable([['an idle worker', 'CPU ms each s', 'more', 'goal'], ...rows]);
}

export function restartTable(rows: readonly string[][]): string {
  return renderTable([
    ['ggen-mcp worker started, to a due timer that fired, ms', 'p50', 'p95', 'node -e 0', 'goal (p95)'],
    ...rows,
  ]);
}
