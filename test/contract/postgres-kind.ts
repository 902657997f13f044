import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogKeys } from '../../src/adapters/keys/index.ts';
import { openPostgresStore } from '../../src/adapters/postgres/index.ts';
import { createDatabase, dropDatabase } from '../support/postgres-database.ts';
import { whyNoPostgres } from '../support/postgres-server.ts';
import type { StoreKind } from './store-kinds.ts';

interface PostgresPlace {
  readonly connectionString: string;
  /** where the log's keys are */
  readonly folder: string;
}

/** A store on the run's Postgres, in a database of its own; its place is JSON. */
export const postgres: StoreKind = {
  name: 'postgres',
  missing: whyNoPostgres(),
  ordersAtOnce: false,
  create: async () => {
    const at: PostgresPlace = {
      connectionString: await createDatabase(),
      folder: mkdtempSync(join(tmpdir(), 'ggen-keys-')),
    };
    return { kind: 'postgres', at: JSON.stringify(at) };
  },
  open: (place, options = {}) => {
    const { connectionString, folder } = JSON.parse(place.at) as PostgresPlace;
    return openPostgresStore({
      connectionString,
      durability: 'os',
      clock: Date.now,
      keys: createLogKeys(folder),
      ...options,
    });
  },
  keysFolder: (place) => (JSON.parse(place.at) as PostgresPlace).folder,
  remove: async (place) => {
    const { connectionString, folder } = JSON.parse(place.at) as PostgresPlace;
    await dropDatabase(connectionString);
    rmSync(folder, { recursive: true, force: true });
  },
};
