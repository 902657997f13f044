import { join } from 'node:path';
import { applyUpdate, type ConfigFile, type ConfigProblem, type Environment } from '../config/index.ts';
import type { Json } from '../kernel/json.ts';
import { readConfigFiles, writeFileAtomic } from './config-files.ts';
import type { Places } from './places.ts';
import { buildSnapshot, configError, type LoadedSnapshot } from './snapshot.ts';

export interface PolicyChange {
  readonly kind: 'reloaded' | 'updated' | 'rejected';
  readonly message: string;
  /** digest of the set in force afterwards */
  readonly digest: string;
  readonly previous: string;
}

/** The set in force. Swapping it is one assignment: a reader sees the old set or the new one, never a mixture. */
export interface PolicyHolder {
  current(): LoadedSnapshot;
  problems(): readonly ConfigProblem[];
  /** Reads the files again; a bad file keeps the old set in force, is reported, and rejects with CONFIG_INVALID. */
  reload(): Promise<PolicyChange>;
  /** Changes one setting, checked like a file. `persist` writes it to the file it stands in, comments kept. */
  update(path: string, value: Json, persist: boolean): Promise<PolicyChange>;
}

export interface HolderParts {
  readonly places: Places;
  readonly env: Environment;
  /** called before a change takes force; where it rejects, the change doesn't take place */
  readonly record: (change: PolicyChange) => Promise<void>;
  readonly read?: () => readonly ConfigFile[];
}

export function holdPolicies(parts: HolderParts): PolicyHolder {
  const { places, env } = parts;
  const read = parts.read ?? (() => readConfigFiles(places.configDir));
  let files = read();
  let built = build(files);
  if (!built.ok) throw configError(built.problems);
  let queue: Promise<unknown> = Promise.resolve();

  function build(texts: readonly ConfigFile[]) {
    return buildSnapshot(texts, places, env);
  }

  const current = (): LoadedSnapshot => {
    if (!built.ok) throw configError(built.problems); // unreachable: only usable sets are taken in
    return built.snapshot;
  };

  /** Changes happen one after the other, so that each is checked against the set it replaces. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = queue.then(work);
    queue = turn.catch(() => undefined);
    return turn;
  };

  const swap = async (texts: readonly ConfigFile[], kind: 'reloaded' | 'updated', message: string) => {
    const previous = current().set.digest;
    const next = build(texts);
    if (!next.ok) {
      const error = configError(next.problems);
      const where = error.position ? `${error.position.file}:${error.position.line}:${error.position.column}: ` : '';
      await parts.record({ kind: 'rejected', message: where + error.message, digest: previous, previous });
      throw error;
    }
    const change: PolicyChange = { kind, message, digest: next.snapshot.set.digest, previous };
    if (change.digest !== previous || kind === 'updated') await parts.record(change);
    files = texts;
    built = next;
    return change;
  };

  return {
    current,
    problems: () => (built.ok ? built.problems : []),
    reload: () =>
      inTurn(async () => {
        let texts: readonly ConfigFile[];
        try {
          texts = read();
        } catch (error) {
          const digest = current().set.digest;
          await parts.record({ kind: 'rejected', message: (error as Error).message, digest, previous: digest });
          throw error;
        }
        return swap(texts, 'reloaded', 'configuration files read again');
      }),
    update: (path, value, persist) =>
      inTurn(async () => {
        const updated = await applyUpdate(files, path, value);
        const change = await swap(updated.files, 'updated', `${path} set`);
        if (persist) writeFileAtomic(fileOf(updated.changed, places), updated.changed.text);
        return change;
      }),
  };
}

function fileOf(file: ConfigFile, places: Places): string {
  return join(places.configDir, file.name.slice(file.name.lastIndexOf('/') + 1));
}
