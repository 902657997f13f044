import type { LogKeys } from '../../audit/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import type { RandomBytes } from '../../kernel/ports.ts';
import type { Connections, OwnSession } from './connections.ts';
import { createDrain } from './drain.ts';
import { lockKey } from './locks.ts';
import { readHead } from './log-tables.ts';
import { packSome } from './packed-entries.ts';
import { createPartitions } from './partitions.ts';
import { isLost } from './postgres-error.ts';

export const WAKE_CHANNEL = 'ggen_governance_outbox';

/** How long the outbox is left alone where nobody says that something is there. */
const LOOK_MS = 250;
/** The least time between two looks that find little: what comes meanwhile shares a transaction and a signature. */
const GATHER_MS = 10;
/** How long a process that can't sequence waits before it tries again. */
const RETRY_MS = 1000;
const ANSWER_MS = 60_000;
/** Between two chunks that are compressed while entries come, many of them or few. */
const PACK_MS = 200;
const PACK_OFTEN_MS = 50;
/** While none do: room for everything else that this process does. */
const PACK_IDLE_MS = 20;
/** And where it failed. */
const PACK_RETRY_MS = 60_000;
/** How long entries are taken while nobody is there who could sign them: time to start such a node again. */
const UNSIGNED_MS = 10_000;

const IS_LED =
  "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND database = " +
  '(SELECT oid FROM pg_database WHERE datname = current_database()) AND ' +
  '((classid::bigint << 32) | objid::bigint) = $1) AS led';

export interface Sequencer {
  /** Something is in the outbox. True where this process sequences, so that nobody else needs to be told. */
  wake(): boolean;
  /**
   * STORE_UNAVAILABLE where the log's key is not here, and for a while nobody else has sequenced either: what is
   * written now would lie in the outbox, unsigned, for nobody knows how long.
   */
  assertSigned(): void;
  /** Takes what is there into the log where this process sequences, and lets another one go on. */
  stop(): Promise<void>;
}

export interface SequencerParts {
  readonly db: Connections;
  readonly keys: LogKeys;
  readonly random: RandomBytes;
  readonly clock: () => number;
  readonly observe: (checkpoint: string) => void;
  /** whether older entries are compressed while there is time */
  readonly compress: boolean;
  /** how long entries are taken while nobody can sign them, in milliseconds; 10,000 where nothing is said */
  readonly unsignedMs?: number | undefined;
}

/**
 * Takes entries from the outbox into the log, in whichever process holds the lock; the others stand by. The lock goes
 * with its connection: when the process ends, however it does, another takes over. It runs beside everything else and
 * doesn't keep the process alive.
 */
