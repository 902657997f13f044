import { type FSWatcher, statSync, watch } from 'node:fs';
import { join } from 'node:path';
import { FILE_NAMES } from './config-files.ts';

const SETTLE_MS = 100;
const LOOK_MS = 1000;

/**
 * Calls `onChange` shortly after a configuration file was written, replaced or removed; a folder that is exchanged as
 * a whole, or a link switched to another set, counts too. The system's notices make it quick; a look at the files
 * themselves once a second makes it sure, since notices belong to one folder as it was. Returns what ends it.
 */
export function watchConfig(configDir: string, onChange: () => void): () => void {
  let settling: NodeJS.Timeout | undefined;
  let seen = fingerprint(configDir);
  const look = (): void => {
    const now = fingerprint(configDir);
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

/** Changes whenever any of the files is another one, or was written. Follows links, as reading does. */
function fingerprint(configDir: string): string {
  return FILE_NAMES.map((name) => {
    const stat = statSync(join(configDir, name), { bigint: true, throwIfNoEntry: false });
    return stat ? `${stat.dev}:${stat.ino}:${stat.size}:${stat.mtimeNs}:${stat.ctimeNs}` : 'none';
  }).join(' ');
}
