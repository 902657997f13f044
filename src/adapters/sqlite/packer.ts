import type { Database } from './database.ts';
import { packSome } from './packed-table.ts';
import { transactionOf } from './transaction.ts';

/** Between two rounds: a busy process gives compression a small share of its time, an idle one all it needs. */
const ROUND_MS = 200;
const IDLE_ROUND_MS = 20;

export interface Packer {
  /** Moves at most one chunk; how many entries. 0 where nothing can be packed, or another process is writing. */
  packOnce(): number;
  stop(): void;
}

/**
 * Compresses what is old enough, behind the writers' backs: a chunk at a time, never waiting for a lock. `commits`
 * tells whether anybody is writing here.
 */
export function createPacker(db: Database, commits: () => number): Packer {
  let timer: NodeJS.Timeout | undefined;
  let seen = 0;

  const transaction = transactionOf(db);

  const round = (): void => {
    const before = seen;
    seen = commits();
    let moved = 0;
    try {
      moved = packSome(db, transaction);
    } catch {
      // Packing is no part of anybody's call: a fault of the database is told to the next who writes.
    }
    schedule(moved > 0 && seen === before ? IDLE_ROUND_MS : ROUND_MS);
  };

  const schedule = (ms: number): void => {
    timer = setTimeout(round, ms);
    // A process doesn't stay alive to compress.
    timer.unref();
  };

  schedule(ROUND_MS);
  return {
    packOnce: () => packSome(db, transaction),
    stop: () => clearTimeout(timer),
  };
}
