import { join } from 'node:path';
import { applyUpdate, type ConfigFile, type ConfigProblem, type Environment } from '../config/index.ts';
import { GgenError, renderError } from '../kernel/errors.ts';
import type { Json } from '../kernel/json.ts';
import type { Actor } from '../model/actor.ts';
import { processUser } from './change-actor.ts';
import { readConfigFiles, writeFileAtomic } from './config-files.ts';
import type { Places } from './places.ts';
import { buildSnapshot, configError, type LoadedSnapshot } from './snapshot.ts';

export interface PolicyChange {
  readonly kind: 'reloaded' | 'updated' | 'rejected';
  readonly message: string;
  /** digest of the set in force afterwards */
  readonly digest: string;
  readonly previous: string;
  readonly actor: Actor;
}

/** The set in force. Swapping it is one assignment: a reader sees the old set or the new one, never a mixture. */
export interface PolicyHolder {
  current(): LoadedSnapshot;
  problems(): readonly ConfigProblem[];
  /**
   * Reads the files again; a bad file keeps the old set in force, is reported, and rejects with CONFIG_INVALID.
   * `actor` is who is recorded to have asked for it; nobody named: the user who runs this process.
   */
  reload(actor?: Actor): Promise<PolicyChange>;
  /** Changes one setting, checked like a file. `persist` writes it to the file it stands in, comments kept; `actor` as above. */
  update(path: string, value: Json, persist: boolean, actor?: Actor): Promise<PolicyChange>;
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
  /** as last read or written: what must still stand on disk when a setting is written */
  let loaded: readonly ConfigFile[] = files;
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

  const reject = async (error: unknown, actor: Actor): Promise<never> => {
    const digest = current().set.digest;
    await parts.record({ kind: 'rejected', message: renderError(error), digest, previous: digest, actor });
    throw error;
  };

  /** Checks, records, then takes over; `before` is the last thing that may still fail. */
  const swap = async (
    texts: readonly ConfigFile[],
    kind: 'reloaded' | 'updated',
    message: string,
    actor: Actor,
    before: () => void = () => undefined,
  ): Promise<PolicyChange> => {
    const next = build(texts);
    if (!next.ok) return reject(configError(next.problems), actor);
    const moved = whatNeedsRestart(current(), next.snapshot);
    if (moved) return reject(moved, actor);
    const previous = current().set.digest;
    const change: PolicyChange = { kind, message, digest: next.snapshot.set.digest, previous, actor };
    const otherKeys = current().keysThen !== next.snapshot.keysThen;
    const told = otherKeys ? { ...change, message: `${message}, with other keys of approvers` } : change;
    if (otherKeys || change.digest !== previous || kind === 'updated') await parts.record(told);
    try {
      before();
    } catch (error) {
      return reject(error, actor);
    }
    files = texts;
    built = next;
    return change;
  };

  return {
    current,
    problems: () => (built.ok ? built.problems : []),
    reload: (actor = processUser()) =>
      inTurn(async () => {
        let texts: readonly ConfigFile[];
        try {
          texts = read();
        } catch (error) {
          return reject(error, actor);
        }
        const change = await swap(texts, 'reloaded', 'configuration files read again', actor);
        loaded = texts;
        return change;
      }),
    update: (path, value, persist, actor = processUser()) =>
      inTurn(async () => {
        const updated = await applyUpdate(files, path, value);
        const message = `${path} set`;
        if (!persist) return swap(updated.files, 'updated', message, actor);
        // Only this setting is written: not what was changed for this process alone, and never over a hand's edit.
        const onDisk = read();
        assertUnchanged(loaded, onDisk);
        const written = await applyUpdate(onDisk, path, value);
        const checked = build(written.files);
        if (!checked.ok) return reject(configError(checked.problems), actor);
        const target = fileOf(written.changed, places);
        const change = await swap(updated.files, 'updated', message, actor, () =>
          writeFileAtomic(target, written.changed.text),
        );
        loaded = written.files;
        return change;
      }),
  };
}

/** The store is opened once: what names it can't change under a running program, which would lose sight of it. */
function whatNeedsRestart(now: LoadedSnapshot, next: LoadedSnapshot): GgenError | undefined {
  const [a, b] = [now.loaded.config.audit, next.loaded.config.audit];
  const path = (['backend', 'path', 'connectionString'] as const).some((key) => a.storage[key] !== b.storage[key])
    ? 'audit.storage'
    : a.durability !== b.durability
      ? 'audit.durability'
      : undefined;
  return path === undefined
    ? undefined
    : new GgenError('CONFIG_INVALID', `${path} can't change while the program runs`, {
        position: next.loaded.locate(path),
        hint: 'restart it',
      });
}

function assertUnchanged(loaded: readonly ConfigFile[], onDisk: readonly ConfigFile[]): void {
  const same = loaded.length === onDisk.length && loaded.every((file, at) => file.text === onDisk[at]?.text);
  if (!same)
    throw new GgenError('CONFLICT', 'the configuration files changed since they were read', { hint: 'reload first' });
}

function fileOf(file: ConfigFile, places: Places): string {
  if (file.name.startsWith('(')) {
    throw new GgenError('NOT_AVAILABLE', 'there is no configuration file to write to', {
      hint: 'ggen-mcp init writes one',
    });
  }
  return join(places.configDir, file.name.slice(file.name.lastIndexOf('/') + 1));
}
