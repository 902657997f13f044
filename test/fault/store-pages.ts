import { openDatabase } from '../../src/adapters/sqlite/database.ts';
import { createStore } from '../../src/adapters/sqlite/sqlite-store.ts';
import type { GovernanceStore } from '../../src/governor/index.ts';

/** A store whose connection may be kept from using more pages than the database has. */
export async function limitPages(
  path: string,
): Promise<{ store: GovernanceStore; limit: () => void; release: () => void }> {
  const db = await openDatabase({ path, durability: 'os', busyTimeoutMs: 1000 });
  return {
    store: createStore(db, { clock: Date.now }),
    limit: () => {
      db.get(`PRAGMA max_page_count = ${Number(db.get('PRAGMA page_count')?.page_count)}`);
    },
    release: () => {
      db.get('PRAGMA max_page_count = 1000000');
    },
  };
}
