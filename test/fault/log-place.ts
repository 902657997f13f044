// A log with its keys and its witness in one folder.
import { join } from 'node:path';
import { createLogKeys } from '../../src/adapters/keys/index.ts';
import { openSqliteStore, type SqliteStoreOptions } from '../../src/adapters/sqlite/index.ts';
import { createFileWitness } from '../../src/adapters/witness/index.ts';
import type { GovernanceStore } from '../../src/governor/index.ts';

export const databaseOf = (folder: string): string => join(folder, 'audit.db');
export const witnessPathOf = (folder: string): string => join(folder, 'w.notes');
export const keysFolderOf = (folder: string): string => join(folder, 'keys');

export function openLog(folder: string, options: Partial<SqliteStoreOptions> = {}): Promise<GovernanceStore> {
  return openSqliteStore({
    path: databaseOf(folder),
    durability: 'disk',
    clock: Date.now,
    busyTimeoutMs: 60_000,
    keys: createLogKeys(keysFolderOf(folder)),
    witnesses: [createFileWitness({ path: witnessPathOf(folder) })],
    ...options,
  });
}
