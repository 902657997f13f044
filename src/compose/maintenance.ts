import { eraseBefore, erasureEntry, firstYoungRun, type RetentionRule, retentionRule } from '../audit/index.ts';
import type { GovernanceStore } from '../governor/index.ts';
import { renderError } from '../kernel/errors.ts';
import { printable } from '../kernel/text.ts';
import { SYSTEM } from '../model/actor.ts';
import type { AuditEntry } from '../model/audit-entry.ts';
import { leaveToErase } from './leave-to-erase.ts';
import { newId } from './new-id.ts';
import type { Places } from './places.ts';
import { exportIfDue, type ScheduledExport } from './scheduled-export.ts';
import type { LoadedSnapshot } from './snapshot.ts';

type Policies = Pick<LoadedSnapshot, 'loaded' | 'set' | 'keys'>;

/** What one round of housekeeping did. */
export interface Housekeeping {
  /** entries that were compressed */
  readonly compacted: number;
  /** entries that retention erased */
  readonly erased: number;
  /** messages, votes and timers that were given up long ago, and are kept no more */
  readonly dropped: number;
  /** how long entries are kept, and which setting says so */
  readonly rule: RetentionRule;
  /** why nothing new was erased though it is old enough, and what to do */
  readonly heldBack: string | undefined;
  /** the scheduled export that was due */
  readonly exported: ScheduledExport | undefined;
}

const FIRST_MS = 60_000;
const ROUND_MS = 3_600_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** How long work that was given up is kept, to be seen and tried again. */
const DEAD_DAYS = 30;

/**
 * Drops work that was given up long ago, exports what is due, erases what retention says is old, and compresses what can be: in this order. Where exporting
 * fails, nothing is erased that was not exported, and compressing goes on; then it throws what exporting threw.
 */
export async function maintainOnce(
  store: GovernanceStore,
  { loaded: { config }, set, keys }: Policies,
  places: Places,
  now: number = Date.now(),
): Promise<Housekeeping> {
  const dropped = await dropGivenUp(store, now);
  let exported: ScheduledExport | undefined;
  try {
    exported = await exportIfDue(store, config.audit, places, now);
  } catch (error) {
    await compactAll(store);
    throw error;
  }
  const rule = retentionRule(config.audit, config.compliance);
  const leave = await leaveToErase({ store, set, approvals: config.approvals, keys, rule, now });
  // Without leave, what an earlier call had begun is still ended.
  const erased = await store.erase(leave.before, (erasedTo) =>
    erasureEntry(
      { id: newId(), now, rule, ...(leave.approvalId === undefined ? {} : { approvalId: leave.approvalId }) },
      erasedTo,
    ),
  );
  const compacted = await compactAll(store);
  return {
    compacted,
    erased,
    dropped,
    heldBack: leave.heldBack ?? (await wrongClock(store, eraseBefore(rule, now), now)),
    exported,
    rule,
  };
}

function dropGivenUp(store: GovernanceStore, now: number): Promise<number> {
  const before = now - DEAD_DAYS * DAY_MS;
  const id = newId();
  return store.dropDeadJobs(before, (count) => ({
    id,
    timestamp: now,
    eventType: 'system_event',
    actor: SYSTEM,
    operation: { name: 'maintain_approvals' },
    result: 'success',
    metadata: { event: 'given_up_work_dropped', count, given_up_before: new Date(before).toISOString() },
  }));
}

async function compactAll(store: GovernanceStore): Promise<number> {
  let compacted = 0;
  for (let some = await store.compact(); some > 0; some = await store.compact()) compacted += some;
  return compacted;
}

/** Entries are erased from the oldest on, up to the first that is too young: one of a wrong clock ends it for long. */
async function wrongClock(store: GovernanceStore, before: number, now: number): Promise<string | undefined> {
  const young = await firstYoungRun(store, before);
  if (young === undefined || young.hour * HOUR_MS < now + DAY_MS) return undefined;
  const [time] = new Date(young.hour * HOUR_MS).toISOString().split('T');
  return (
    `entry ${young.firstSeq} bears a time that has not come, ${time}: the clock was wrong then; nothing from it on is ` +
    'erased until that time is over by the days that retention keeps'
  );
}

/** Nobody stands beside it: what went wrong stands in the log. Exporting comes first, and holds the rest back. */
function failureEntry(error: unknown): AuditEntry {
  return {
    id: newId(),
    timestamp: Date.now(),
    eventType: 'system_event',
    actor: SYSTEM,
    operation: { name: 'maintain_audit' },
    result: 'failure',
    metadata: { event: 'maintenance_failed', error: printable(renderError(error), 500) },
  };
}

/** A round a minute after the start, and every hour; the function returned ends it. Faults are left to the next round. */
export function keepHouse(store: GovernanceStore, policies: () => Policies, places: Places): () => void {
  let timer: NodeJS.Timeout;
  const round = async (): Promise<void> => {
    try {
      await maintainOnce(store, policies(), places);
    } catch (error) {
      // A store that can't be used: whoever records next hears of it.
      await store.append(failureEntry(error)).catch(() => undefined);
    }
    schedule(ROUND_MS);
  };
  const schedule = (ms: number): void => {
    timer = setTimeout(() => void round(), ms);
    timer.unref();
  };
  schedule(FIRST_MS);
  return () => clearTimeout(timer);
}
