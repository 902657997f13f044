import { TILE_WIDTH } from '../../audit/index.ts';
import type { AuditEntry } from '../../model/audit-entry.ts';
import { type Connections, reading, type Session } from './connections.ts';
import { prepareEntry } from './entry-values.ts';
import { readHead } from './log-tables.ts';
import { isOver, partsOf } from './partitions.ts';
import { type Outcome, transact } from './transact.ts';

const HOUR_MS = 3_600_000;
/** How many entries go in one transaction. */
const CHUNK = 1000;

/**
 * Erases what is older than `before`, as whole tiles of the log and never its newest entry: first the head says so,
 * together with the entry that `told` makes, after `confirm` found nothing wrong with what goes; then entries are
 * removed, some at a time, and months that are empty then. How many entries were removed. Their leaves stay in tiles,
 * their counts in the rollups.
 */
export async function eraseEntries(
  db: Connections,
  busyTimeoutMs: number,
  before: number,
  told: (erasedTo: number) => AuditEntry,
  confirm: (upTo: number) => Promise<void>,
  now: number,
): Promise<number> {
  const upTo = await reading(db, (session) => erasableTo(session, before));
  if (upTo > 0) {
    await confirm(upTo);
    await transact(db, busyTimeoutMs, async (session): Promise<Outcome<undefined>> => {
      if (!(await markErased(session, upTo))) return { value: undefined };
      return { value: undefined, entries: [prepareEntry(told(upTo))] };
    });
  }
  const { erasedTo } = await reading(db, readHead);
  let removed = 0;
  for (;;) {
    const some = await reading(db, (session) => eraseSome(session, erasedTo));
    if (some === 0) break;
    removed += some;
  }
  if (removed > 0) await tidy(db, now);
  return removed;
}

/** Up to which number entries can be erased that are all older than `before`; 0: none. */
async function erasableTo(session: Session, before: number): Promise<number> {
  const { size, erasedTo } = await readHead(session);
  const [since] = await session.query('SELECT min(first_seq) AS seq FROM audit_hours WHERE hour >= $1', [
    Math.floor(before / HOUR_MS),
  ]);
  const old = Math.min(since?.seq == null ? size : Number(since.seq) - 1, size - 1);
  const upTo = old - (Math.max(0, old) % TILE_WIDTH);
  return upTo > erasedTo ? upTo : 0;
}

async function markErased(session: Session, upTo: number): Promise<boolean> {
  return (await session.write('UPDATE audit_head SET erased_to = $1 WHERE erased_to < $1', [upTo])) === 1;
}

async function eraseSome(session: Session, erasedTo: number): Promise<number> {
  const [first] = await session.query('SELECT seq FROM audit_entries ORDER BY seq LIMIT 1');
  if (first === undefined || Number(first.seq) > erasedTo) return 0;
  const last = Math.min(Number(first.seq) + CHUNK - 1, erasedTo);
  const [gone] = await session.query(
    'WITH gone AS (DELETE FROM audit_entries WHERE seq <= $1 RETURNING id), ' +
      'ids AS (DELETE FROM audit_ids USING gone WHERE audit_ids.id = gone.id), ' +
      'blocks AS (DELETE FROM audit_blocks WHERE first_seq <= $1), ' +
      'hours AS (DELETE FROM audit_hours WHERE first_seq < ' +
      '(SELECT max(first_seq) FROM audit_hours WHERE first_seq <= $1 + 1)) SELECT count(*) AS n FROM gone',
    [last],
  );
  return Number(gone?.n ?? 0);
}

/**
 * Gives the space back: a month without entries is dropped, the others are vacuumed, so that what was erased is not
 * read from the files of the server. What can't be done now is done by the next call, or by the server.
 */
async function tidy(db: Connections, now: number): Promise<void> {
  for (const { name } of await reading(db, partsOf)) {
    await db.use((session) => tidyPart(session, name, now)).catch(() => undefined);
  }
  await db.use((session) => session.query('VACUUM audit_blocks')).catch(() => undefined);
}

async function tidyPart(session: Session, name: string, now: number): Promise<void> {
  if (isOver(name, now) && (await session.query(`SELECT 1 FROM ${name} LIMIT 1`)).length === 0) {
    await session.query('BEGIN');
    try {
      // Whoever reads or writes waits behind this: it gives up soon.
      await session.query("SET LOCAL lock_timeout TO '200ms'");
      await session.query(`LOCK TABLE ONLY audit_entries, ${name} IN ACCESS EXCLUSIVE MODE`);
      // An entry with an old time may have come before the lock did.
      if ((await session.query(`SELECT 1 FROM ${name} LIMIT 1`)).length === 0)
        await session.query(`DROP TABLE ${name}`);
      await session.query('COMMIT');
    } catch (error) {
      await session.query('ROLLBACK');
      throw error;
    }
    return;
  }
  await session.query(`VACUUM ${name}`);
}