export function startSequencer(parts: SequencerParts): Sequencer {
  const { db, keys, random, clock, observe, compress, unsignedMs = UNSIGNED_MS } = parts;
  let stopping = false;
  let leading = false;
  let own: OwnSession | undefined;
  let woken = false;
  let endPause: (() => void) | undefined;
  /** since when nobody is known to sequence, and which log that is */
  let unsigned: { readonly origin: string; readonly since: number } | undefined;

  /** Ends early when it is woken. */
  const pause = (ms: number, early: 'early' | 'full' = 'early'): Promise<void> =>
    new Promise((resolve) => {
      if (stopping || (woken && early === 'early')) return resolve();
      const end = (): void => {
        clearTimeout(timer);
        endPause = undefined;
        resolve();
      };
      const timer = setTimeout(end, ms);
      timer.unref();
      endPause = early === 'early' ? end : undefined;
    });
  const wake = (): boolean => {
    woken = true;
    endPause?.();
    return leading;
  };

  const lead = async (session: OwnSession): Promise<void> => {
    const drain = createDrain({ keys, random, partitions: createPartitions(clock), compress });
    const { origin, vkey } = await readHead(session);
    // Without the key nothing could be signed: another process may have it.
    if (keys.find(origin, vkey)?.verifier.vkey !== vkey) {
      const [row] = await session.query(IS_LED, [lockKey('sequencer')]);
      unsigned = row?.led === true ? undefined : (unsigned ?? { origin, since: performance.now() });
      return pause(RETRY_MS, 'full');
    }
    unsigned = undefined;
    const [got] = await session.query('SELECT pg_try_advisory_lock($1) AS got', [lockKey('sequencer')]);
    if (got?.got !== true) return pause(LOOK_MS * (0.5 + Math.random()), 'full');
    await session.query(`LISTEN ${WAKE_CHANNEL}`);
    leading = true;
    try {
      for (;;) {
        woken = false;
        const last = stopping;
        const { count, checkpoint, again } = await drain.once(session);
        if (checkpoint !== undefined) observe(checkpoint);
        if (compress && (await packInTurn(session, count)) > 0 && count === 0 && !last) {
          await pause(PACK_IDLE_MS);
          continue;
        }
        if (count > 0 || again) {
          if (count < GATHER_FEW) await pause(GATHER_MS, 'full');
          continue;
        }
        if (last) return;
        await pause(LOOK_MS);
      }
    } finally {
      leading = false;
      await session.query(`UNLISTEN *`).catch(() => undefined);
      await session.query('SELECT pg_advisory_unlock($1)', [lockKey('sequencer')]).catch(() => undefined);
    }
  };

  /** A busy log gives compression a small share of its time, an idle one all it needs. */
  let packedAt = Number.NEGATIVE_INFINITY;
  const packInTurn = async (session: OwnSession, drained: number): Promise<number> => {
    const since = performance.now() - packedAt;
    const pace = drained === 0 ? 0 : drained < GATHER_FEW ? PACK_OFTEN_MS : PACK_MS;
    if (since < pace) return 0;
    packedAt = performance.now();
    try {
      return await packSome(session);
    } catch (error) {
      // Entries come first: what stands in the way of compression doesn't stand in theirs.
      if (isLost(error)) throw error;
      packedAt += PACK_RETRY_MS;
      return 0;
    }
  };

  const begin = async (): Promise<OwnSession> => {
    const session = await db.connect(ANSWER_MS);
    session.onNotice(wake);
    // A process that has frozen, or whose machine is gone, is given up by the server, and its lock with it. A plan
    // made while the outbox was nearly empty would read and sort all of it when it is full.
    await session.query(
      'SET idle_session_timeout TO 10000; SET tcp_keepalives_idle TO 5; SET tcp_keepalives_interval TO 2; ' +
        'SET tcp_keepalives_count TO 3; SET synchronous_commit TO on; SET enable_seqscan TO off',
    );
    if (!stopping) session.unref();
    return session;
  };

  const run = async (): Promise<void> => {
    // When it is stopped it looks once more: a process that lives for one entry only leaves none behind.
    for (let last = false; !last; ) {
      last = stopping;
      try {
        if (own === undefined || own.lost) own = await begin();
        await lead(own);
      } catch {
        // The lock is lost with the connection, or something can't be written: from the beginning, in a moment.
        await own?.end();
        own = undefined;
        unsigned = undefined;
        await pause(RETRY_MS * (0.5 + Math.random()), 'full');
      }
    }
    await own?.end();
  };

  const running = run();
  return {
    wake,
    assertSigned: () => {
      if (unsigned === undefined || performance.now() - unsigned.since < unsignedMs) return;
      throw new GgenError(
        'STORE_UNAVAILABLE',
        `the key that signs the audit log ${unsigned.origin} is not there, and no other node has it`,
        {
          hint:
            'restore it to the keys folder of this user, start a node that has it, or begin with a new key: ' +
            'ggen-mcp audit rotate-key --lost',
        },
      );
    },
    stop: async () => {
      stopping = true;
      own?.ref();
      endPause?.();
      await running;
    },
  };
}

/** A transaction with fewer entries than this leaves time for more to come. */
const GATHER_FEW = 500;
