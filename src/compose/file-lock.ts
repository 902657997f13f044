import { randomBytes } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { GgenError } from '../kernel/errors.ts';
import { displayPath } from './config-files.ts';
import { sleep } from './sleep.ts';

/** How long a lock is waited for, and how old one is that nobody holds any more, both in milliseconds. */
export interface LockLimits {
  readonly waitMs?: number;
  readonly staleMs?: number;
}

const WAIT_MS = 5000;
/** What is done under a lock takes milliseconds: who holds it so long was killed, or stands still. */
const STALE_MS = 30_000;
const LOOK_MS = 10;

/**
 * Does `work` while nobody else who asks for the same file's lock, in whatever process of this machine or a shared
 * disk, does theirs: the lock is a file beside it, made exclusively. `work` waits for nothing. `assertHeld` is for right
 * before what can't be taken back: it throws CONFLICT where this process stood still so long that another took the lock
 * over. TIMEOUT where it isn't free in time, CONFIG_INVALID where no lock can be made there.
 */
export async function withFileLock<T>(
  path: string,
  work: (assertHeld: () => void) => T,
  { waitMs = WAIT_MS, staleMs = STALE_MS }: LockLimits = {},
): Promise<T> {
  // Whoever comes by way of a link asks for the same lock.
  const file = existsSync(path) && lstatSync(path).isSymbolicLink() ? realpathSync(path) : path;
  const lock = `${file}.lock`;
  const mine = `${process.pid} ${randomBytes(16).toString('hex')}\n`;
  const end = performance.now() + waitMs;
  while (!tryMake(lock, mine)) {
    if (isStale(lock, staleMs) && takeAway(lock, staleMs)) continue;
    if (performance.now() >= end) {
      throw new GgenError('TIMEOUT', `${displayPath(file)} is being changed by another process`, {
        hint: `try again; ${displayPath(lock)} says which, and is taken over after ${staleMs / 1000} s`,
      });
    }
    await sleep(LOOK_MS * (1 + Math.random()));
  }
  const isHeld = (): boolean => readIfThere(lock) === mine;
  try {
    return work(() => {
      if (isHeld()) return;
      throw new GgenError('CONFLICT', `${displayPath(file)} was changed by another process meanwhile`, {
        hint: 'nothing was changed; try again',
      });
    });
  } finally {
    if (isHeld()) rmSync(lock, { force: true });
  }
}

function tryMake(lock: string, text: string): boolean {
  try {
    writeFileSync(lock, text, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    throw new GgenError('CONFIG_INVALID', `${displayPath(lock)} can't be made: ${message}`);
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** One from the future counts too: the clock was put back since. */
function isStale(lock: string, staleMs: number): boolean {
  const made = statSync(lock, { throwIfNoEntry: false })?.mtimeMs;
  return made !== undefined && Math.abs(Date.now() - made) > staleMs;
}

/**
 * False where somebody else is about to.
 * THREAT: of two that find the same stale lock, the slower one would take away what the faster one made in its place. So
 * only one at a time takes away, and looks again before it does.
 */
function takeAway(lock: string, staleMs: number): boolean {
  const taking = `${lock}.taking`;
  if (!tryMake(taking, '')) {
    // Left behind by one that was killed in just that moment.
    if (isStale(taking, staleMs)) rmSync(taking, { force: true });
    return false;
  }
  try {
    if (isStale(lock, staleMs)) rmSync(lock, { force: true });
    return true;
  } finally {
    rmSync(taking, { force: true });
  }
}
