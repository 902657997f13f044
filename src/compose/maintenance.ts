import { eraseBefore, erasureEntry, retentionRule } from '../audit/index.ts';
import type { GovernanceStore } from '../governor/index.ts';
import type { GovernanceConfig } from '../model/configuration.ts';
import { newId } from './new-id.ts';
import type { Places } from './places.ts';
import { exportIfDue, type ScheduledExport } from './scheduled-export.ts';

/** What one round of housekeeping did. */
export interface Housekeeping {
  /** entries that were compressed */
  readonly compacted: number;
  /** entries that retention erased */
  readonly erased: number;
  /** why nothing may be erased, where a setting says so */
  readonly heldBack: string | undefined;
  /** the scheduled export that was due */
  readonly exported: ScheduledExport | undefined;
}

const FIRST_MS = 60_000;
const ROUND_MS = 3_600_000;

/** Exports what is due, erases what retention says is old, and compresses what can be: in this order. */
export async function maintainOnce(
  store: GovernanceStore,
  config: GovernanceConfig,
  places: Places,
  now: number = Date.now(),
): Promise<Housekeeping> {
  const exported = await exportIfDue(store, config.audit, places, now);
  const rule = retentionRule(config.audit, config.compliance);
  let erased = 0;
  if (rule.heldBack === undefined) {
    erased = await store.erase(eraseBefore(rule, now), (erasedTo) =>
      erasureEntry({ id: newId(), now, rule }, erasedTo),
    );
  }
  let compacted = 0;
  for (let some = await store.compact(); some > 0; some = await store.compact()) compacted += some;
  return { compacted, erased, heldBack: rule.heldBack, exported };
}

/** A round a minute after the start, and every hour; the function returned ends it. Faults are left to the next round. */
export function keepHouse(store: GovernanceStore, config: () => GovernanceConfig, places: Places): () => void {
  let timer: NodeJS.Timeout;
  const round = async (): Promise<void> => {
    try {
      await maintainOnce(store, config(), places);
    } catch {
      // Told to nobody here: whoever records next hears of a store that can't be used.
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
