import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogKeys, type LogKeyFolder } from '../../src/adapters/keys/index.ts';
import { openSqliteStore } from '../../src/adapters/sqlite/index.ts';
import type { FileWitness } from '../../src/adapters/witness/index.ts';
import type { GovernanceStore } from '../../src/governor/index.ts';
import type { Clock } from '../../src/kernel/ports.ts';
import { postgres } from './postgres-kind.ts';

export interface OpenStoreOptions {
  readonly clock?: Clock;
  readonly busyTimeoutMs?: number;
  readonly durability?: 'disk' | 'os';
  readonly compress?: boolean;
  readonly witnesses?: readonly FileWitness[];
  /** another folder of keys than the place's own */
  readonly keys?: LogKeyFolder;
}

/** Names one empty store of one kind; plain data, so that it can be handed to another process. */
export interface StorePlace {
  readonly kind: string;
  readonly at: string;
}

/** What the contract suite needs of a store that joins it. */
export interface StoreKind {
  readonly name: string;
  /** why it can't be had on this machine; then its tests are skipped, by name */
  readonly missing?: string | undefined;
  /** true where an entry's number is known when it is acknowledged */
  readonly ordersAtOnce: boolean;
  create(): Promise<StorePlace>;
  open(place: StorePlace, options?: OpenStoreOptions): Promise<GovernanceStore>;
  /** where the log's keys are */
  keysFolder(place: StorePlace): string;
  remove(place: StorePlace): Promise<void>;
}

const sqlite: StoreKind = {
  name: 'sqlite',
  ordersAtOnce: true,
  create: async () => ({ kind: 'sqlite', at: mkdtempSync(join(tmpdir(), 'ggen-store-')) }),
  open: (place, options = {}) =>
    openSqliteStore({
      path: join(place.at, 'new', 'audit.db'),
      durability: 'os',
      clock: Date.now,
      keys: createLogKeys(join(place.at, 'keys')),
      ...options,
    }),
  keysFolder: (place) => join(place.at, 'keys'),
  remove: async (place) => rmSync(place.at, { recursive: true, force: true }),
};

export const STORE_KINDS: readonly StoreKind[] = [sqlite, postgres];

export function storeKind(name: string): StoreKind {
  const found = STORE_KINDS.find((kind) => kind.name === name);
  if (!found) throw new Error(`no kind of store ${name}`);
  return found;
}
