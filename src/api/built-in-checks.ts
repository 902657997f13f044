import { buildSnapshot, configError, nodeFileSystem } from '../compose/index.ts';
import type { Validate } from '../consensus/index.ts';
import type { JsonObject } from '../kernel/json.ts';
import type { Action } from '../model/action.ts';
import type { Operation } from '../model/operation.ts';
import { CHECK_NAMES, type CheckName, createChecks, type BuiltInChecks as Made } from '../validators/index.ts';
import { type SourceOptions, sourceOf } from './config-source.ts';

/**
 * The built-in deterministic checks of validators under one configuration: policy, secrets, paths and commands, quality,
 * budget, replay. All validators of a set run the same ones, so that what one finds, each finds.
 */
export class BuiltInChecks {
  readonly #made: Made;
  /** runs all of them */
  readonly all: Validate;

  private constructor(made: Made) {
    this.#made = made;
    this.all = made.every(CHECK_NAMES);
  }

  /** From a governance.toml and the files beside it, as they are now. Throws CONFIG_MISSING or CONFIG_INVALID. */
  static fromFile(path: string | URL, options: SourceOptions = {}): BuiltInChecks {
    const source = sourceOf(path, options);
    const built = buildSnapshot(source.read(), source.places, source.env);
    if (!built.ok) throw configError(built.problems);
    const { set, inspection, loaded } = built.snapshot;
    return new BuiltInChecks(createChecks({ set, inspection, quality: loaded.config.policies.quality }));
  }

  /** Runs some of them: `policy`, `secrets`, `paths_and_commands`, `quality`, `budget`, `replay`. */
  every(...names: CheckName[]): Validate {
    return this.#made.every(names);
  }

  /**
   * What to hand to ByzantineValidator.validateOperation for an action, with what is seen now of the files that it
   * touches. `facts` are those of the checks (`budget`, `replay`, `state`, `approved`) and any of your own.
   */
  question(action: Action, facts: JsonObject = {}): { operation: Operation; context: JsonObject } {
    return this.#made.question(action, facts, nodeFileSystem());
  }
}
