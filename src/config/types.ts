import type { Position } from '../kernel/errors.ts';
import type { GovernanceConfig } from '../model/configuration.ts';

/** A configuration file as text. `name` is how messages call it, e.g. `config/governance.toml`. */
export interface ConfigFile {
  readonly name: string;
  readonly text: string;
  /** paths whose values this file sets anew, whatever other files say: settings from the environment */
  readonly overrides?: boolean;
}

/**
 * `error`: the set can't be used. `warning`: legal, but can't do what its author hopes.
 * `not_enforced`: accepted, but the machinery comes with a later version.
 */
export interface ConfigProblem {
  readonly severity: 'error' | 'warning' | 'not_enforced';
  /** the key's path: `policies.quality.min_validation_score` */
  readonly path: string;
  readonly message: string;
  readonly hint?: string;
  readonly position: Position;
}

/** A configuration that can be used, with the places its values came from. */
export interface LoadedConfig {
  readonly config: GovernanceConfig;
  /**
   * Where the value at `path` stands: `policies.agents.writer.can_write[0]`. For a value that no file names, the
   * nearest enclosing table that one does; for none, the first file's line 0.
   */
  locate(path: string): Position;
  /** digest over the canonical configuration, secrets of `${ENV}` values left out */
  readonly digest: string;
  readonly problems: readonly ConfigProblem[];
}

export type ConfigResult =
  | { readonly ok: true; readonly loaded: LoadedConfig }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** Environment variables by name, for `${NAME}` values. */
export type Environment = Readonly<Record<string, string | undefined>>;
