import { GgenError } from '../../kernel/errors.ts';
import type { Connections } from './connections.ts';
import type { PreparedEntry } from './entry-values.ts';
import { appendEntries, appendLeftOut, appendStatement, idsOf, type LeftOutCount, newBatch } from './outbox.ts';
import { isLost, isRefusedValue, isWorthAnotherTry, storeFault } from './postgres-error.ts';
import type { LastStatement } from './write-last.ts';

export interface AppendQueue {
  /** Resolves after the commit. Calls of one turn of the event loop share a commit. */
  append(entry: PreparedEntry): Promise<undefined>;
  /** As append, but waits for the next commit that anybody makes, at the latest `SOON_MS`. */
  appendSoon(entry: PreparedEntry): Promise<undefined>;
  countLeftOut(count: LeftOutCount): Promise<void>;
  /** Resolves when everything handed over before has been committed or has failed. */
  flush(): Promise<void>;
  /** What is not known to be written, for the moment in which the process ends; written twice, it is there once. */
  unwritten(): LastStatement[];
  /** As flush, and refuses what is handed over from now on. */
  close(): Promise<void>;
}

export interface AppendLimits {
  /** how long a connection or a lock is tried for */
  readonly busyTimeoutMs: number;
  /** how many batches may be on their way at once */
  readonly batches: number;
  /** how many entries may wait at once, and how many bytes between them */
  readonly maxWaiting: number;
  readonly maxWaitingBytes: number;
}

interface Job {
  readonly entry: PreparedEntry;
  readonly resolve: (value: undefined) => void;
  readonly reject: (error: GgenError) => void;
}

interface LeftOut {
  readonly count: LeftOutCount;
  readonly waiting: { resolve: () => void; reject: (error: GgenError) => void }[];
}

/** The longest that an outcome waits for somebody else's commit. */
const SOON_MS = 50;
/** Bounds one statement. */
const MAX_BATCH = 1000;
const MAX_BATCH_BYTES = 8 * 1024 * 1024;
/** Bounds how many kinds of left-out events wait to be counted. */
const MAX_LEFT_OUT = 10_000;

/**
 * Group commit: what is handed over in one turn of the event loop, together with whatever waited for a commit, goes
 * into one statement, in the order in which it was handed over; a few statements are under way at once. What waits for
 * its acknowledgement before it hands over more is in order; of two that are under way, either may come first.
 * INVARIANT: a caller hears of success only after the statement's commit. Where the connection is lost meanwhile, the
 * same batch is written again under the same name: what the first try wrote is found, and nothing is there twice.
 */
