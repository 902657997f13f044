import { createLogKeys, type LogKeyFolder } from '../adapters/keys/index.ts';
import { openSqliteStore } from '../adapters/sqlite/index.ts';
import { createFileWitness, type FileWitness } from '../adapters/witness/index.ts';
import type { GovernanceStore } from '../governor/index.ts';
import { GgenError } from '../kernel/errors.ts';
import type { AuditConfig } from '../model/configuration.ts';
import type { Places } from './places.ts';

/**
 * The store that the configuration names. STORE_UNAVAILABLE or STORE_INCOMPATIBLE where it can't be used,
 * CONFIG_INVALID where a setting that it needs is missing, NOT_AVAILABLE where this version lacks it.
 */
export async function openStore(audit: AuditConfig, places: Places): Promise<GovernanceStore> {
  const common = {
    durability: audit.durability,
    clock: Date.now,
    keys: logKeys(places),
    witnesses: logWitnesses(audit, places),
  };
  if (audit.storage.backend === 'sqlite') {
    const path = places.storePath(audit.storage.path);
    return openSqliteStore({ ...common, path, compress: audit.compressionEnabled });
  }
  if (audit.storage.backend === 'postgres') {
    const connectionString = assertConnectionString(audit);
    // Loaded when it is used: a hook on SQLite pays nothing for it.
    const { openPostgresStore } = await import('../adapters/postgres/index.ts');
    return openPostgresStore({ ...common, connectionString, compress: audit.compressionEnabled });
  }
  throw new GgenError('NOT_AVAILABLE', `audit.storage.backend = "${audit.storage.backend}" is not available yet`, {
    hint: 'use "sqlite" or "postgres"',
  });
}

/** Where the log's checkpoints are witnessed: this user's own file, and those that the configuration names. */
export function logWitnesses(audit: AuditConfig, places: Places): FileWitness[] {
  const own = places.witnessPath(storeName(audit, places));
  return [own, ...audit.witnesses.map(places.storePath)].map((path) => createFileWitness({ path }));
}

/** The keys of this user that sign logs. */
export function logKeys(places: Places): LogKeyFolder {
  return createLogKeys(places.keysDir);
}

/** What tells one store from another: the file, or server and database; never a password. */
function storeName(audit: AuditConfig, places: Places): string {
  if (audit.storage.backend !== 'postgres') return places.storePath(audit.storage.path);
  const url = URL.parse(assertConnectionString(audit));
  return `postgres ${url?.host ?? ''}${url?.pathname ?? ''}`;
}

function assertConnectionString({ storage }: AuditConfig): string {
  if (storage.connectionString !== undefined && storage.connectionString !== '') return storage.connectionString;
  throw new GgenError('CONFIG_INVALID', 'audit.storage.backend = "postgres" needs audit.storage.connection_string', {
    hint: 'as in connection_string = "postgresql://user:${PGPASSWORD}@host/database?sslmode=verify-full"',
  });
}
