import { setTimeout as delay } from 'node:timers/promises';
import { createLogKeys, type LogKeyFolder } from '../adapters/keys/index.ts';
import { randomBytes } from '../adapters/random/index.ts';
import { openSqliteStore } from '../adapters/sqlite/index.ts';
import { createFileWitness, type FileWitness } from '../adapters/witness/index.ts';
import { createApprovalDesk } from '../approvals/index.ts';
import { createGovernor, type GovernanceStore, type Sleep } from '../governor/index.ts';
import { GgenError } from '../kernel/errors.ts';
import { createIdSource } from '../kernel/ids.ts';
import { printable } from '../kernel/text.ts';
import type { AuditEntry } from '../model/audit-entry.ts';
import type { AuditConfig } from '../model/configuration.ts';
import { FOUND_BY_WATCHER } from './change-actor.ts';
import { watchConfig } from './config-watch.ts';
import { findPlaces, type Places } from './places.ts';
import { holdPolicies, type PolicyChange } from './policy-holder.ts';
import type { GovernedSystem, SystemOptions } from './types.ts';

export const newId = createIdSource(Date.now, randomBytes);

/** Waits with a real timer; an abort ends the wait, and the caller looks at the signal. */
export const sleep: Sleep = async (ms, signal) => {
  try {
    await delay(ms, undefined, signal ? { signal } : {});
  } catch {
    // aborted: the caller looks at the signal
  }
};

/**
 * Opens a governor over a configuration folder: reads it, compiles it, opens the store. Throws CONFIG_MISSING,
 * CONFIG_INVALID, NOT_AVAILABLE or STORE_UNAVAILABLE: what can't be loaded is not started.
 */
export async function openSystem(options: SystemOptions): Promise<GovernedSystem> {
  const places = findPlaces(options);
  const env = options.env ?? process.env;
  let store: GovernanceStore | undefined;
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
  const desk = createApprovalDesk({
    store: opened,
    clock: Date.now,
    newId,
    config: () => holder.current().loaded.config.approvals,
    operation: (name) => holder.current().set.operation(name),
    mask: (text) => holder.current().inspector.maskSecrets(text),
  });
  const stopWatching = options.watch
    ? watchConfig(places.configDir, () => {
        holder.reload(FOUND_BY_WATCHER).catch((error: unknown) => options.onReloadError?.(error));
      })
    : undefined;
  return {
    governor,
    store: opened,
    desk,
    policyHolder: holder,
    places,
    loaded: () => holder.current().loaded,
    policies: () => holder.current().set,
    maskSecrets: (text) => holder.current().inspector.maskSecrets(text),
    close: async () => {
      stopWatching?.();
      await opened.close();
    },
  };
}

/** The store that the configuration names. */
export async function openStore(audit: AuditConfig, places: Places): Promise<GovernanceStore> {
  if (audit.storage.backend !== 'sqlite') {
    throw new GgenError('NOT_AVAILABLE', `audit.storage.backend = "${audit.storage.backend}" is not available yet`, {
      hint: 'use "sqlite"',
    });
  }
  const path = places.storePath(audit.storage.path);
  return openSqliteStore({
    path,
    durability: audit.durability,
    clock: Date.now,
    keys: logKeys(places),
    witnesses: logWitnesses(audit, places),
    compress: audit.compressionEnabled,
  });
}

/** Where the log's checkpoints are witnessed: this user's own file, and those that the configuration names. */
export function logWitnesses(audit: AuditConfig, places: Places): FileWitness[] {
  const own = places.witnessPath(places.storePath(audit.storage.path));
  return [own, ...audit.witnesses.map(places.storePath)].map((path) => createFileWitness({ path }));
}

/** The keys of this user that sign logs. */
export function logKeys(places: Places): LogKeyFolder {
  return createLogKeys(places.keysDir);
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
