import { createLogKeys } from '../../src/adapters/keys/index.ts';
import { randomBytes } from '../../src/adapters/random/index.ts';
import { type Database, openDatabase } from '../../src/adapters/sqlite/database.ts';
import { plantTree } from '../../src/adapters/sqlite/plant-tree.ts';
import { createStore } from '../../src/adapters/sqlite/sqlite-store.ts';
import type { GovernanceStore } from '../../src/governor/index.ts';

/** A store whose connection may be kept from using more pages than the database has. */
export async function limitPages(
  path: string,
): Promise<{ store: GovernanceStore; limit: () => void; release: () => void }> {
  const keys = createLogKeys(`${path}.keys`);
  const plant = (fresh: Database): void => plantTree(fresh, keys, randomBytes);
  const db = await openDatabase({ path, durability: 'os', busyTimeoutMs: 1000, plantTree: plant });
  return {
    store: createStore(db, { clock: Date.now, keys }),
    limit: () => {
      db.get(`PRAGMA max_page_count = ${Number(db.get('PRAGMA page_count')?.page_count)}`);
    },
    release: () => {
      db.get('PRAGMA max_page_count = 1000000');
    },
  };
}
