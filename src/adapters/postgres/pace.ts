import type { Connections } from './connections.ts';

/** How many entries may wait for the sequencer before whoever appends is slowed down. */
const FREE = 20_000;
/** A batch waits a millisecond for each of these beyond that. */
const PER_MS = 20;
const LONGEST_MS = 1000;
const LOOK_MS = 250;

const WAITING =
  'SELECT (SELECT n FROM audit_outbox ORDER BY n DESC LIMIT 1) - (SELECT n FROM audit_outbox ORDER BY n LIMIT 1) AS n';

/**
 * Gives how long a batch should wait, in milliseconds, so that those who append don't leave the sequencer behind
 * without end. It looks now and then, beside the writing; nothing is refused for it.
 */
export function createPace(db: Connections): () => number {
  let wait = 0;
  let lookedAt = Number.NEGATIVE_INFINITY;
  return () => {
    if (performance.now() - lookedAt >= LOOK_MS) {
      lookedAt = performance.now();
      db.use((session) => session.query(WAITING)).then(
        ([row]) => {
          wait = waitFor(Number(row?.n ?? 0));
        },
        () => undefined,
      );
    }
    return wait;
  };
}

/** How long a batch waits where so many entries are ahead of it. */
export function waitFor(entries: number): number {
  return Math.min(Math.max(0, (entries - FREE) / PER_MS), LONGEST_MS);
}
