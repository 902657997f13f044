import { GgenError, isGgenError } from '../../kernel/errors.ts';
import { type Database, pause } from './database.ts';
import { monotonicMs } from './monotonic.ts';
import { isBusy, isConstraint, isDuplicate, isSqliteError, storeFault } from './sqlite-error.ts';

/** One caller's writes. All of them happen or none, whatever becomes of the others in the same commit. */
export interface Work<T> {
  /** Runs inside the transaction; its value is what the caller gets once the commit is durable. */
  readonly write: () => T;
  /** true where `write` may run more than one writing statement */
  readonly several: boolean;
  /** roughly what it holds in memory while it waits */
  readonly bytes: number;
}

/** What takes part in every transaction of the queue. */
export interface Participant {
  /** after BEGIN */
  begin(): void;
  /** a place that the transaction can be taken back to */
  mark(): number;
  takeBackTo(mark: number): void;
  /** before COMMIT */
  seal(): void;
  /** after COMMIT */
  committed(): void;
}

export interface CommitQueue {
  /** Resolves after the commit. Calls of one turn of the event loop share a commit. */
  commit<T>(work: Work<T>): Promise<T>;
  /** As commit, but waits for the next commit that anybody makes, at the latest `SOON_MS`. */
  commitSoon<T>(work: Work<T>): Promise<T>;
  /** Resolves when everything handed over before has been committed or has failed. */
  flush(): Promise<void>;
  /** Commits what waits before it returns; for the moment in which the process ends. */
  flushNow(): void;
  /** As flush, and refuses what is handed over from now on. */
  close(): Promise<void>;
  /** How many transactions this queue committed. */
  commits(): number;
}

export interface QueueLimits {
  readonly busyTimeoutMs: number;
  /** how many callers may wait at once, and how many bytes between them */
  readonly maxWaiting: number;
  readonly maxWaitingBytes: number;
}

interface Job {
  readonly work: Work<unknown>;
  readonly since: number;
  readonly resolve: (value: never) => void;
  readonly reject: (error: GgenError) => void;
}

type Settled = { readonly value: unknown } | { readonly error: GgenError };

/** The longest that an outcome waits for somebody else's commit. */
const SOON_MS = 50;
/** Bounds how long one transaction keeps other processes waiting. */
const MAX_BATCH = 2000;
/** How long a process that is ending waits for a lock: nobody is there any more to be told. */
const EXIT_WAIT_MS = 2000;

/**
 * Group commit over a synchronous driver: what is handed over in one turn of the event loop, together with whatever
 * waited for a commit, goes into one transaction, in the order in which it was handed over.
 * INVARIANT: a caller hears of success only after COMMIT returned; where it hears of failure nothing of its writes
 * is in the database, nor can a crash bring it back.
 */
