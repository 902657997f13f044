import type { ApprovalChange, ApprovalStore, RequestExtras } from '../../approvals/index.ts';
import { notPending, tooManyPending } from '../../approvals/index.ts';
import { confirmErasure, type LogKeys, type NoteVerifier, type Witness } from '../../audit/index.ts';
import type { AttemptGuards, AttemptResult, GovernanceStore } from '../../governor/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import type { Clock } from '../../kernel/ports.ts';
import type { ApprovalRecord } from '../../model/approval.ts';
import type { AuditEntry } from '../../model/audit-entry.ts';
import { onExit } from '../process/index.ts';
import { randomBytes } from '../random/index.ts';
import {
  bindKey,
  changeRequest,
  countPending,
  findKeyed,
  findOpen,
  findRequest,
  getRequest,
  insertRequest,
  listRequests,
  prepareRequest,
  writeVotes,
} from './approval-table.ts';
import { type CommitQueue, createCommitQueue, type Work } from './commit-queue.ts';
import { type Database, openDatabase } from './database.ts';
import { disabledEndpoints, disableEndpoint, enableEndpoint } from './endpoint-table.ts';
import { prepareEntry } from './entry-row.ts';
import { queryEntries, readPages, replayPages, seqOf } from './entry-table.ts';
import { erasableTo, eraseSome, markErased } from './erase.ts';
import { getGrant, insertGrant, listGrants, revokeGrant, useGrant } from './grant-table.ts';
import { readHead } from './head-table.ts';
import {
  dropDeadJobs,
  endJob,
  insertJobs,
  leaseJobs,
  listJobs,
  nextJobAt,
  prepareJobs,
  reviveJob,
} from './job-table.ts';
import { countRequest, hasRoomFor, readAgentState, seeAgent } from './limit-tables.ts';
import { createLogWriter } from './log-writer.ts';
import { besideSql } from './migration-steps.ts';
import { createUnpack } from './packed-table.ts';
import { createPacker } from './packer.ts';
import { countLeftOut, readDerived, readStats } from './rollup-table.ts';
import { selfCheck } from './self-check.ts';
import { readTile } from './tile-table.ts';
import { transactionOf } from './transaction.ts';

const KEPT_CHECKPOINT = 'SELECT checkpoint FROM audit_checkpoints WHERE size >= ? ORDER BY size LIMIT 1';

type Judge = Parameters<ApprovalStore['castVote']>[1];

export interface SqliteStoreOptions {
  /** the database file; created with its folder where it is missing */
  readonly path: string;
  /** `disk`: what was acknowledged survives a power cut; `os`: it survives kill -9, and costs a tenth */
  readonly durability: 'disk' | 'os';
  readonly clock: Clock;
  /** how long a lock that another process holds is waited for, in milliseconds; 5,000 where nothing is said */
  readonly busyTimeoutMs?: number;
  /** how many callers may wait for a commit at once; 10,000 where nothing is said */
  readonly maxWaiting?: number;
  /** how many bytes may wait between them; 64 MiB where nothing is said */
  readonly maxWaitingBytes?: number;
  /** the keys that sign the log; one is made for a new log */
  readonly keys: LogKeys;
  /** told of every new checkpoint; none where nothing is said */
  readonly witnesses?: readonly ClosableWitness[];
  /** whether older entries are compressed while there is time; default false */
  readonly compress?: boolean;
}

/** A witness that may hold something back for a moment. */
export interface ClosableWitness extends Witness {
  flush(): void;
}

