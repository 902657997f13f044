import { startWorker, type Worker } from '../../jobs/index.ts';
import { newId } from '../new-id.ts';
import { sleep, sleepQuietly } from '../sleep.ts';
import { agentHandlers } from './agent-votes.ts';
import { deliveryHandlers } from './deliveries.ts';
import { faultTeller } from './faults.ts';
import type { WorkParts } from './parts.ts';
import { timerHandlers } from './timers.ts';

export type { AgentDecider, WorkParts } from './parts.ts';

/** Background work of one process, begun anew where the configuration changes. */
export interface Work {
  /** Does what is due now; true when nothing is left of it, false where `ms` were not enough. */
  doneWithin(ms: number): Promise<boolean>;
  /** The configuration, or the keys, are others now. Nothing is begun where it was stopped. */
  restart(): Promise<void>;
  /** Resolves when nothing is under way any more, not even what was begun before a restart. */
  stop(): Promise<void>;
}

/** Does timers, agents' decisions and deliveries as they come due. It doesn't keep the process alive. */
export function startWork(parts: WorkParts): Work {
  const begin = (): Worker =>
    startWorker({
      ...faultTeller(parts),
      store: parts.store,
      handlers: [...timerHandlers(parts), ...agentHandlers(parts), ...deliveryHandlers(parts)],
      clock: Date.now,
      newId,
      sleep: sleepQuietly,
    });
  let worker = begin();
  let isStopped = false;
  let endOfOthers: Promise<unknown> = Promise.resolve();
  return {
    doneWithin: async (ms) => {
      const over = new AbortController();
      const late = sleep(ms, over.signal).then(() => false);
      const done = await Promise.race([worker.idle().then(() => true), late]);
      over.abort();
      return done;
    },
    restart: async () => {
      // A reload that comes too late: the store may be closed already.
      if (isStopped) return;
      const before = worker;
      worker = begin();
      endOfOthers = Promise.all([endOfOthers, before.stop()]);
      await endOfOthers;
    },
    stop: async () => {
      isStopped = true;
      await Promise.all([endOfOthers, worker.stop()]);
    },
  };
}
