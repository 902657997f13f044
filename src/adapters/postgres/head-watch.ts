import { type Connections, reading } from './connections.ts';
import { readHead } from './log-tables.ts';

/** The least time between two looks at the head for witnesses. */
const LOOK_MS = 1000;

export interface HeadWatch {
  /** Looks at the head within a second. */
  soon(): void;
  /** Looks now; what can't be read now is not told. */
  now(): Promise<void>;
  stop(): void;
}

/** Tells this node's witnesses of checkpoints that another node signs. */
export function createHeadWatch(db: Connections, observe: (checkpoint: string) => void): HeadWatch {
  let timer: NodeJS.Timeout | undefined;
  const now = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const head = await reading(db, readHead).catch(() => undefined);
    if (head?.checkpoint !== undefined) observe(head.checkpoint);
  };
  return {
    soon: () => {
      timer ??= setTimeout(() => void now(), LOOK_MS).unref();
    },
    now,
    stop: () => clearTimeout(timer),
  };
}
