import type { Database } from './database.ts';
import { isBusy, storeFault } from './sqlite-error.ts';

/**
 * Runs a piece of housekeeping in a transaction of its own, beside the queue's. False, with nothing done, where another
 * process is writing. Throws STORE_UNAVAILABLE, with nothing done.
 */
export function transactionOf(db: Database): (write: () => void) => boolean {
  return (write) => {
    try {
      db.begin();
    } catch (error) {
      if (isBusy(error)) return false;
      throw storeFault(error, db.path);
    }
    try {
      write();
      db.run('COMMIT');
      return true;
    } catch (error) {
      try {
        db.run('ROLLBACK');
      } catch {
        // SQLite has rolled back already
      }
      throw storeFault(error, db.path);
    }
  };
}
