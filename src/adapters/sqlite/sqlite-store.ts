import type { ApprovalChange } from '../../approvals/index.ts';
import type { AttemptGuards, AttemptResult, GovernanceStore } from '../../governor/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import type { Clock } from '../../kernel/ports.ts';
import type { ApprovalRecord } from '../../model/approval.ts';
import type { AuditEntry } from '../../model/audit-entry.ts';
import {
  changeRequest,
  findOpenRequest,
  findRequest,
  getRequest,
  insertRequest,
  listRequests,
  prepareRequest,
} from './approval-table.ts';
import { type CommitQueue, createCommitQueue, type Work } from './commit-queue.ts';
import { type Database, openDatabase } from './database.ts';
import { insertEntry, prepareEntry, queryEntries } from './entry-table.ts';
import { onExit } from './exit.ts';
import { countRequest, hasRoomFor, readAgentState, seeAgent } from './limit-tables.ts';

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
}

/**
 * The governor's store in one SQLite file, safe with many processes at once. Throws STORE_UNAVAILABLE where the file
 * can't be used, STORE_INCOMPATIBLE where a newer program wrote it.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<GovernanceStore> {
  const busyTimeoutMs = options.busyTimeoutMs ?? 5000;
  const db = await openDatabase({ path: options.path, durability: options.durability, busyTimeoutMs });
  return createStore(db, { ...options, busyTimeoutMs });
}

/** The store over a database that is open already. */
export function createStore(db: Database, options: Omit<SqliteStoreOptions, 'path' | 'durability'>): GovernanceStore {
  const { clock } = options;
  const queue: CommitQueue = createCommitQueue(db, {
    busyTimeoutMs: options.busyTimeoutMs ?? 5000,
    maxWaiting: options.maxWaiting ?? 10_000,
    maxWaitingBytes: options.maxWaitingBytes ?? 64 * 1024 * 1024,
  });
  const forgetExit = onExit(() => queue.flushNow());
  let closing: Promise<void> | undefined;

  const appending = (entry: AuditEntry): Work<number> => {
    const prepared = prepareEntry(entry);
    return { write: () => insertEntry(db, prepared), several: false, bytes: prepared.bytes };
  };

  const attempting = (entry: AuditEntry, guards: AttemptGuards): Work<AttemptResult> => {
    const prepared = prepareEntry(entry);
    const { grant, rate, concurrency } = guards;
    if (!grant && !rate && !concurrency) {
      return { write: () => ({ ok: true, seq: insertEntry(db, prepared) }), several: false, bytes: prepared.bytes };
    }
    const consumed = grant && prepareEntry(grant.entry);
    const write = (): AttemptResult => {
      // INVARIANT: the time is read under the write lock, so that no two processes can use what one of them must not.
      const now = clock();
      const room = hasRoomFor(db, guards, now);
      if (room !== true) return { ok: false, lost: room };
      if (grant && consumed) {
        const change = { id: grant.approvalId, from: 'approved', to: 'consumed', set: {} } as const;
        if (!changeRequest(db, change, now)) return { ok: false, lost: 'grant' };
        insertEntry(db, consumed);
      }
      if (rate) countRequest(db, rate, now);
      if (concurrency) seeAgent(db, concurrency, now);
      return { ok: true, seq: insertEntry(db, prepared) };
    };
    return { write, several: true, bytes: prepared.bytes + (consumed?.bytes ?? 0) };
  };

  const requesting = (record: ApprovalRecord, entry: AuditEntry): Work<ApprovalRecord> => {
    const prepared = prepareEntry(entry);
    const fixed = prepareRequest(record);
    const write = (): ApprovalRecord => {
      const open = findOpenRequest(db, record);
      if (open) return open;
      insertRequest(db, record, fixed);
      insertEntry(db, prepared);
      return record;
    };
    return { write, several: true, bytes: prepared.bytes + 2 * fixed.length };
  };

  const changing = (change: ApprovalChange): Work<boolean> => {
    const prepared = prepareEntry(change.entry);
    const write = (): boolean => {
      if (!changeRequest(db, change, clock())) return false;
      insertEntry(db, prepared);
      return true;
    };
    return { write, several: true, bytes: prepared.bytes };
  };

  const reading = <T>(read: () => T): T => {
    if (!closing) return read();
    throw new GgenError('STORE_UNAVAILABLE', `the governance database ${db.path} is closed`);
  };

  const close = async (): Promise<void> => {
    await queue.close();
    forgetExit();
    db.close();
  };

  return {
    append: (entry) => handOver(() => queue.commit(appending(entry))),
    appendSoon: (entry) => handOver(() => queue.commitSoon(appending(entry))),
    attempt: (entry, guards) => handOver(() => queue.commit(attempting(entry, guards))),
    createRequest: (record, entry) => handOver(() => queue.commit(requesting(record, entry))),
    changeRequest: (change) => handOver(() => queue.commit(changing(change))),
    query: (filter) => reading(() => queryEntries(db, filter)),
    getRequest: (id) => reading(() => getRequest(db, id)),
    listRequests: (filter) => reading(() => listRequests(db, filter)),
    findRequest: (requester, digest, policySet) => reading(() => findRequest(db, requester, digest, policySet)),
    // The version rises with what other connections committed, the counter with what this one did.
    changeMark: () => reading(() => Number(db.get('PRAGMA data_version')?.data_version) + queue.commits()),
    agentState: (needs) => reading(() => readAgentState(db, needs, clock())),
    flush: () => queue.flush(),
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

/** What can't be prepared rejects like what can't be written. (An async function would cost three turns more.) */
function handOver<T>(commit: () => Promise<T>): Promise<T> {
  try {
    return commit();
  } catch (error) {
    return Promise.reject(error);
  }
}
