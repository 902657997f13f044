import type { NoteSigner } from '../../audit/index.ts';
import type { AuditEntry } from '../../model/audit-entry.ts';
import { type Connections, reading } from './connections.ts';
import { createDrain, type DrainParts } from './drain.ts';
import { prepareEntry } from './entry-values.ts';
import { readHead } from './log-tables.ts';
import { isLost, storeFault } from './postgres-error.ts';

/**
 * Goes over to another key, in a transaction that takes entries into the log, that of the change as the last: any node
 * may, whoever sequences; who sequences with the old key finds the head changed, and goes on with the new one where it
 * has it. What waits beyond one transaction's share comes later, signed by the new key. Where the connection is lost at the end, it is found out whether it happened.
 */
export async function changeLogKey(
  db: Connections,
  parts: DrainParts,
  next: NoteSigner,
  told: AuditEntry,
): Promise<void> {
  const change = { next, told: prepareEntry(told) };
  try {
    await db.use(async (session) => {
      const drain = createDrain(parts);
      while ((await drain.once(session, change)).again);
    });
  } catch (error) {
    if (isLost(error) && (await reading(db, readHead)).vkey === next.verifier.vkey) return;
    throw storeFault(error, db.name);
  }
}
