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
export function enrolKey(configDir: string, key: Omit<ApproverKey, 'line'>): void {
  const { path, text, keys } = open(configDir);
  const there = keys.all.find((one) => one.key.fingerprint === key.key.fingerprint);
  if (there) throw new GgenError('CONFLICT', `that key is enrolled already, for ${there.approver}`);
  const before = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  writeFileAtomic(path, `${before}${renderApproverKey(key)}\n`);
}

/** Ends a key at `until`: its line stays, so that what it signed before can still be checked. CONFLICT where it is gone. */
export function endKey(
  configDir: string,
  { approver, key }: Pick<ApproverKey, 'approver' | 'key'>,
  until: number,
): void {
  // The file as it is now: its lines may have moved since it was read.
  const { path, text, keys } = open(configDir);
  const there = keys.all.find((one) => one.approver === approver && one.key.fingerprint === key.fingerprint);
  if (there === undefined) throw new GgenError('CONFLICT', `${path} has that key no more`);
  const lines = text.split('\n');
  lines[there.line - 1] = renderApproverKey({ ...there, until });
  writeFileAtomic(path, lines.join('\n'));
}

function open(configDir: string): { path: string; text: string; keys: ApproverKeys } {
  const path = join(configDir, KEYS_FILE);
  if (!existsSync(path)) return { path, text: '', keys: NO_KEYS };
  const file = readConfigFile(path);
  return { path, text: file.text, keys: parseApproverKeys(file) };
}
