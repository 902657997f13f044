import type { WorkerParts } from '../../jobs/index.ts';
import { renderError } from '../../kernel/errors.ts';
import { printable } from '../../kernel/text.ts';
import type { WorkParts } from './parts.ts';

const MAX_LINE = 300;
/** The same fault is told again only after this long: a store that is gone fails every second. */
const QUIET_MS = 60_000;

/** How faults of background work are told: a line each, without secrets. */
export function faultTeller(parts: Pick<WorkParts, 'snapshot' | 'onFault'>): Pick<WorkerParts, 'onFault' | 'reasonOf'> {
  const reasonOf = (fault: unknown): string =>
    printable(parts.snapshot().inspector.maskSecrets(renderError(fault)), MAX_LINE);
  let last = '';
  let toldAt = 0;
  return {
    reasonOf,
    onFault: (fault, job, then) => {
      const about = job === undefined ? 'background work' : `${job.kind} of ${printable(job.subject)}`;
      const what = then === 'dead' ? ' is given up' : then === 'later' ? ' is tried again later' : ' failed';
      const line = `${about}${what}: ${reasonOf(fault)}`;
      if (line === last && Date.now() < toldAt + QUIET_MS) return;
      last = line;
      toldAt = Date.now();
      parts.onFault?.(line);
    },
  };
}
