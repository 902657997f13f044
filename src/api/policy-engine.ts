import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { holdPolicies, type PolicyChange, type PolicyHolder, policyChangeEntry } from '../compose/index.ts';
import { type Environment, environmentOverrides, splitPath, withOverrides } from '../config/index.ts';
import { actionDigest, maskDecision, renderRule } from '../governor/index.ts';
import type { Json } from '../kernel/json.ts';
import type { Action } from '../model/action.ts';
import type { Actor } from '../model/actor.ts';
import type { Decision } from '../model/decision.ts';
import { type ConfigSource, defaultSource, type SourceOptions, sourceOf } from './config-source.ts';
import { type LazyStore, lazyStore } from './lazy-store.ts';

/** The guide's PolicyUpdate: `{ path: 'policies.quality.min_validation_score', value: 0.85 }`. */
export interface PolicyUpdate {
  readonly path: string;
  readonly value: Json;
}

/** `actor` is who the audit trail names for a change, taken at its word; default: the user who runs this process. */
export interface ChangeOptions {
  readonly actor?: Actor;
}

/** The guide's PolicyResult; `decision` has every reason with rule, file and line. */
export type PolicyResult =
  | { readonly outcome: 'allowed'; readonly decision: Decision }
  | { readonly outcome: 'requires_approval'; readonly reason: string; readonly decision: Decision }
  | { readonly outcome: 'denied'; readonly reason: string; readonly decision: Decision };

/** Policies on their own: judges actions, records no attempts. To enforce them use createGovernor. */
export class PolicyEngine {
  readonly #holder: PolicyHolder;
  readonly #store: LazyStore;

  private constructor(source: ConfigSource) {
    this.#holder = holdPolicies({ ...source, record: (change) => this.#record(change) });
    this.#store = lazyStore(() => this.#holder.current().loaded.config.audit, source.places);
  }

  /** From a governance.toml and the files beside it. Throws CONFIG_MISSING or CONFIG_INVALID. */
  static fromFile(path: string | URL, options: SourceOptions = {}): PolicyEngine {
    return new PolicyEngine(sourceOf(path, options));
  }

  /**
   * From the folder that GGEN_CONFIG_DIR names (default ./config), for the workspace GGEN_WORKSPACE (default .), with
   * single settings from `GGEN_POLICIES__…` variables: docs/reference/environment.md.
   */
  static fromEnv(env: Environment = process.env): PolicyEngine {
    const file = join(env.GGEN_CONFIG_DIR ?? 'config', 'governance.toml');
    const workspace = env.GGEN_WORKSPACE ?? '.';
    const named = env.GGEN_CONFIG_DIR !== undefined || existsSync(file);
    const source = named ? sourceOf(file, { workspace, env }) : defaultSource({ workspace, env });
    const overrides = environmentOverrides(env);
    return new PolicyEngine({ ...source, read: () => withOverrides(source.read(), overrides) });
  }

  /** The guide's secure defaults: strict, every protection on, no agent may write anything. */
  static default(options: SourceOptions = {}): PolicyEngine {
    return new PolicyEngine(defaultSource(options));
  }

  /** Judges one action, symbolic links resolved; nothing is recorded and nothing permitted. */
  async evaluate(action: Action): Promise<PolicyResult> {
    const decision = this.decide(action);
    if (decision.outcome === 'allowed') return { outcome: 'allowed', decision };
    const reason = decision.reasons.map((one) => `${one.message} [${renderRule(one)}]`).join('; ');
    return { outcome: decision.outcome, reason, decision };
  }

  /** As evaluate, without a promise. */
  decide(action: Action): Decision {
    const { set, inspector } = this.#holder.current();
    return maskDecision(set.decide(action, inspector.inspect(action)), inspector.maskSecrets);
  }

  /** Digest of the action as it stands; an approval of a command also covers the files that it names. */
  actionDigest(action: Action): string {
    return actionDigest(action, this.#holder.current().inspector.inspect(action));
  }

  /** Changes one setting: checked like a file, recorded, then swapped in as a whole. CONFIG_INVALID changes nothing. */
  async update(update: PolicyUpdate, options: ChangeOptions & { persist?: boolean } = {}): Promise<void> {
    await this.#holder.update(update.path, update.value, options.persist ?? false, options.actor);
  }

  /** Reads the files again. A bad file rejects with CONFIG_INVALID, and the old set stays in force. */
  async reload(options: ChangeOptions = {}): Promise<void> {
    await this.#holder.reload(options.actor);
  }

  /** The setting in force at a path as TOML spells it, e.g. `policies.quality.min_validation_score`. */
  get(path: string): Json | undefined {
    const { steps, whole } = splitPath(path);
    let value: unknown = whole ? this.#holder.current().loaded.config : undefined;
    for (const step of steps) {
      if (value === null || typeof value !== 'object') return undefined;
      const holder = value as Record<string | number, unknown>;
      // names of the user's own (agents) stand as they are; keys of ours are camelCase here
      const camel = String(step).replace(/[_-]([a-z])/g, (_, letter: string) => letter.toUpperCase());
      value = Object.hasOwn(holder, step) ? holder[step] : Object.hasOwn(holder, camel) ? holder[camel] : undefined;
    }
    return value as Json | undefined;
  }

  async close(): Promise<void> {
    await this.#store.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #record(change: PolicyChange): Promise<void> {
    await (await this.#store.get()).append(policyChangeEntry(change));
  }
}
