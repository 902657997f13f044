import type { ChangeEar } from '../../approvals/index.ts';
import type { Connections, OwnSession } from './connections.ts';

const CHANNEL = 'ggen_governance_approvals';
/** In the transaction of a change: told with its commit. Only approvals, whose commits are one after the other anyway. */
export const TELL =
  'WITH told AS (UPDATE approval_changes SET changes = changes + 1 RETURNING 1) ' +
  `SELECT pg_notify('${CHANNEL}', '') FROM told`;

const ANSWER_MS = 5000;
/** How long a process that can't listen waits before it tries again. */
const RETRY_MS = 1000;

export interface Ears {
  open(): ChangeEar;
  stop(): Promise<void>;
}

/**
 * Hears of changes of approvals while somebody here waits for one, all of them on one connection. A connection that is
 * lost is replaced; until then nothing is heard, and whoever waits must look.
 */
export function createEars(db: Connections): Ears {
  let session: OwnSession | undefined;
  let beginning: Promise<void> | undefined;
  let retryAt = Number.NEGATIVE_INFINITY;
  let told = new AbortController();
  let open = 0;

  const begin = async (): Promise<void> => {
    let own: OwnSession | undefined;
    try {
      own = await db.connect(ANSWER_MS);
      own.onNotice(() => {
        const before = told;
        told = new AbortController();
        before.abort();
      });
      await own.query(`LISTEN ${CHANNEL}`);
      own.unref();
      session = own;
    } catch {
      retryAt = performance.now() + RETRY_MS;
      await own?.end();
    }
    beginning = undefined;
    if (open === 0) await end();
  };

  const end = async (): Promise<void> => {
    const ended = session;
    session = undefined;
    await ended?.end();
  };

  const next = (): AbortSignal | undefined => {
    if (session && !session.lost) return told.signal;
    if (!beginning && open > 0 && performance.now() >= retryAt) beginning = end().then(begin);
    return undefined;
  };

  return {
    open: () => {
      open += 1;
      let closed = false;
      return {
        next,
        close: () => {
          if (closed) return;
          closed = true;
          open -= 1;
          if (open === 0 && !beginning) void end();
        },
      };
    },
    stop: async () => {
      open = 0;
      await beginning;
      await end();
    },
  };
}
