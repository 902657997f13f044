import type { ApprovalChange, ApprovalStore, RequestExtras } from '../../approvals/index.ts';
import { idempotencyId, notPending, tooManyPending } from '../../approvals/index.ts';
import { confirmErasure, type LogKeys, type Witness } from '../../audit/index.ts';
import type { AttemptGuards, AttemptResult, GovernanceStore } from '../../governor/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import type { Clock } from '../../kernel/ports.ts';
import type { ApprovalRecord } from '../../model/approval.ts';
import type { AuditEntry } from '../../model/audit-entry.ts';
import { onExit } from '../process/index.ts';
import { randomBytes } from '../random/index.ts';
import { createAppendQueue } from './append-queue.ts';
import { createEars } from './approval-ear.ts';
import {
  bindKey,
  changeLocked,
  changeRequest,
  countPending,
  findKeyed,
  findOpen,
  findRequest,
  getRequest,
  insertRequest,
  listRequests,
  lockRequest,
  prepareRequest,
  writeVotes,
} from './approval-table.ts';
import { type Connections, createConnections, reading, type Session } from './connections.ts';
import { disabledEndpoints, disableEndpoint, enableEndpoint } from './endpoint-table.ts';
import { queryEntries, readPages, replayPages, seqOf } from './entry-query.ts';
import { type PreparedEntry, prepareEntry } from './entry-values.ts';
import { eraseEntries } from './erase.ts';
import { getGrant, insertGrant, listGrants, revokeGrant, useGrant } from './grant-table.ts';
import { createHeadWatch } from './head-watch.ts';
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
import { changeLogKey } from './key-change.ts';
import { createLane } from './lane.ts';
import { countRequest, hasRoomFor, readAgentState, seeAgent } from './limit-tables.ts';
import { lock } from './locks.ts';
import { readHead, readTile } from './log-tables.ts';
import { prepareDatabase } from './migrate.ts';
import { leftOutCount } from './outbox.ts';
import { createPace } from './pace.ts';
import { packSome, tightenMonths } from './packed-entries.ts';
import { createPartitions } from './partitions.ts';
import { storeFault } from './postgres-error.ts';
import { MAX_VALUE, readDerived, readStats } from './rollups.ts';
import { selfCheck } from './self-check.ts';
import { startSequencer, WAKE_CHANNEL } from './sequencer.ts';
import { createSettling } from './settled.ts';
import { type Outcome, transact } from './transact.ts';
import { writeLast } from './write-last.ts';

export interface PostgresStoreOptions {
  /** `postgresql://user:password@host:5432/database?sslmode=verify-full`; a user that may create a schema in it */
  readonly connectionString: string;
  readonly clock: Clock;
  /** the keys that sign the log; one is made for a new log */
  readonly keys: LogKeys;
  /** told of every checkpoint that this process signs, and of others' about once a second while it writes */
  readonly witnesses?: readonly ClosableWitness[];
  /**
   * `disk`, the default: what was acknowledged survives a power cut of the server (synchronous_commit on). `os`: it
   * survives the end of this process, and is lost where the server crashes within a moment (synchronous_commit off)
   */
  readonly durability?: 'disk' | 'os';
  /** whether older entries are compressed while there is time; default false */
  readonly compress?: boolean;
  /** false: this process leaves the order of entries to others; default true */
  readonly sequence?: boolean;
  /**
   * how long entries are taken while no node with the log's key is there to sequence them, in milliseconds; 10,000
   * where nothing is said
   */
  readonly unsignedMs?: number;
  /** how long a lock or a lost connection is waited for, in milliseconds; 5,000 where nothing is said */
  readonly busyTimeoutMs?: number;
  /** how many entries may wait for a commit at once; 10,000 where nothing is said */
  readonly maxWaiting?: number;
  /** how many bytes may wait between them; 64 MiB where nothing is said */
  readonly maxWaitingBytes?: number;
}

/** A witness that may hold something back for a moment. */
export interface ClosableWitness extends Witness {
  flush?(): void;
}

/** How many batches of entries are on their way at once. */
const BATCHES = 4;
/** Beside those, for everything else. */
const MORE_CONNECTIONS = 2;
/** The least time between two calls for the sequencer of another process. */
const CALL_MS = 50;

