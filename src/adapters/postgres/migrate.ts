import { randomUUID } from 'node:crypto';
import type { LogKeys } from '../../audit/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import type { Connections, Session } from './connections.ts';
import { reading } from './connections.ts';
import { lock } from './locks.ts';
import { MIGRATIONS, SCHEMA, SCHEMA_VERSION } from './schema.ts';

/** `idle_session_timeout` came with 14. */
const OLDEST_SERVER = 140_000;

/**
 * Brings the database to this program's version, once, whoever comes at the same time; a new one gets its log's name
 * and key. STORE_INCOMPATIBLE where a newer program has been there, or the server can't hold what is written.
 */
export async function prepareDatabase(db: Connections, keys: LogKeys, durability: 'disk' | 'os'): Promise<void> {
  await reading(db, async (session) => {
    await assertServer(db, session, durability);
    if ((await readVersion(db, session)) === SCHEMA_VERSION) return;
    await session.query('BEGIN');
    try {
      // INVARIANT: what is there is read in a statement after the lock's: the one that waited sees what was before.
      await lock(session, 'schema');
      const version = await readVersion(db, session);
      if (version === undefined) {
        const found = await session.query('SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1', [SCHEMA]);
        if (found.length === 0) await session.query(`CREATE SCHEMA ${SCHEMA}`);
        await session.query('CREATE TABLE schema_version (version int NOT NULL)');
        await session.query('INSERT INTO schema_version VALUES (0)');
      }
      for (const sql of MIGRATIONS.slice(version ?? 0)) await session.query(sql);
      if (version === undefined) await plantTree(session, keys);
      await session.query('UPDATE schema_version SET version = $1', [SCHEMA_VERSION]);
      await session.query('COMMIT');
    } catch (error) {
      await session.query('ROLLBACK').catch(() => undefined);
      throw error;
    }
  });
}

/**
 * The version of the tables; undefined where there are none. The catalogue is asked as a table: to_regclass answers
 * from what this connection remembers, and waiting for a lock doesn't renew that.
 */
async function readVersion(db: Connections, session: Session): Promise<number | undefined> {
  const found = await session.query(
    'SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace s ON s.oid = c.relnamespace ' +
      "WHERE s.nspname = $1 AND c.relname = 'schema_version'",
    [SCHEMA],
  );
  if (found.length === 0) return undefined;
  const [row] = await session.query('SELECT version FROM schema_version');
  const version = Number(row?.version);
  if (version <= SCHEMA_VERSION) return version;
  throw new GgenError(
    'STORE_INCOMPATIBLE',
    `the governance database ${db.name} has version ${version}; this program knows up to ${SCHEMA_VERSION}`,
    { hint: 'update ggen-governance' },
  );
}

async function assertServer(db: Connections, session: Session, durability: 'disk' | 'os'): Promise<void> {
  const [row] = await session.query(
    "SELECT current_setting('server_version_num')::int AS version, current_setting('server_encoding') AS encoding, " +
      "current_setting('fsync') AS fsync",
  );
  if (Number(row?.version) < OLDEST_SERVER) {
    throw new GgenError('STORE_INCOMPATIBLE', `the governance database ${db.name} is on Postgres ${row?.version}`, {
      hint: 'Postgres 14 or newer is needed',
    });
  }
  if (row?.encoding !== 'UTF8') {
    throw new GgenError('STORE_INCOMPATIBLE', `the governance database ${db.name} is encoded in ${row?.encoding}`, {
      hint: "create it with ENCODING 'UTF8'",
    });
  }
  if (durability === 'disk' && row?.fsync !== 'on') {
    throw new GgenError('STORE_UNAVAILABLE', `the governance database ${db.name} does not sync to its disk`, {
      hint: 'set fsync = on at the server, or [audit] durability = "os"',
    });
  }
}

/** Gives a new log its name and its key. */
async function plantTree(session: Session, keys: LogKeys): Promise<void> {
  const origin = `ggen-governance/log/${randomUUID()}`;
  const { vkey } = keys.create(origin).verifier;
  await session.query('INSERT INTO audit_head (origin, vkey, size, erased_to, frontier) VALUES ($1, $2, 0, 0, $3)', [
    origin,
    vkey,
    Buffer.alloc(0),
  ]);
}
