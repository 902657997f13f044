import { type FSWatcher, watch } from 'node:fs';

const SETTLE_MS = 100;

/**
 * Calls `onChange` shortly after a configuration file in the folder was written, replaced or removed. Editors write
 * in several steps, so it waits until they have settled. Returns the function that stops watching.
 */
export function watchConfig(configDir: string, onChange: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  let watcher: FSWatcher | undefined;
  try {
    watcher = watch(configDir, { persistent: false }, (_event, name) => {
      if (name !== null && !name.endsWith('.toml')) return;
      clearTimeout(timer);
      timer = setTimeout(onChange, SETTLE_MS);
      timer.unref();
    });
    watcher.on('error', () => watcher?.close());
  } catch {
    // A folder that can't be watched keeps its set until it is reloaded by hand.
  }
  return () => {
    clearTimeout(timer);
    watcher?.close();
  };
}