/**
 * The governor's store on Postgres, for many nodes at once. An entry is acknowledged when it is durable in the outbox;
 * its number follows, from whichever node sequences: so `append` resolves with undefined. Readers wait up to 2 s for
 * what was acknowledged before they asked. STORE_UNAVAILABLE where the database can't be used, STORE_INCOMPATIBLE
 * where a newer program has been there, NOT_AVAILABLE without the npm package `pg`.
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<GovernanceStore> {
  const busyTimeoutMs = options.busyTimeoutMs ?? 5000;
  const durability = options.durability ?? 'disk';
  const db = await createConnections({
    connectionString: options.connectionString,
    durability,
    busyTimeoutMs,
    maxConnections: BATCHES + MORE_CONNECTIONS,
  });
  try {
    await prepareDatabase(db, options.keys, durability);
  } catch (error) {
    await db.close();
    throw error;
  }
  return createStore(db, { ...options, busyTimeoutMs });
}

function createStore(db: Connections, options: PostgresStoreOptions & { readonly busyTimeoutMs: number }) {
  const { clock, keys, busyTimeoutMs, witnesses = [] } = options;
  let newest: string | undefined;
  const observe = (checkpoint: string): void => {
    if (checkpoint === newest) return;
    newest = checkpoint;
    for (const witness of witnesses) witness.observe(checkpoint);
  };
  const headWatch = witnesses.length > 0 ? createHeadWatch(db, observe) : undefined;
  const sequencer =
    options.sequence === false
      ? undefined
      : startSequencer({
          db,
          keys,
          clock,
          random: randomBytes,
          observe,
          compress: options.compress === true,
          unsignedMs: options.unsignedMs,
        });

  // NOTIFY in the transaction that appends would make all of them commit one after the other.
  let calledAt = Number.NEGATIVE_INFINITY;
  let wrote = false;
  const appended = (): void => {
    wrote = true;
    if (sequencer?.wake()) return;
    headWatch?.soon();
    if (performance.now() - calledAt < CALL_MS) return;
    calledAt = performance.now();
    db.use((session) => session.query(`NOTIFY ${WAKE_CHANNEL}`)).catch(() => undefined);
  };

  const queue = createAppendQueue(
    db,
    {
      busyTimeoutMs,
      batches: BATCHES,
      maxWaiting: options.maxWaiting ?? 10_000,
      maxWaitingBytes: options.maxWaitingBytes ?? 64 * 1024 * 1024,
    },
    { pace: createPace(db), appended },
  );
  const settled = createSettling(db, appended);
  const ears = createEars(db);
  const inTurn = createLane();
  const forgetExit = onExit(() => writeLast(options.connectionString, db.sessionSettings, queue.unwritten()));
  let closing: Promise<void> | undefined;
  const refuseClosed = (): void => {
    if (closing) throw new GgenError('STORE_UNAVAILABLE', `the governance database ${db.name} is closed`);
  };

  const changing = async <T>(work: (session: Session) => Promise<Outcome<T>>): Promise<T> => {
    refuseClosed();
    sequencer?.assertSigned();
    const value = await inTurn(() => transact(db, busyTimeoutMs, work));
    appended();
    return value;
  };

  const append = async (entry: PreparedEntry): Promise<undefined> => {
    sequencer?.assertSigned();
    return queue.append(entry);
  };

  const attempt = async (entry: AuditEntry, guards: AttemptGuards): Promise<AttemptResult> => {
    const { grant, standing, rate, concurrency } = guards;
    const prepared = prepareEntry(entry);
    if (!grant && !standing && !rate && !concurrency) {
      await append(prepared);
      return { ok: true };
    }
    const consumed = grant && prepareEntry(grant.entry);
    const used = standing && prepareEntry(standing.entry);
    return changing(async (session): Promise<Outcome<AttemptResult>> => {
      if (grant) {
        const change = { id: grant.approvalId, from: 'approved', to: 'consumed', set: {} } as const;
        if (!(await changeRequest(session, change, clock))) return { value: { ok: false, lost: 'grant' } };
      }
      if (standing && !(await useGrant(session, standing.grantId, clock()))) {
        return { value: { ok: false, lost: 'standing' } };
      }
      if (rate) await lock(session, `provider ${rate.provider}`);
      if (concurrency) await lock(session, 'agents');
      // INVARIANT: the time is read under the locks, so that no two processes can use what one of them must not.
      const now = clock();
      const room = await hasRoomFor(session, guards, now);
      if (room !== true) return { value: { ok: false, lost: room } };
      if (rate) await countRequest(session, rate, now);
      if (concurrency) await seeAgent(session, concurrency, now);
      return {
        value: { ok: true },
        entries: [...(consumed ? [consumed] : []), ...(used ? [used] : []), prepared],
        approvals: grant !== undefined,
      };
    });
  };

  const createRequest = async (
    record: ApprovalRecord,
    entry: AuditEntry,
    { jobs = [], supersedes, maxPending = Number.POSITIVE_INFINITY }: RequestExtras = {},
  ): Promise<ApprovalRecord> => {
    const prepared = prepareEntry(entry);
    const fixed = prepareRequest(record);
    const preparedJobs = prepareJobs(jobs);
    const { requester, actionDigest, policySet } = record;
    return changing(async (session): Promise<Outcome<ApprovalRecord>> => {
      await lock(session, `subject ${JSON.stringify([requester, actionDigest, policySet])}`);
      const key = idempotencyId(record);
      if (key !== undefined) await lock(session, `request ${key}`);
      const keyed = await findKeyed(session, record);
      if (keyed) return { value: keyed };
      const open = await findOpen(session, record);
      const { id } = open ?? record;
      const step = supersedes === undefined || supersedes.id === id ? undefined : supersedes.by(id);
      if (step && !(await changeRequest(session, step, clock))) throw notPending(step.id);
      if (step) await insertJobs(session, prepareJobs(step.jobs ?? []), clock());
      const told = step ? [prepareEntry(step.entry)] : [];
      if (open) await bindKey(session, open.id, record);
      if (open) return step ? { value: open, entries: told, approvals: true } : { value: open };
      await lock(session, `requests of ${JSON.stringify(requester)}`);
      if ((await countPending(session, record)) >= maxPending) throw tooManyPending(requester, maxPending);
      await insertRequest(session, record, fixed);
      await insertJobs(session, preparedJobs, clock());
      return { value: record, entries: [...told, prepared], approvals: true };
    });
  };

  const changeApproval = async (change: ApprovalChange): Promise<boolean> => {
    const prepared = prepareEntry(change.entry);
    const jobs = prepareJobs(change.jobs ?? []);
    return changing(async (session): Promise<Outcome<boolean>> => {
      if (!(await changeRequest(session, change, clock))) return { value: false };
      await insertJobs(session, jobs, clock());
      return { value: true, entries: [prepared], approvals: true };
    });
  };

  const castVote: ApprovalStore['castVote'] = (id, judge) =>
    changing(async (session): Promise<Outcome<ApprovalRecord | undefined>> => {
      const record = await lockRequest(session, id);
      const cast = record && judge(record, clock());
      if (!cast) return { value: record };
      const { votes, decided } = cast;
      await writeVotes(session, id, votes);
      if (decided && !(await changeLocked(session, record, { from: 'pending', ...decided }, clock))) {
        throw new GgenError('CONFLICT', `request ${id} is not pending any more`);
      }
      await insertJobs(session, prepareJobs(cast.jobs ?? []), clock());
      const value = { ...record, votes, ...(decided ? { ...decided.set, status: decided.to } : {}) };
      return { value, entries: cast.entries.map(prepareEntry), approvals: true };
    });

  /** A change of what is kept beside the log, together with its entry. */
  const changeBeside = (work: (session: Session) => Promise<boolean>, entry?: AuditEntry): Promise<boolean> => {
    const entries = entry === undefined ? [] : [prepareEntry(entry)];
    return changing(async (session): Promise<Outcome<boolean>> => {
      const changed = await work(session);
      return changed ? { value: true, entries, approvals: true } : { value: false };
    });
  };

  const look = <T>(work: (session: Session) => Promise<T>): Promise<T> => reading(db, work);
  /** A look at the log, with all that was acknowledged before. */
  const lookAtLog = async <T>(work: (session: Session) => Promise<T>): Promise<T> => {
    await settled();
    return look(work);
  };

  async function* afterSettling<T>(pages: () => AsyncGenerator<T>): AsyncGenerator<T> {
    await settled();
    yield* pages();
  }

  /** Where it wrote, its own witnesses are told how far the log is, whoever signs it. */
  const tellHead = async (): Promise<void> => {
    if (wrote) await headWatch?.now();
  };

  const close = async (): Promise<void> => {
    await queue.close();
    await inTurn(async () => undefined);
    await sequencer?.stop();
    await tellHead();
    headWatch?.stop();
    await ears.stop();
    for (const witness of witnesses) witness.flush?.();
    forgetExit();
    await db.close();
  };

  const store: GovernanceStore = {
    append: async (entry) => append(prepareEntry(entry)),
    appendSoon: async (entry) => {
      sequencer?.assertSigned();
      return queue.appendSoon(prepareEntry(entry));
    },
    attempt,
    createRequest,
    changeRequest: changeApproval,
    castVote,
    countLeftOut: async (entry) => queue.countLeftOut(leftOutCount(entry)),
    query: (filter) => lookAtLog((session) => queryEntries(session, filter)),
    read: (filter) => afterSettling(() => readPages(db, filter)),
    seqOf: (id) => lookAtLog((session) => seqOf(session, id)),
    replay: (afterSeq) => afterSettling(() => replayPages(db, afterSeq)),
    timeRuns: () =>
      lookAtLog(async (session) => {
        const rows = await session.query('SELECT first_seq, hour FROM audit_hours ORDER BY first_seq');
        return rows.map((row) => ({ firstSeq: Number(row.first_seq), hour: Number(row.hour) }));
      }),
    stats: (question) => lookAtLog((session) => readStats(session, question)),
    countedLength: MAX_VALUE,
    derived: (see) => lookAtLog((session) => readDerived(session, see)),
    head: () =>
      lookAtLog(async (session) => {
        const { vkey: _, ...head } = await readHead(session);
        return head;
      }),
    tile: (level, index, count) => look((session) => readTile(session, level, index, count)),
    keptCheckpoint: (size) =>
      look(async (session) => {
        const sql = 'SELECT checkpoint FROM audit_checkpoints WHERE size >= $1 ORDER BY size LIMIT 1';
        return (await session.query(sql, [size]))[0]?.checkpoint as string | undefined;
      }),
    erase: async (before, told) => {
      refuseClosed();
      sequencer?.assertSigned();
      await settled();
      const confirm = async (upTo: number): Promise<void> => {
        const { origin, vkey } = await look(readHead);
        const signer = keys.find(origin, vkey);
        await confirmErasure(store, signer ? [signer.verifier] : [], upTo, before);
      };
      return eraseEntries(db, busyTimeoutMs, before, told, confirm, clock());
    },
    changeKey: async (next, told) => {
      refuseClosed();
      await changeLogKey(db, { keys, random: randomBytes, partitions: createPartitions(clock) }, next, told);
    },
    selfCheck: () => lookAtLog(selfCheck),
    compact: async () => {
      if (options.compress !== true) return 0;
      const some = await look(packSome);
      if (some === 0) await db.use((session) => tightenMonths(session, clock())).catch(() => undefined);
      return some;
    },
    getRequest: (id) => look((session) => getRequest(session, id)),
    listRequests: (filter) => look((session) => listRequests(session, filter)),
    findRequest: (requester, digest, policySet) =>
      look((session) => findRequest(session, requester, digest, policySet)),
    nextJobAt: (kind) => look((session) => nextJobAt(session, kind)),
    leaseJobs: (request) => look((session) => leaseJobs(session, request, clock())),
    endJob: async (job, end) =>
      end.entry === undefined && !end.jobs?.length
        ? look((session) => endJob(session, job, end))
        : changeBeside(async (session) => {
            if (!(await endJob(session, job, end))) return false;
            await insertJobs(session, prepareJobs(end.jobs ?? []), clock());
            return true;
          }, end.entry),
    listJobs: (filter) => look((session) => listJobs(session, filter)),
    reviveJob: async (id, entry) => changeBeside((session) => reviveJob(session, id, clock()), entry),
    dropDeadJobs: (before, told) =>
      changing(async (session): Promise<Outcome<number>> => {
        const value = await dropDeadJobs(session, before);
        return value > 0 ? { value, entries: [prepareEntry(told(value))] } : { value };
      }),
    createGrant: async (grant, entry) => {
      await changeBeside(async (session) => {
        await insertGrant(session, grant);
        return true;
      }, entry);
    },
    getGrant: (id) => look((session) => getGrant(session, id)),
    listGrants: (filter) => look((session) => listGrants(session, filter)),
    revokeGrant: async (id, entry) => changeBeside((session) => revokeGrant(session, id, clock()), entry),
    disabledEndpoints: () => look(disabledEndpoints),
    disableEndpoint: async (endpoint, why, entry) => {
      await changeBeside((session) => disableEndpoint(session, endpoint, why, clock()), entry);
    },
    enableEndpoint: async (endpoint, entry) => changeBeside((session) => enableEndpoint(session, endpoint), entry),
    // Both only ever rise, so that their sum changes whenever one of them does.
    changeMark: () =>
      look(async (session) => {
        const [row] = await session.query('SELECT changes + size AS mark FROM approval_changes, audit_head');
        return Number(row?.mark);
      }),
    hear: () => ears.open(),
    agentState: (needs) => look((session) => readAgentState(session, needs, clock())),
    flush: async () => {
      await queue.flush();
      await inTurn(async () => undefined);
      await tellHead();
    },
    close: () => {
      closing ??= close().catch((error) => {
        throw storeFault(error, db.name);
      });
      return closing;
    },
  };
  return store;
}
