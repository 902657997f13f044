import { hash } from 'node:crypto';
import type { Session } from './connections.ts';

/** Locks that are named, not rows: `sequencer` and `schema` are held by one process at a time. */
export type LockName =
  | 'schema'
  | 'sequencer'
  | 'agents'
  | `provider ${string}`
  | `subject ${string}`
  | `request ${string}`
  | `requests of ${string}`;

/** The number by which Postgres knows the lock, in this database. */
export function lockKey(name: LockName): string {
  return hash('sha256', `ggen-governance ${name}`, 'buffer').readBigInt64BE().toString();
}

/** Waits for the lock and holds it to the end of the transaction. What must be seen under it is read afterwards. */
export async function lock(session: Session, name: LockName): Promise<void> {
  await session.query('SELECT pg_advisory_xact_lock($1)', [lockKey(name)]);
}
