import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import { GgenError } from '../../kernel/errors.ts';
import { loadSqlite } from './load-sqlite.ts';
import { monotonicMs } from './monotonic.ts';
import { APPLICATION_ID, MIGRATIONS, type Migration, PAGE_SIZE, SCHEMA_VERSION } from './schema.ts';
import { isBusy, storeFault } from './sqlite-error.ts';

export type Row = Record<string, SQLOutputValue>;

/**
 * THREAT: a file that was removed or replaced while it is open still takes every write, and keeps none of it. How
 * often we look, in milliseconds: what was written just before is lost with the file anyway.
 */
const LOOK_MS = 20;

/** One open database. Statements are compiled when first used, and once. */
export interface Database {
  readonly path: string;
  /**
   * Begins a writing transaction. Throws SQLite's own error where another connection holds the lock,
   * STORE_UNAVAILABLE where the file is not there any more, STORE_INCOMPATIBLE where a newer program migrated it.
   */
  begin(): void;
  /** Runs a writing statement: what it inserted last, and how many rows it changed. */
  run(sql: string, ...values: SQLInputValue[]): { lastInsertRowid: number | bigint; changes: number | bigint };
  /** Reads; waits where another process is just recovering the file. Throws STORE_UNAVAILABLE. */
  get(sql: string, ...values: SQLInputValue[]): Row | undefined;
  all(sql: string, ...values: SQLInputValue[]): Row[];
  /** As all, with the values of each row in the order of its columns: a quarter faster where rows are many. */
  allValues(sql: string, ...values: SQLInputValue[]): SQLOutputValue[][];
  /** A function of SQL, for as long as this connection is open. */
  define(name: string, work: (...values: SQLOutputValue[]) => SQLInputValue): void;
  /** Runs several statements of a migration. */
  exec(sql: string): void;
  /** Reads several times from one state of the database. MUST NOT be called inside a transaction. */
  snapshot<T>(reads: () => T): T;
  /** Commits a transaction that changes nothing, over whatever a failed commit left in the write-ahead log. */
  voidUnsynced(): void;
  close(): void;
}

export interface OpenOptions {
  readonly path: string;
  readonly durability: 'disk' | 'os';
  /** how long another connection's lock is waited for, in milliseconds */
  readonly busyTimeoutMs: number;
  /** works out what a migration needs beside SQL; inside its transaction */
  readonly beside: BesideSql;
}

export type BesideSql = (step: NonNullable<Migration['beside']>, db: Database) => void;

/**
 * Opens the database, creating file (0600) and folder (0700) where they are missing, and brings it to this program's
 * version. Throws STORE_INCOMPATIBLE for a newer one, STORE_UNAVAILABLE where it can't be used, with what to do.
 */
export async function openDatabase(options: OpenOptions): Promise<Database> {
  const { path } = options;
  const end = monotonicMs() + options.busyTimeoutMs;
  createFile(options);
  for (;;) {
    try {
      return connect(options);
    } catch (error) {
      // Two processes may create or recover the same file at the same moment: one of them has to try again.
      if (!isBusy(error) || monotonicMs() >= end) throw storeFault(error, path);
    }
    await new Promise((resolve) => setTimeout(resolve, 2 + Math.random() * 10));
  }
}

function createFile({ path, durability }: OpenOptions): void {
  if (existsSync(path)) return;
  try {
    const created = mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    closeSync(openSync(path, 'a', 0o600));
    if (durability === 'disk') {
      // A file is only as durable as the entry in its folder.
      syncFolder(dirname(path));
      if (created !== undefined) syncFolder(dirname(created));
    }
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    throw new GgenError('STORE_UNAVAILABLE', `the governance database ${path} could not be created: ${reason}`, {
      hint: ['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO'].includes(reason)
        ? 'look at the disk, its quota and its free space'
        : 'audit.storage.path must name a file in a folder that this user may write',
      cause: error,
    });
  }
}

