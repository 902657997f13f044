import type { RecordedEntry } from '../model/audit-entry.ts';
import type { AuditFilter, AuditStore } from './ports.ts';

export interface FollowOptions {
  /** entries after this number; default: what is recorded from now on */
  readonly afterSeq?: number;
  readonly filter?: Omit<AuditFilter, 'limit' | 'afterSeq' | 'beforeSeq'>;
  readonly signal?: AbortSignal;
  /** resolves after so many milliseconds, or at once where the signal aborts */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** true where something was committed since the last call; saves looking at entries */
  readonly changed?: () => Promise<boolean>;
}

const POLL_MS = 100;

/**
 * What is recorded, as it is recorded, oldest first, each entry once, whoever writes it: the live stream that `tail
 * --follow` prints and doors may serve. Ends when the signal aborts.
 */
export async function* followLog(
  store: Pick<AuditStore, 'head' | 'read'>,
  { afterSeq, filter = {}, signal, sleep, changed }: FollowOptions,
): AsyncGenerator<RecordedEntry> {
  let seen = afterSeq ?? (await store.head()).size;
  while (!signal?.aborted) {
    const { size } = await store.head();
    if (size > seen) {
      for await (const entries of store.read({ ...filter, afterSeq: seen, beforeSeq: size + 1 })) {
        for (const { salt: _, ...entry } of entries) {
          if (signal?.aborted) return;
          yield entry;
        }
      }
      seen = size;
    }
    do await sleep(POLL_MS, signal);
    while (changed && !signal?.aborted && !(await changed()));
  }
}