/**
 * The governor's store in one SQLite file, safe with many processes at once. Throws STORE_UNAVAILABLE where the file
 * can't be used, STORE_INCOMPATIBLE where a newer program wrote it.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<GovernanceStore> {
  const busyTimeoutMs = options.busyTimeoutMs ?? 5000;
  const { path, durability, keys } = options;
  const db = await openDatabase({ path, durability, busyTimeoutMs, beside: besideSql(keys, randomBytes) });
  return createStore(db, { ...options, busyTimeoutMs });
}

/** The store over a database that is open already. */
export function createStore(db: Database, options: Omit<SqliteStoreOptions, 'path' | 'durability'>): GovernanceStore {
  const { clock, keys, witnesses = [] } = options;
  const log = createLogWriter({ db, keys, random: randomBytes });
  const unpack = createUnpack(db);
  const limits = {
    busyTimeoutMs: options.busyTimeoutMs ?? 5000,
    maxWaiting: options.maxWaiting ?? 10_000,
    maxWaitingBytes: options.maxWaitingBytes ?? 64 * 1024 * 1024,
  };
  const queue: CommitQueue = createCommitQueue(db, limits, {
    ...log,
    committed: () => {
      const checkpoint = log.takeSealed();
      if (checkpoint !== undefined) for (const witness of witnesses) witness.observe(checkpoint);
    },
  });
  const packer = options.compress ? createPacker(db, queue.commits) : undefined;
  const flushWitnesses = (): void => {
    for (const witness of witnesses) witness.flush();
  };
  const forgetExit = onExit(() => {
    queue.flushNow();
    flushWitnesses();
  });
  let closing: Promise<void> | undefined;

  const appending = (entry: AuditEntry): Work<number> => {
    const prepared = prepareEntry(entry);
    return { write: () => log.append(prepared), several: false, bytes: prepared.bytes };
  };

  const attempting = (entry: AuditEntry, guards: AttemptGuards): Work<AttemptResult> => {
    const prepared = prepareEntry(entry);
    const { grant, standing, rate, concurrency } = guards;
    if (!grant && !standing && !rate && !concurrency) {
      return { write: () => ({ ok: true, seq: log.append(prepared) }), several: false, bytes: prepared.bytes };
    }
    const consumed = grant && prepareEntry(grant.entry);
    const used = standing && prepareEntry(standing.entry);
    const write = (): AttemptResult => {
      // INVARIANT: the time is read under the write lock, so that no two processes can use what one of them must not.
      const now = clock();
      const room = hasRoomFor(db, guards, now);
      if (room !== true) return { ok: false, lost: room };
      if (grant && consumed) {
        const change = { id: grant.approvalId, from: 'approved', to: 'consumed', set: {} } as const;
        if (!changeRequest(db, change, now)) return { ok: false, lost: 'grant' };
        log.append(consumed);
      }
      if (standing && used) {
        // Whatever was written before it in this attempt is undone.
        if (!useGrant(db, standing.grantId, now)) throw new LostGuard('standing');
        log.append(used);
      }
      if (rate) countRequest(db, rate, now);
      if (concurrency) seeAgent(db, concurrency, now);
      return { ok: true, seq: log.append(prepared) };
    };
    return { write, several: true, bytes: prepared.bytes + (consumed?.bytes ?? 0) + (used?.bytes ?? 0) };
  };

  const requesting = (
    record: ApprovalRecord,
    entry: AuditEntry,
    { jobs = [], supersedes, maxPending = Number.POSITIVE_INFINITY }: RequestExtras = {},
  ): Work<ApprovalRecord> => {
    const prepared = prepareEntry(entry);
    const fixed = prepareRequest(record);
    const preparedJobs = prepareJobs(jobs);
    const supersede = (by: ApprovalRecord): void => {
      if (supersedes === undefined || supersedes.id === by.id) return;
      const change = supersedes.by(by.id);
      if (!changeRequest(db, change, clock())) throw notPending(change.id);
      insertJobs(db, prepareJobs(change.jobs ?? []), clock());
      log.append(prepareEntry(change.entry));
    };
    const write = (): ApprovalRecord => {
      const keyed = findKeyed(db, record);
      if (keyed) return keyed;
      const open = findOpen(db, record);
      supersede(open ?? record);
      if (open) bindKey(db, open.id, record);
      if (open) return open;
      if (countPending(db, record) >= maxPending) throw tooManyPending(record.requester, maxPending);
      insertRequest(db, record, fixed);
      insertJobs(db, preparedJobs, clock());
      log.append(prepared);
      return record;
    };
    return { write, several: true, bytes: prepared.bytes + 2 * fixed.length };
  };

  const changing = (change: ApprovalChange): Work<boolean> => {
    const prepared = prepareEntry(change.entry);
    const jobs = prepareJobs(change.jobs ?? []);
    const write = (): boolean => {
      if (!changeRequest(db, change, clock())) return false;
      insertJobs(db, jobs, clock());
      log.append(prepared);
      return true;
    };
    return { write, several: true, bytes: prepared.bytes };
  };

  const casting = (id: string, judge: Judge): Work<ApprovalRecord | undefined> => {
    const write = (): ApprovalRecord | undefined => {
      const record = getRequest(db, id);
      const cast = record && judge(record, clock());
      if (!cast) return record;
      writeVotes(db, id, cast.votes);
      if (cast.decided && !changeRequest(db, { id, from: 'pending', ...cast.decided }, clock())) {
        throw new GgenError('CONFLICT', `request ${id} is not pending any more`);
      }
      insertJobs(db, prepareJobs(cast.jobs ?? []), clock());
      for (const entry of cast.entries) log.append(prepareEntry(entry));
      return getRequest(db, id);
    };
    return { write, several: true, bytes: 10_000 };
  };

  /** A change of what is kept beside the log, with its entry where it has one. */
  const changingBeside = (write: () => boolean, entry: AuditEntry | undefined): Promise<boolean> =>
    handOver(() => {
      const prepared = entry && prepareEntry(entry);
      const both = (): boolean => {
        const changed = write();
        if (changed && prepared) log.append(prepared);
        return changed;
      };
      return queue.commit({ write: both, several: true, bytes: 1000 + (prepared?.bytes ?? 0) });
    });

  // A synchronous driver behind a port that is not: what fails rejects.
  const reading = async <T>(read: () => T): Promise<T> => {
    if (!closing) return read();
    throw new GgenError('STORE_UNAVAILABLE', `the governance database ${db.path} is closed`);
  };

  /** The key of this user that signs the log now. */
  const currentKeys = (): NoteVerifier[] => {
    const { origin, vkey } = readHead(db);
    const signer = keys.find(origin, vkey);
    return signer ? [signer.verifier] : [];
  };

  const erase = async (before: number, told: (erasedTo: number) => AuditEntry): Promise<number> => {
    const upTo = erasableTo(db, before);
    if (upTo > 0) {
      await confirmErasure(store, currentKeys(), upTo, before);
      const prepared = prepareEntry(told(upTo));
      // INVARIANT: the log says that they are erased before the first of them goes.
      const write = (): void => {
        if (markErased(db, upTo)) log.append(prepared);
      };
      await queue.commit({ write, several: true, bytes: prepared.bytes });
    }
    let erased = 0;
    for (;;) {
      const some = eraseSome(db, transactionOf(db));
      if (some === 0) return erased;
      erased += Math.max(0, some);
      // Others get their turn between two chunks.
      await new Promise((resolve) => setTimeout(resolve, some < 0 ? 10 : 0));
    }
  };

  async function* inTurns<T>(open: () => Generator<T>): AsyncGenerator<T> {
    const pages = await reading(open);
    // Each page is one turn: whoever writes meanwhile isn't kept waiting.
    for (;;) {
      const { done, value } = await reading(() => pages.next());
      if (done) return;
      yield value;
    }
  }

  const close = async (): Promise<void> => {
    packer?.stop();
    await queue.close();
    flushWitnesses();
    forgetExit();
    db.close();
  };

  const store: GovernanceStore = {
    append: (entry) => handOver(() => queue.commit(appending(entry))),
    appendSoon: (entry) => handOver(() => queue.commitSoon(appending(entry))),
    attempt: (entry, guards) =>
      handOver(() => queue.commit(attempting(entry, guards))).catch((error: unknown) => {
        if (error instanceof LostGuard) return { ok: false, lost: error.lost };
        throw error;
      }),
    createRequest: (record, entry, more) => handOver(() => queue.commit(requesting(record, entry, more))),
    changeRequest: (change) => handOver(() => queue.commit(changing(change))),
    castVote: (id, judge) => handOver(() => queue.commit(casting(id, judge))),
    countLeftOut: (entry) =>
      handOver(() => queue.commitSoon({ write: () => countLeftOut(db, entry), several: true, bytes: 500 })),
    query: (filter) => reading(() => queryEntries(db, filter, unpack)),
    seqOf: (id) => reading(() => seqOf(db, id)),
    read: (filter) => inTurns(() => readPages(db, filter, unpack)),
    replay: (afterSeq) => inTurns(() => replayPages(db, afterSeq)),
    timeRuns: () =>
      reading(() =>
        db
          .all('SELECT first_seq, hour FROM audit_hours ORDER BY first_seq')
          .map((row) => ({ firstSeq: Number(row.first_seq), hour: Number(row.hour) })),
      ),
    stats: (question) => reading(() => readStats(db, question)),
    countedLength: Number.POSITIVE_INFINITY,
    derived: (see) => reading(() => readDerived(db, see)),
    head: () =>
      reading(() => {
        const { vkey: _, ...head } = readHead(db);
        return head;
      }),
    tile: (level, index, count) => reading(() => db.snapshot(() => readTile(db, level, index, count))),
    keptCheckpoint: (size) => reading(() => db.get(KEPT_CHECKPOINT, size)?.checkpoint as string | undefined),
    erase: (before, told) => reading(() => undefined).then(() => erase(before, told)),
    changeKey: (next, told) =>
      handOver(() => {
        const prepared = prepareEntry(told);
        const write = (): void => {
          log.changeKey(next);
          log.append(prepared);
        };
        return queue.commit({ write, several: true, bytes: prepared.bytes });
      }),
    selfCheck: () => reading(() => selfCheck(db)),
    compact: () => reading(() => packer?.packOnce() ?? 0),
    getRequest: (id) => reading(() => getRequest(db, id)),
    listRequests: (filter) => reading(() => listRequests(db, filter)),
    findRequest: (requester, digest, policySet) => reading(() => findRequest(db, requester, digest, policySet)),
    nextJobAt: (kind) => reading(() => nextJobAt(db, kind)),
    leaseJobs: (request) =>
      handOver(() => queue.commit({ write: () => leaseJobs(db, request, clock()), several: true, bytes: 1000 })),
    endJob: (job, end) => {
      const ending = (): boolean => {
        if (!endJob(db, job, end)) return false;
        insertJobs(db, prepareJobs(end.jobs ?? []), clock());
        return true;
      };
      return changingBeside(ending, end.entry);
    },
    listJobs: (filter) => reading(() => listJobs(db, filter)),
    reviveJob: (id, entry) => changingBeside(() => reviveJob(db, id, clock()), entry),
    dropDeadJobs: (before, told) =>
      handOver(() => {
        const write = (): number => {
          const count = dropDeadJobs(db, before);
          if (count > 0) log.append(prepareEntry(told(count)));
          return count;
        };
        return queue.commit({ write, several: true, bytes: 1000 });
      }),
    createGrant: async (grant, entry) => {
      await changingBeside(() => {
        insertGrant(db, grant);
        return true;
      }, entry);
    },
    getGrant: (id) => reading(() => getGrant(db, id)),
    listGrants: (filter) => reading(() => listGrants(db, filter)),
    revokeGrant: (id, entry) => changingBeside(() => revokeGrant(db, id, clock()), entry),
    disabledEndpoints: () => reading(() => disabledEndpoints(db)),
    disableEndpoint: async (endpoint, why, entry) => {
      await changingBeside(() => disableEndpoint(db, endpoint, why, clock()), entry);
    },
    enableEndpoint: (endpoint, entry) => changingBeside(() => enableEndpoint(db, endpoint), entry),
    // The version rises with what other connections committed, the counter with what this one did.
    changeMark: () => reading(() => Number(db.get('PRAGMA data_version')?.data_version) + queue.commits()),
    agentState: (needs) => reading(() => readAgentState(db, needs, clock())),
    flush: () => queue.flush(),
    close: () => {
      closing ??= close();
      return closing;
    },
  };
  return store;
}

/** Undoes what an attempt has written so far: a guard behind it was lost. */
class LostGuard extends Error {
  readonly lost: 'standing';
  constructor(lost: 'standing') {
    super(lost);
    this.lost = lost;
  }
}

/** What can't be prepared rejects like what can't be written. (An async function would cost three turns more.) */
function handOver<T>(commit: () => Promise<T>): Promise<T> {
  try {
    return commit();
  } catch (error) {
    return Promise.reject(error);
  }
}
