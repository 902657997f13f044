import { type Connections, reading } from './connections.ts';

/** How long a reader waits at most. */
const PATIENCE_MS = 2000;

/**
 * Gives a function that resolves when all that was acknowledged before it was called is in the log, at the latest
 * after 2 s: where nobody sequences, a reader sees the log as it is.
 */
export function createSettling(db: Connections, call: () => void): () => Promise<void> {
  return async () => {
    const end = performance.now() + PATIENCE_MS;
    const [last] = await reading(db, (session) =>
      session.query(
        'SELECT (SELECT max(n) FROM audit_outbox) AS outbox, (SELECT max(n) FROM audit_left_out) AS left_out',
      ),
    );
    if (last?.outbox === null && last.left_out === null) return;
    for (let tries = 1; performance.now() < end; tries += 1) {
      call();
      await new Promise((resolve) => setTimeout(resolve, Math.min(5 * tries, 50)));
      const [row] = await reading(db, (session) =>
        session.query(
          'SELECT EXISTS (SELECT FROM audit_outbox WHERE n <= $1) OR ' +
            'EXISTS (SELECT FROM audit_left_out WHERE n <= $2) AS waits',
          [last?.outbox ?? -1, last?.left_out ?? -1],
        ),
      );
      if (row?.waits === false) return;
    }
  };
}
