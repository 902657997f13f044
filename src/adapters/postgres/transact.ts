import { GgenError } from '../../kernel/errors.ts';
import { TELL } from './approval-ear.ts';
import type { Connections, Session } from './connections.ts';
import type { PreparedEntry } from './entry-values.ts';
import { appendEntries, isWritten, newBatch } from './outbox.ts';
import { isLost, isRefusedValue, isWorthAnotherTry, storeFault } from './postgres-error.ts';

/** What a transaction came to: with `entries`, were it none, it is committed together with them; without it is taken back. */
export interface Outcome<T> {
  readonly value: T;
  readonly entries?: readonly PreparedEntry[];
  /** true where approval requests were changed: told to whoever watches them */
  readonly approvals?: boolean;
}

/**
 * Runs `work` in one transaction. Where the connection is lost while it commits, whether it has is found out on
 * another one, and it is run again where it has not: so it happens once, or not at all. CONFLICT where an entry's id
 * is recorded already; then nothing is written.
 * THREAT: at READ COMMITTED a statement sees what was committed when it began. A lock that must come before a look is
 * taken in a statement of its own: in one statement, the look shows what was there before the lock was waited for.
 */
export async function transact<T>(
  db: Connections,
  busyTimeoutMs: number,
  work: (session: Session) => Promise<Outcome<T>>,
): Promise<T> {
  const batch = newBatch();
  const end = performance.now() + busyTimeoutMs;
  let unsure: { readonly value: T; readonly id: Buffer } | undefined;
  for (let tries = 0; ; tries += 1) {
    try {
      return await db.use(async (session) => {
        if (unsure) {
          if (await isWritten(session, unsure.id, batch)) return unsure.value;
          unsure = undefined;
        }
        await session.query('BEGIN');
        const { value, entries, approvals } = await workOrRollback(session, work);
        if (!entries) {
          await session.query('ROLLBACK');
          return value;
        }
        const written = await workOrRollback(session, async () => {
          const count = entries.length === 0 ? 0 : await appendEntries(session, entries, batch);
          // The last lock that is taken: whoever holds it waits for nobody.
          if (approvals) await session.query(TELL);
          return count;
        });
        if (written !== entries.length) {
          await session.query('ROLLBACK');
          throw new GgenError('CONFLICT', 'an entry or request with this id is recorded already');
        }
        // Without an entry nothing tells whether it happened: `work` finds out for itself when it is run again.
        const [first] = entries;
        if (first) unsure = { value, id: first.id };
        await session.query('COMMIT');
        return value;
      }, busyTimeoutMs + 1000);
    } catch (error) {
      // Refused by the server while it committed: then it has not.
      if (!isLost(error)) unsure = undefined;
      const again = (isLost(error) || isWorthAnotherTry(error)) && performance.now() < end;
      if (!again) throw faultOf(error, db.name, unsure !== undefined);
      await new Promise((resolve) => setTimeout(resolve, Math.min(10 * 2 ** tries, 500) * (0.5 + Math.random())));
    }
  }
}

async function workOrRollback<T>(session: Session, work: (session: Session) => Promise<T>): Promise<T> {
  try {
    return await work(session);
  } catch (error) {
    if (!isLost(error)) await session.query('ROLLBACK');
    throw error;
  }
}

function faultOf(error: unknown, name: string, unsure: boolean): GgenError {
  if (isRefusedValue(error)) {
    const duplicate = error instanceof Error && 'code' in error && error.code === '23505';
    return duplicate
      ? new GgenError('CONFLICT', 'an entry or request with this id is recorded already')
      : new GgenError('INPUT_INVALID', "it can't be recorded: Postgres refuses a value of it");
  }
  const fault = storeFault(error, name);
  if (!unsure || fault.code !== 'STORE_UNAVAILABLE') return fault;
  return new GgenError('STORE_UNAVAILABLE', fault.message, {
    hint: 'the connection was lost while it was committed: look whether it is on record before trying again',
  });
}
