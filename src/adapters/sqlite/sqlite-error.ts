import { GgenError } from '../../kernel/errors.ts';

/** SQLite's primary result codes that we tell apart (sqlite.org/rescode.html). */
const BUSY = 5;
const LOCKED = 6;
const NOMEM = 7;
const READONLY = 8;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const CONSTRAINT = 19;
const NOTADB = 26;
const IOERR = 10;
/** SQLITE_IOERR_SHMSIZE: the file of shared memory couldn't be made longer, which is for want of room. */
const IOERR_SHMSIZE = 4874;

const BROKEN_HINT = 'keep a copy of it, then restore a backup or name another file in audit.storage.path';

/** What each fault means to the person who must mend it. */
const FAULTS: ReadonlyMap<number, readonly [problem: string, hint: string]> = new Map([
  [BUSY, ['is locked by another process', 'see which process holds it open; nothing was written']],
  [LOCKED, ['is locked by another process', 'see which process holds it open; nothing was written']],
  [NOMEM, ['needs more memory than there is', 'nothing was written']],
  [
    READONLY,
    [
      'is read-only',
      'make the file, the ones beside it that end in -wal and -shm, and its folder writable for this user',
    ],
  ],
  [IOERR, ['could not be read or written', 'look at the disk, its quota and its free space']],
  [CORRUPT, ['is damaged', BROKEN_HINT]],
  [FULL, ['could not be written: the disk is full', 'free some space; nothing was written']],
  [CANTOPEN, ['could not be opened', 'it must be a file, in a folder that this user may write']],
  [NOTADB, ['is not an SQLite database', BROKEN_HINT]],
]);

/** SQLite's primary result code of what it threw; undefined for anything else. */
function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined;
  return error.errcode === IOERR_SHMSIZE ? FULL : error.errcode & 0xff;
}

/** True for what the database itself threw. */
export function isSqliteError(error: unknown): boolean {
  return sqliteCode(error) !== undefined;
}

/** True where another connection holds the lock: worth another try. */
export function isBusy(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === BUSY || code === LOCKED;
}

/** True where one row broke a rule of its table; the transaction it is in can go on without it. */
export function isConstraint(error: unknown): boolean {
  return sqliteCode(error) === CONSTRAINT;
}

/**
 * True where a row with this key is there already (SQLITE_CONSTRAINT_UNIQUE, SQLITE_CONSTRAINT_PRIMARYKEY, or the
 * trigger that looks among packed entries).
 */
export function isDuplicate(error: unknown): boolean {
  if (!(error instanceof Error) || !('errcode' in error)) return false;
  return error.errcode === 2067 || error.errcode === 1555 || error.message === 'duplicate entry';
}

/** Any fault of the database as STORE_UNAVAILABLE, with what to do. What is one of ours already stays as it is. */
export function storeFault(error: unknown, path: string): GgenError {
  if (error instanceof GgenError) return error;
  const code = sqliteCode(error);
  const [problem, hint] = (code !== undefined && FAULTS.get(code)) || [describe(error), 'nothing was written'];
  return new GgenError('STORE_UNAVAILABLE', `the governance database ${path} ${problem}`, { hint, cause: error });
}

function describe(error: unknown): string {
  const message = error instanceof Error ? error.message.split('\n', 1)[0]! : String(error);
  return `failed: ${message}`;
}