export function createAppendQueue(
  db: Connections,
  limits: AppendLimits,
  { pace, appended }: { readonly pace: () => number; readonly appended: () => void },
): AppendQueue {
  let waiting: Job[] = [];
  let waitingBytes = 0;
  let leftOut = new Map<string, LeftOut>();
  /** callers whose count is not settled yet */
  let leftOutWaiting = 0;
  const underWay = new Set<Promise<void>>();
  /** by its name, each batch that is not settled */
  const unsettled = new Map<string, readonly Job[]>();
  const idsUnderWay = new Set<string>();
  let turn: NodeJS.Immediate | undefined;
  /** at its end, whatever waits is written; it keeps the process alive until then */
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  const refusal = (bytes: number): GgenError | undefined => {
    if (closed) return new GgenError('STORE_UNAVAILABLE', `the governance database ${db.name} is closed`);
    const all = waiting.length + leftOutWaiting;
    const full = all >= limits.maxWaiting || (waiting.length > 0 && waitingBytes + bytes > limits.maxWaitingBytes);
    if (!full) return undefined;
    return new GgenError(
      'STORE_UNAVAILABLE',
      `${all} entries wait for the governance database ${db.name}: no more are taken`,
      { hint: 'more is written than it can take, or it does not answer' },
    );
  };

  const enqueue = (entry: PreparedEntry): Promise<undefined> => {
    const refused = refusal(entry.bytes);
    if (refused) return Promise.reject(refused);
    waitingBytes += entry.bytes;
    return new Promise((resolve, reject) => {
      waiting.push({ entry, resolve, reject });
    });
  };

  const atTurnsEnd = (): void => {
    if (turn !== undefined) return;
    turn = setImmediate(() => {
      turn = undefined;
      writeWaiting();
    });
  };
  const soon = (): void => {
    if (timer === undefined) timer = setTimeout(writeWaiting, SOON_MS);
  };

  const writeWaiting = (): void => {
    clearTimeout(timer);
    timer = undefined;
    while ((waiting.length > 0 || leftOut.size > 0) && underWay.size < limits.batches) {
      const batch = take();
      const counts = [...leftOut.values()];
      leftOut = new Map();
      if (batch.length === 0 && counts.length === 0) return;
      const done = Promise.all([
        batch.length > 0 ? writeSettling(batch) : undefined,
        counts.length > 0 ? writeLeftOut(counts) : undefined,
      ]).then(() => {
        underWay.delete(done);
        if (waiting.length > 0) atTurnsEnd();
      });
      underWay.add(done);
    }
  };

  /** The first of what waits; nothing where that has an id that is under way already. */
  const take = (): Job[] => {
    let bytes = 0;
    let count = 0;
    const batchIds = new Set<string>();
    while (count < waiting.length && count < MAX_BATCH) {
      const { entry } = waiting[count]!;
      // An id that is there twice waits for its first: which of both is refused is settled by who came first.
      const id = nameOf(entry);
      if ((count > 0 && bytes + entry.bytes > MAX_BATCH_BYTES) || batchIds.has(id) || idsUnderWay.has(id)) break;
      batchIds.add(id);
      bytes += entry.bytes;
      count += 1;
    }
    for (const id of batchIds) idsUnderWay.add(id);
    waitingBytes -= bytes;
    const taken = waiting.slice(0, count);
    waiting = waiting.slice(count);
    return taken;
  };

  const writeSettling = async (jobs: readonly Job[]): Promise<void> => {
    const batch = newBatch();
    unsettled.set(batch, jobs);
    await write(jobs, batch);
    unsettled.delete(batch);
    for (const job of jobs) idsUnderWay.delete(nameOf(job.entry));
  };

  /** Settles every job of the batch; never throws. */
  const write = async (jobs: readonly Job[], batch: string): Promise<void> => {
    const wait = pace();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    const entries = jobs.map((job) => job.entry);
    const ids = entries.map((entry) => entry.id);
    const end = performance.now() + limits.busyTimeoutMs;
    let unsure = false;
    for (let tries = 0; ; tries += 1) {
      try {
        const ours = await db.use(async (session) => {
          const written = await appendEntries(session, entries, batch);
          return written === entries.length ? undefined : await idsOf(session, ids, batch);
        }, limits.busyTimeoutMs + 1000);
        for (const job of jobs) {
          if (ours === undefined || ours.has(job.entry.id.toString('hex'))) job.resolve(undefined);
          else job.reject(new GgenError('CONFLICT', 'an entry with this id is recorded already'));
        }
        appended();
        return;
      } catch (error) {
        unsure ||= isLost(error);
        if (isRefusedValue(error) && jobs.length > 1 && !unsure) {
          for (const job of jobs) await write([job], batch);
          return;
        }
        const again = (isLost(error) || isWorthAnotherTry(error)) && performance.now() < end;
        if (!again) {
          for (const job of jobs) job.reject(faultOf(error, unsure));
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, Math.min(10 * 2 ** tries, 500) * (0.5 + Math.random())));
      }
    }
  };

  const faultOf = (error: unknown, unsure: boolean): GgenError => {
    if (isRefusedValue(error) && !unsure) {
      return new GgenError('INPUT_INVALID', "the entry can't be recorded: Postgres refuses a value of it");
    }
    const fault = storeFault(error, db.name);
    if (!unsure || fault.code !== 'STORE_UNAVAILABLE') return fault;
    return new GgenError('STORE_UNAVAILABLE', fault.message, {
      hint: 'the connection was lost while it was written: look whether the entry is on record before writing it again',
    });
  };

  /** A count whose connection was lost isn't tried again: better one too few than one too many. */
  const writeLeftOut = async (counts: readonly LeftOut[]): Promise<void> => {
    try {
      await db.use(
        (session) =>
          appendLeftOut(
            session,
            counts.map((one) => one.count),
          ),
        limits.busyTimeoutMs + 1000,
      );
      for (const { waiting: waiters } of counts) for (const waiter of waiters) waiter.resolve();
      appended();
    } catch (error) {
      const fault = storeFault(error, db.name);
      for (const { waiting: waiters } of counts) for (const waiter of waiters) waiter.reject(fault);
    } finally {
      for (const { waiting: waiters } of counts) leftOutWaiting -= waiters.length;
    }
  };

  const flush = async (): Promise<void> => {
    while (waiting.length > 0 || leftOut.size > 0 || underWay.size > 0) {
      writeWaiting();
      await Promise.race(underWay);
    }
  };

  return {
    append: (entry) => {
      const result = enqueue(entry);
      atTurnsEnd();
      return result;
    },
    appendSoon: (entry) => {
      const result = enqueue(entry);
      soon();
      return result;
    },
    countLeftOut: (count) =>
      new Promise((resolve, reject) => {
        const refused = refusal(0);
        if (refused) return reject(refused);
        const key = JSON.stringify([count.hour, count.eventType, count.operation, count.actorId, count.result]);
        const known = leftOut.get(key);
        if (known) known.count.count += count.count;
        else leftOut.set(key, { count, waiting: [] });
        leftOut.get(key)!.waiting.push({ resolve, reject });
        leftOutWaiting += 1;
        if (leftOut.size >= MAX_LEFT_OUT) atTurnsEnd();
        else soon();
      }),
    flush,
    unwritten: () => {
      for (idsUnderWay.clear(); waiting.length > 0; idsUnderWay.clear()) unsettled.set(newBatch(), take());
      return [...unsettled].map(([batch, jobs]) =>
        appendStatement(
          jobs.map((job) => job.entry),
          batch,
        ),
      );
    },
    close: async () => {
      closed = true;
      await flush();
      clearTimeout(timer);
    },
  };
}

function nameOf(entry: PreparedEntry): string {
  return entry.id.toString('latin1');
}
