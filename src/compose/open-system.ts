import { createJobMaker } from '../approvals/index.ts';
import { createGovernor, type GovernanceStore } from '../governor/index.ts';
import { printable } from '../kernel/text.ts';
import type { AuditEntry } from '../model/audit-entry.ts';
import { FOUND_BY_WATCHER } from './change-actor.ts';
import { watchConfig } from './config-watch.ts';
import { approvalDeskOver, delegationDeskOver, grantDeskOver } from './desks.ts';
import { openStore } from './log-store.ts';
import { keepHouse } from './maintenance.ts';
import { newId } from './new-id.ts';
import { findPlaces } from './places.ts';
import { holdPolicies, type PolicyChange } from './policy-holder.ts';
import { sleep } from './sleep.ts';
import type { GovernedSystem, SystemOptions } from './types.ts';
import type { Work } from './work/index.ts';

/**
 * Opens a governor over a configuration folder: reads it, compiles it, opens the store. Throws CONFIG_MISSING,
 * CONFIG_INVALID, NOT_AVAILABLE or STORE_UNAVAILABLE: what can't be loaded is not started.
 */
export async function openSystem(options: SystemOptions): Promise<GovernedSystem> {
  const places = findPlaces(options);
  const env = options.env ?? process.env;
  let store: GovernanceStore | undefined;
  let work: Work | undefined;
  /** ends when the last reload that was begun has taken force, or failed */
  let reloading: Promise<unknown> = Promise.resolve();
  const holder = holdPolicies({
    places,
    env,
    record: async (change) => {
      await store?.append(policyChangeEntry(change));
    },
  });
  const opened = await openStore(holder.current().loaded.config.audit, places);
  store = opened;
  const governor = createGovernor({ snapshot: holder.current, store: opened, clock: Date.now, newId, sleep });
  const desk = approvalDeskOver(opened, holder.current);
  const stopWatching = options.watch
    ? watchConfig(places.configDir, () => {
        const reloaded = holder.reload(FOUND_BY_WATCHER).then(() => work?.restart());
        reloading = reloaded.catch(() => undefined);
        reloaded.then(() => options.onReload?.()).catch((error: unknown) => options.onReloadError?.(error));
      })
    : undefined;
  // A program that stays keeps house; a call of a hook has no time for it.
  const stopKeeping = options.watch ? keepHouse(opened, holder.current, places) : undefined;
  const startWork = async (): Promise<Work> => {
    const { startWork: start } = await import('./work/index.ts');
    return start({
      store: opened,
      desk,
      jobs: createJobMaker({ config: () => holder.current().loaded.config.approvals, clock: Date.now, newId }),
      snapshot: holder.current,
      places,
      deciders: options.approverAgents ?? {},
      onFault: options.onWorkFault,
    });
  };
  const grants = grantDeskOver(opened, holder.current);
  const delegations = delegationDeskOver(opened, holder.current);
  if (options.watch) work = await startWork();
  return {
    governor,
    store: opened,
    startWork,
    desk,
    grants,
    delegations,
    policyHolder: holder,
    places,
    loaded: () => holder.current().loaded,
    policies: () => holder.current().set,
    approverKeys: () => holder.current().keys,
    maskSecrets: (text) => holder.current().inspector.maskSecrets(text),
    close: async () => {
      stopWatching?.();
      stopKeeping?.();
      // What stops first is not begun anew by a reload under way, which is recorded before the store closes.
      await work?.stop();
      await reloading;
      await opened.close();
    },
  };
}

/** How a change of policy stands in the audit trail. */
export function policyChangeEntry(change: PolicyChange): AuditEntry {
  return {
    id: newId(),
    timestamp: Date.now(),
    eventType: 'system_event',
    actor: { ...change.actor, id: printable(change.actor.id, 200), name: printable(change.actor.name, 200) },
    operation: { name: 'change_policy' },
    result: change.kind === 'rejected' ? 'failure' : 'success',
    metadata: {
      event: `policy_${change.kind}`,
      message: change.message,
      policy_set: change.digest,
      previous_policy_set: change.previous,
    },
  };
}
