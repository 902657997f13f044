import { createLogKeys } from '../../src/adapters/keys/index.ts';
import { randomBytes } from '../../src/adapters/random/index.ts';
import { openDatabase } from '../../src/adapters/sqlite/database.ts';
import { besideSql } from '../../src/adapters/sqlite/migration-steps.ts';
import { createStore } from '../../src/adapters/sqlite/sqlite-store.ts';
import type { GovernanceStore } from '../../src/governor/index.ts';

/** A store whose connection may be kept from using more pages than the database has. */
export async function limitPages(
  path: string,
): Promise<{ store: GovernanceStore; limit: () => void; release: () => void }> {
  const keys = createLogKeys(`${path}.keys`);
  const db = await openDatabase({ path, durability: 'os', busyTimeoutMs: 1000, beside: besideSql(keys, randomBytes) });
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
