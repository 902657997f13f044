import { resolve } from 'node:path';
import { type CommandOutput, type GovernedSystem, openSystem, runWords, type SystemOptions } from '../compose/index.ts';
import type { Governor, RunResult } from '../governor/index.ts';
import { GgenError } from '../kernel/errors.ts';
import { quoteWords } from '../kernel/shell-words.ts';

/** A program with its words, to be judged and then started without a shell. */
export interface CommandRequest {
  /** the program first; no word may hold a control character */
  readonly argv: readonly string[];
  readonly requester: string;
  /** default: the workspace */
  readonly cwd?: string;
  /** on top of this process's environment; judged, as a variable can change what runs */
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

/** A governor to be called from a program of one's own: `authorize(action)` or `run(action, fn)`. */
export interface OpenGovernor extends Governor, AsyncDisposable {
  readonly system: GovernedSystem;
  /** Judges a command and starts exactly its words: no shell reads them again. Throws INPUT_INVALID, NOT_FOUND. */
  runCommand(request: CommandRequest): Promise<RunResult<CommandOutput>>;
  close(): Promise<void>;
}

/**
 * Opens a governor over a configuration folder (default ./config) for a workspace (default .). Throws CONFIG_MISSING,
 * CONFIG_INVALID, NOT_AVAILABLE or STORE_UNAVAILABLE: what can't be loaded is not started.
 */
export async function createGovernor(options: Partial<SystemOptions> = {}): Promise<OpenGovernor> {
  const system = await openSystem({ configDir: 'config', workspace: '.', ...options });
  const { workspace } = system.places;
  return {
    ...system.governor,
    system,
    async runCommand({ argv, requester, cwd, env, timeoutMs }) {
      const target = quoteWords(argv);
      if (target === undefined)
        throw new GgenError('INPUT_INVALID', 'these words can not be written as one command line');
      const context = { argv, ...(cwd === undefined ? {} : { cwd }), ...(env === undefined ? {} : { env }) };
      return system.governor.run({ actionType: 'execute_shell', target, requester, context }, () =>
        runWords(argv, {
          cwd: resolve(workspace, cwd ?? '.'),
          env: { ...process.env, ...env },
          ...(timeoutMs === undefined ? {} : { timeoutMs }),
        }),
      );
    },
    close: () => system.close(),
    [Symbol.asyncDispose]: () => system.close(),
  };
}
