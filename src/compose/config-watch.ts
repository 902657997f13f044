import { type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';
import { FILE_NAMES, fingerprint, KEYS_FILE } from './config-files.ts';

const SETTLE_MS = 100;
const LOOK_MS = 1000;

/**
 * Calls `onChange` shortly after a configuration file was written, replaced or removed; a folder that is exchanged as
 * a whole, or a link switched to another set, counts too. The system's notices make it quick; a look at the files
 * themselves once a second makes it sure, since notices belong to one folder as it was. Returns what ends it.
 */
export function watchConfig(configDir: string, onChange: () => void): () => void {
  let settling: NodeJS.Timeout | undefined;
  let seen = fingerprintOf(configDir);
  const look = (): void => {
    const now = fingerprintOf(configDir);
    if (now === seen) return;
    seen = now;
    clearTimeout(settling);
    settling = setTimeout(onChange, SETTLE_MS);
    settling.unref();
  };
  const timer = setInterval(look, LOOK_MS);
  timer.unref();
  const watcher = notices(configDir, look);
  return () => {
    clearInterval(timer);
    clearTimeout(settling);
    watcher?.close();
  };
}

function notices(configDir: string, onNotice: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(configDir, { persistent: false }, onNotice);
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return undefined; // the look once a second remains
  }
}

function fingerprintOf(configDir: string): string {
  return [...FILE_NAMES, KEYS_FILE].map((name) => fingerprint(join(configDir, name))).join(' ');
}