export function createCommitQueue(db: Database, limits: QueueLimits, participant: Participant): CommitQueue {
  let waiting: Job[] = [];
  let waitingBytes = 0;
  let turn: NodeJS.Immediate | undefined;
  /** at its end, whatever waits is committed; it is left running when that happened earlier */
  let timer: NodeJS.Timeout | undefined;
  let tries = 0;
  let committed = 0;
  let closed = false;

  const enqueue = <T>(work: Work<T>): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      waitingBytes += work.bytes;
      waiting.push({ work, since: monotonicMs(), resolve: resolve as (value: never) => void, reject });
    });

  const refusal = (work: Work<unknown>): GgenError | undefined => {
    if (closed) return new GgenError('STORE_UNAVAILABLE', `the governance database ${db.path} is closed`);
    if (!isFull(work)) return undefined;
    // Back-pressure: whoever hands over more than may wait pays for the commit at once.
    runBatch();
    if (!isFull(work)) return undefined;
    return new GgenError(
      'STORE_UNAVAILABLE',
      `${waiting.length} entries wait for the governance database ${db.path}: no more are taken`,
      { hint: 'another process holds its lock, or more is written than the disk can take' },
    );
  };
  const isFull = (work: Work<unknown>): boolean =>
    waiting.length >= limits.maxWaiting || (waiting.length > 0 && waitingBytes + work.bytes > limits.maxWaitingBytes);

  const soonest = (): void => {
    // While a lock is waited for, the next try takes along whatever came meanwhile.
    if (turn === undefined && tries === 0) turn = setImmediate(run);
  };

  const run = (): void => {
    turn = undefined;
    if (waiting.length > 0) runBatch();
    if (waiting.length === 0) return;
    if (tries === 0) soonest();
    // Other processes write in between; an odd wait keeps two of them from meeting at the same moment for ever.
    else startTimer(1 + Math.random() * Math.min(tries, 8));
  };

  // The timer keeps the process alive: nothing that was handed over is dropped because the rest has ended.
  const startTimer = (ms: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      timer = undefined;
      run();
    }, ms);
  };

  /** Commits the first of what waits, or finds the lock taken and leaves it waiting. */
  const runBatch = (): void => {
    try {
      db.begin();
    } catch (error) {
      if (isBusy(error)) {
        tries += 1;
        const now = monotonicMs();
        const late = waiting.findIndex((job) => now - job.since < limits.busyTimeoutMs);
        fail(take(late === -1 ? waiting.length : late), storeFault(error, db.path));
        if (waiting.length === 0) tries = 0;
      } else {
        tries = 0;
        fail(take(waiting.length), storeFault(error, db.path));
      }
      return;
    }
    tries = 0;
    const batch = take(MAX_BATCH);
    let settled: Settled[];
    try {
      participant.begin();
      settled = batch.map(({ work }) => writeOne(work));
      participant.seal();
      db.run('COMMIT');
    } catch (error) {
      undo();
      fail(batch, storeFault(error, db.path));
      return;
    }
    committed += 1;
    participant.committed();
    settled.forEach((result, i) => {
      if ('error' in result) batch[i]!.reject(result.error);
      else batch[i]!.resolve(result.value as never);
    });
  };

  /** One caller's writes; a fault of its own rejects it alone, a fault of the database is thrown. */
  const writeOne = (work: Work<unknown>): Settled => {
    if (work.several) db.run('SAVEPOINT caller');
    const mark = participant.mark();
    try {
      const value = work.write();
      if (work.several) db.run('RELEASE caller');
      return { value };
    } catch (error) {
      if (isDatabaseFault(error)) throw error;
      participant.takeBackTo(mark);
      if (work.several) {
        db.run('ROLLBACK TO caller');
        db.run('RELEASE caller');
      }
      return { error: faultOfCaller(error) };
    }
  };

  /**
   * THREAT: a COMMIT that failed while syncing has left its pages in the write-ahead log, valid to the eye of a
   * recovery after a crash. A transaction that changes nothing overwrites the first of them, and so voids them all;
   * where it fails too, the next commit of any process does it.
   */
  const undo = (): void => {
    try {
      db.run('ROLLBACK');
    } catch {
      // SQLite has rolled back already
    }
    try {
      db.voidUnsynced();
    } catch {
      // the callers hear of the first error, which says why
    }
  };

  const take = (count: number): Job[] => {
    const taken = waiting.slice(0, count);
    waiting = waiting.slice(count);
    for (const { work } of taken) waitingBytes -= work.bytes;
    return taken;
  };

  const fail = (jobs: Job[], error: GgenError): void => {
    for (const job of jobs) job.reject(error);
  };

  const commit = <T>(work: Work<T>): Promise<T> => {
    const refused = refusal(work);
    if (refused) return Promise.reject(refused);
    const result = enqueue(work);
    soonest();
    return result;
  };

  const commitSoon = <T>(work: Work<T>): Promise<T> => {
    const refused = refusal(work);
    if (refused) return Promise.reject(refused);
    const result = enqueue(work);
    if (turn === undefined && timer === undefined) startTimer(SOON_MS);
    return result;
  };

  const flush = async (): Promise<void> => {
    if (waiting.length === 0) return;
    const everything = enqueue({ write: () => undefined, several: false, bytes: 0 });
    soonest();
    await everything.catch(() => undefined);
  };

  return {
    commit,
    commitSoon,
    flush,
    flushNow: () => {
      const end = monotonicMs() + EXIT_WAIT_MS;
      while (waiting.length > 0 && monotonicMs() < end) {
        runBatch();
        if (tries > 0) pause(2);
      }
    },
    close: async () => {
      closed = true;
      await flush();
      clearTimeout(timer);
    },
    commits: () => committed,
  };
}

/** True for what concerns the whole transaction, not just the one who met it. */
function isDatabaseFault(error: unknown): boolean {
  if (isGgenError(error)) return error.code === 'STORE_UNAVAILABLE';
  return isSqliteError(error) && !isConstraint(error);
}

function faultOfCaller(error: unknown): GgenError {
  if (isGgenError(error)) return error;
  if (isDuplicate(error)) {
    return new GgenError('CONFLICT', 'an entry or request with this id is recorded already', { cause: error });
  }
  const message = error instanceof Error ? error.message.split('\n', 1)[0]! : String(error);
  return new GgenError('INPUT_INVALID', `can't be recorded: ${message}`, { cause: error });
}
