import { renderError } from '../kernel/errors.ts';
import type { Clock } from '../kernel/ports.ts';
import { printable } from '../kernel/text.ts';
import type { LeasedJob } from '../model/job.ts';
import type { JobEnd, JobStore } from './ports.ts';

/** How jobs of one kind are done. */
export interface JobHandler {
  readonly kind: string;
  /** how many at a time */
  readonly width: number;
  /** milliseconds that one of them may take; past them another worker may begin it again */
  readonly leaseMs: number;
  /** Does it once. What it throws is a fault: the job is begun again later, and given up after MAX_BEGUN times. */
  run(job: LeasedJob, signal: AbortSignal): Promise<JobEnd>;
}

export interface WorkerParts {
  readonly store: JobStore;
  readonly handlers: readonly JobHandler[];
  readonly clock: Clock;
  readonly newId: () => string;
  /** resolves after `ms`, or as soon as `signal` aborts */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** told of what went wrong in this process, with the job where it was one, and what becomes of that */
  readonly onFault?: (fault: unknown, job?: LeasedJob, then?: 'later' | 'dead') => void;
  /** a fault as one line without secrets, to be kept with its job */
  readonly reasonOf?: (fault: unknown) => string;
}

export interface Worker {
  /** Resolves when nothing is due that this worker could do, and nothing is under way; or when it is stopped. */
  idle(): Promise<void>;
  /** Takes nothing more, and resolves when what is under way has ended, or was told to. */
  stop(): Promise<void>;
}

/** How long a change by others, or a clock that was put forward, may go unseen, in milliseconds. */
const LOOK_MS = 250;
/** How often a job is begun: one that brings down what does it would do so for ever. */
export const MAX_BEGUN = 20;
/** The longest that one waits after a fault, in milliseconds; the shortest is its lease. */
const MAX_FAULT_MS = 600_000;
/** And after a fault of the store. */
const FAULT_MS = 1000;

interface Lane {
  readonly handler: JobHandler;
  busy: number;
  nextAt: number | undefined;
}

/**
 * Does jobs as they come due, in as many processes as like: each job is leased to one of them. While nothing changes and
 * nothing is due it asks for the store's change mark and nothing else, however many jobs wait.
 */
export function startWorker(parts: WorkerParts): Worker {
  const { store, clock, sleep } = parts;
  const lanes: Lane[] = parts.handlers.map((handler) => ({ handler, busy: 0, nextAt: undefined }));
  const stopping = new AbortController();
  let wake = new AbortController();
  let mark: number | undefined;
  /** something happened here that the mark may not show */
  let stale = true;
  const waiters: (() => void)[] = [];
  let isOver = false;

  const lookAgain = (): void => {
    stale = true;
    wake.abort();
  };

  const under = (): number => lanes.reduce((sum, lane) => sum + lane.busy, 0);

  const reasonOf = parts.reasonOf ?? ((fault: unknown): string => printable(renderError(fault), 300));

  const attempt = async ({ handler }: Lane, job: LeasedJob): Promise<JobEnd> => {
    // Begun so often, it never came to an end: nor would it now.
    if (job.attempts > MAX_BEGUN) return { end: 'dead', error: `begun ${MAX_BEGUN} times, and never ended` };
    try {
      return await handler.run(job, stopping.signal);
    } catch (fault) {
      const error = reasonOf(fault);
      if (job.attempts >= MAX_BEGUN) {
        parts.onFault?.(fault, job, 'dead');
        return { end: 'dead', error: `${error}; given up after ${job.attempts} tries` };
      }
      parts.onFault?.(fault, job, 'later');
      const wait = Math.min(handler.leaseMs * 2 ** (job.attempts - 1), Math.max(MAX_FAULT_MS, handler.leaseMs));
      return { end: 'later', dueAt: clock() + wait, error };
    }
  };

  const begin = (lane: Lane, job: LeasedJob): void => {
    lane.busy += 1;
    attempt(lane, job)
      .then((end) => store.endJob(job, end))
      .catch((fault: unknown) => parts.onFault?.(fault, job))
      .finally(() => {
        lane.busy -= 1;
        // What it did may have made another job due.
        lookAgain();
      });
  };

  const look = async (lane: Lane): Promise<void> => {
    const { kind, width, leaseMs } = lane.handler;
    for (;;) {
      const limit = width - lane.busy;
      if (limit <= 0 || stopping.signal.aborted) return;
      lane.nextAt = await store.nextJobAt(kind);
      if (lane.nextAt === undefined || lane.nextAt > clock()) return;
      const jobs = await store.leaseJobs({ kind, limit, leaseMs, lease: parts.newId() });
      for (const job of jobs) begin(lane, job);
      if (jobs.length > 0) continue;
      // Another process took it in between: where it doesn't end it, its turn comes when that lease is over.
      const nextAt = await store.nextJobAt(kind);
      lane.nextAt = nextAt === undefined ? undefined : Math.max(nextAt, clock() + LOOK_MS);
      return;
    }
  };

  const isDue = (lane: Lane): boolean => lane.nextAt !== undefined && lane.nextAt <= clock();
  const round = async (): Promise<void> => {
    // Those who come in during this round are for the next, which sees what they put in.
    const asked = waiters.length;
    const anew = stale;
    stale = false;
    const seen = await store.changeMark();
    if (anew || seen !== mark || lanes.some((lane) => isDue(lane) && lane.busy < lane.handler.width)) {
      for (const lane of lanes) await look(lane);
      // What was leased just now changed the mark: it is seen a look later.
      mark = seen;
    }
    if (under() === 0 && !lanes.some(isDue)) for (const resolve of waiters.splice(0, asked)) resolve();
    const free = lanes.filter((lane) => lane.busy < lane.handler.width);
    const next = Math.min(...free.map((lane) => lane.nextAt ?? Number.POSITIVE_INFINITY));
    await sleep(Math.max(1, Math.min(LOOK_MS, next - clock())), wake.signal);
  };

  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      wake = new AbortController();
      try {
        await round();
      } catch (fault) {
        parts.onFault?.(fault);
        stale = true;
        await sleep(FAULT_MS, wake.signal);
      }
    }
    isOver = true;
    for (const resolve of waiters.splice(0)) resolve();
  };

  const running = run();
  return {
    idle: () =>
      new Promise((resolve) => {
        if (isOver) return resolve();
        // What was put in a moment ago is looked for first.
        waiters.push(resolve);
        lookAgain();
      }),
    stop: async () => {
      stopping.abort();
      wake.abort();
      await running;
      while (under() > 0) await sleep(5, new AbortController().signal);
    },
  };
}
