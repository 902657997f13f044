import { buildSnapshot, configError, fingerprint, type LoadedSnapshot } from '../compose/index.ts';
import { renderError } from '../kernel/errors.ts';
import type { ConfigSource } from './config-source.ts';

/**
 * The configuration as its files have it now, for programs that stay: read again when one of them changed. One that
 * can't be used keeps the old set in force, and a process warning says so once. Throws CONFIG_INVALID at the beginning.
 */
export function currentSnapshot(source: ConfigSource): () => LoadedSnapshot {
  const seen = (): string => source.files.map(fingerprint).join(' ');
  const read = (): LoadedSnapshot => {
    const built = buildSnapshot(source.read(), source.places, source.env);
    if (!built.ok) throw configError(built.problems);
    return built.snapshot;
  };
  let then = seen();
  let snapshot = read();
  return () => {
    const now = seen();
    if (now === then) return snapshot;
    then = now;
    try {
      snapshot = read();
    } catch (error) {
      process.emitWarning(`the configuration was not taken over, the old one stays in force: ${renderError(error)}`);
    }
    return snapshot;
  };
}
