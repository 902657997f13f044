import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ApproverKey,
  type ApproverKeys,
  NO_KEYS,
  parseApproverKeys,
  renderApproverKey,
} from '../approvals/index.ts';
import { GgenError } from '../kernel/errors.ts';
import { fingerprint, KEYS_FILE, readConfigFile, writeFileAtomic } from './config-files.ts';
import { type LockLimits, withFileLock } from './file-lock.ts';

/**
 * The approvers' keys beside the configuration, always as the file has them now: a key that was revoked a moment ago
 * counts in no process that runs, and one that was just made counts in all. None where there is no such file; where it
 * can't be used, CONFIG_INVALID, so that nothing is decided.
 */
export function openRoster(configDir: string): ApproverKeys {
  let seen: string | undefined;
  let keys = NO_KEYS;
  const current = (): ApproverKeys => {
    const path = join(configDir, KEYS_FILE);
    const now = fingerprint(path);
    if (now !== seen) {
      keys = now === 'none' ? NO_KEYS : parseApproverKeys(readConfigFile(path));
      seen = now;
    }
    return keys;
  };
  return {
    get all() {
      return current().all;
    },
    has: (...asked) => current().has(...asked),
    find: (...asked) => current().find(...asked),
  };
}

/** Adds a line for this key; the rest of the file stays as it is. CONFLICT where the key stands there already. */
export function enrolKey(configDir: string, key: Omit<ApproverKey, 'line'>, limits?: LockLimits): Promise<void> {
  return changeKeys(configDir, (file) => withKey(file, key), limits);
}

/** Ends a key at `until`: its line stays, so that what it signed before can still be checked. CONFLICT where it is gone. */
export function endKey(configDir: string, key: KeyLine, until: number): Promise<void> {
  return changeKeys(configDir, (file) => withEnd(file, key, until));
}

/** Ends one key and adds another, in one write: at no moment do both count, or none. CONFLICT as for either. */
export function rotateKey(
  configDir: string,
  { old, next }: { readonly old: KeyLine; readonly next: Omit<ApproverKey, 'line'> },
  until: number,
): Promise<void> {
  // The ended line keeps its place, and the new one comes last: the lines that were read are still right.
  return changeKeys(configDir, (file) => withKey({ ...file, text: withEnd(file, old, until) }, next));
}

/** Which line is meant; not by its number, which may have changed since it was read. */
type KeyLine = Pick<ApproverKey, 'approver' | 'key'>;

interface KeysText {
  readonly path: string;
  readonly text: string;
  readonly keys: ApproverKeys;
}

function withKey({ text, keys }: KeysText, key: Omit<ApproverKey, 'line'>): string {
  const there = keys.all.find((one) => one.key.fingerprint === key.key.fingerprint);
  if (there) throw new GgenError('CONFLICT', `that key is enrolled already, for ${there.approver}`);
  const before = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  return `${before}${renderApproverKey(key)}\n`;
}

function withEnd({ path, text, keys }: KeysText, { approver, key }: KeyLine, until: number): string {
  const there = keys.all.find((one) => one.approver === approver && one.key.fingerprint === key.fingerprint);
  if (there === undefined) throw new GgenError('CONFLICT', `${path} has that key no more`);
  const lines = text.split('\n');
  lines[there.line - 1] = renderApproverKey({ ...there, until });
  return lines.join('\n');
}

/** Reads, changes and writes under the file's lock, so that of two processes neither undoes what the other did. */
function changeKeys(configDir: string, change: (file: KeysText) => string, limits?: LockLimits): Promise<void> {
  const path = join(configDir, KEYS_FILE);
  const now = (): KeysText => {
    if (!existsSync(path)) return { path, text: '', keys: NO_KEYS };
    const file = readConfigFile(path);
    return { path, text: file.text, keys: parseApproverKeys(file) };
  };
  return withFileLock(
    path,
    (assertHeld) => {
      const text = change(now());
      assertHeld();
      writeFileAtomic(path, text);
    },
    limits,
  );
}