function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function connect(options: OpenOptions): Database {
  const { path, durability } = options;
  const { DatabaseSync: Connection } = loadSqlite();
  const db = new Connection(path);
  try {
    const version = atOneMoment(db, () => assertOurs(db, path));
    if (version === 0) db.exec(`PRAGMA page_size = ${PAGE_SIZE}`);
    const mode = db.prepare('PRAGMA journal_mode = WAL').get()?.journal_mode;
    if (mode !== 'wal') {
      throw new GgenError('STORE_UNAVAILABLE', `${path} lies on a file system without shared memory files`, {
        hint: 'put it on a local disk: audit.storage.path names it',
      });
    }
    // 16 MiB where the log is long: its indexes are read and written all over. And what many commits write to the same
    // pages goes to the file once in 8 MiB of write-ahead log.
    db.exec('PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 4000');
    // What is moved or erased is overwritten with zeros, not just forgotten.
    db.exec('PRAGMA secure_delete = ON');
    db.exec(`PRAGMA synchronous = ${durability === 'disk' ? 'FULL' : 'NORMAL'}`);
    // On macOS fsync leaves the data in the drive's own cache.
    if (process.platform === 'darwin' && durability === 'disk') {
      db.exec('PRAGMA fullfsync = 1; PRAGMA checkpoint_fullfsync = 1');
    }
    const wrapped = wrap(db, options);
    if (version < SCHEMA_VERSION) migrate(db, wrapped, options);
    return wrapped;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** THREAT: another process may be creating the database between two looks at it, and it would seem to be nobody's. */
function atOneMoment<T>(db: DatabaseSync, look: () => T): T {
  db.exec('BEGIN');
  try {
    return look();
  } finally {
    db.exec('ROLLBACK');
  }
}

/** The database's version, 0 for an empty file. THREAT: a file of another program is never touched. */
function assertOurs(db: DatabaseSync, path: string): number {
  const application = numberOf(db, 'PRAGMA application_id', 'application_id');
  const version = numberOf(db, 'PRAGMA user_version', 'user_version');
  const empty = (): boolean => db.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined;
  if (application !== APPLICATION_ID && (application !== 0 || version !== 0 || !empty())) {
    throw new GgenError('STORE_UNAVAILABLE', `${path} is a database of another program`, {
      hint: 'name another file in audit.storage.path',
    });
  }
  assertReadable(version, path);
  return version;
}

function assertReadable(version: number, path: string): void {
  if (version <= SCHEMA_VERSION) return;
  throw new GgenError(
    'STORE_INCOMPATIBLE',
    `${path} was written by a newer version (database version ${version}, this program reads ${SCHEMA_VERSION})`,
    { hint: 'update ggen-governance on this machine' },
  );
}

function migrate(db: DatabaseSync, wrapped: Database, { path, beside: take }: OpenOptions): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    // Another process may have been faster: the version is read again now that nobody else can write.
    for (const { sql, beside } of MIGRATIONS.slice(assertOurs(db, path))) {
      db.exec(sql);
      if (beside !== undefined) take(beside, wrapped);
    }
    db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`);
  } catch (error) {
    rollback(db);
    throw error;
  }
}

function rollback(db: DatabaseSync): void {
  try {
    db.exec('ROLLBACK');
  } catch {
    // SQLite has rolled back already: the first error says why
  }
}

function numberOf(db: DatabaseSync, sql: string, column: string): number {
  return Number(db.prepare(sql).get()?.[column] ?? 0);
}

function wrap(db: DatabaseSync, { path, busyTimeoutMs }: OpenOptions): Database {
  const statements = new Map<string, StatementSync>();
  const statement = (sql: string): StatementSync => {
    let found = statements.get(sql);
    if (!found) {
      found = db.prepare(sql);
      statements.set(sql, found);
    }
    return found;
  };
  const ofValues = new Map<string, StatementSync>();
  const allValues = (sql: string, values: SQLInputValue[]): SQLOutputValue[][] => {
    let found = ofValues.get(sql);
    if (!found) {
      found = db.prepare(sql);
      // Node 22 has it from 22.16 on.
      found.setReturnArrays?.(true);
      ofValues.set(sql, found);
    }
    return found.all(...values).map((row) => (Array.isArray(row) ? row : Object.values(row)));
  };
  /** Readers never wait for writers in WAL mode, except while a file is recovered after a crash. */
  const read = <T>(work: () => T): T => {
    const end = monotonicMs() + busyTimeoutMs;
    for (;;) {
      try {
        return work();
      } catch (error) {
        if (!isBusy(error) || monotonicMs() >= end) throw storeFault(error, path);
        pause(2);
      }
    }
  };
  const file = identityOf(path);
  let seen = monotonicMs();
  const assertStillThere = (): void => {
    if (monotonicMs() - seen < LOOK_MS) return;
    if (identityOf(path) !== file) {
      throw new GgenError('STORE_UNAVAILABLE', `the governance database ${path} was removed or replaced while in use`, {
        hint: 'put it back, or restart to begin a new one; nothing was written',
      });
    }
    seen = monotonicMs();
  };
  return {
    path,
    begin: () => {
      assertStillThere();
      statement('BEGIN IMMEDIATE').run();
      try {
        // A newer program may have changed the tables meanwhile: what we would write could lack what they need now.
        assertReadable(Number(statement('PRAGMA user_version').get()?.user_version), path);
      } catch (error) {
        rollback(db);
        throw error;
      }
    },
    run: (sql, ...values) => statement(sql).run(...values),
    get: (sql, ...values) => read(() => statement(sql).get(...values)),
    all: (sql, ...values) => read(() => statement(sql).all(...values)),
    allValues: (sql, ...values) => read(() => allValues(sql, values)),
    exec: (sql) => db.exec(sql),
    define: (name, work) => db.function(name, { deterministic: true, varargs: true }, work),
    snapshot: (reads) =>
      read(() => {
        statement('BEGIN').run();
        try {
          return reads();
        } finally {
          rollback(db);
        }
      }),
    voidUnsynced: () => {
      db.exec('BEGIN IMMEDIATE');
      try {
        db.exec(`PRAGMA user_version = ${numberOf(db, 'PRAGMA user_version', 'user_version')}; COMMIT`);
      } catch (error) {
        rollback(db);
        throw error;
      }
    },
    close: () => db.close(),
  };
}

/** Which file on which disk the path names now. */
function identityOf(path: string): string {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat ? `${stat.dev}:${stat.ino}` : '';
}

/** Blocks this thread: only for moments in which the process couldn't go on anyway. */
export function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
