import { type GovernedSystem, openSystem, type SystemOptions } from '../compose/index.ts';
import type { Governor } from '../governor/index.ts';

/** A governor to be called from a program of one's own: `authorize(action)` or `run(action, fn)`. */
export interface OpenGovernor extends Governor, AsyncDisposable {
  readonly system: GovernedSystem;
  close(): Promise<void>;
}

/**
 * Opens a governor over a configuration folder (default ./config) for a workspace (default .). Throws CONFIG_MISSING,
 * CONFIG_INVALID, NOT_AVAILABLE or STORE_UNAVAILABLE: what can't be loaded is not started.
 */
export async function createGovernor(options: Partial<SystemOptions> = {}): Promise<OpenGovernor> {
  const system = await openSystem({ configDir: 'config', workspace: '.', ...options });
  return {
    ...system.governor,
    system,
    close: () => system.close(),
    [Symbol.asyncDispose]: () => system.close(),
  };
}
