import { existsSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GgenError } from '../kernel/errors.ts';

/** Where one installation's things lie; every path absolute. */
export interface Places {
  /** as given: it may be a link that is switched from one set to another */
  readonly configDir: string;
  /** with symlinks resolved: what an agent's targets are compared with */
  readonly workspace: string;
  readonly home: string;
  /** this package's own folder */
  readonly programDir: string;
  /** a store's path from the configuration, resolved against the workspace */
  storePath(configured: string): string;
}

// The same two levels up from src/compose/, dist/compose/ and the single-file programs in dist/bin/.
const PROGRAM_DIR = realpathOrSame(fileURLToPath(new URL('../..', import.meta.url)));

export function findPlaces(options: { configDir: string; workspace: string; home?: string }): Places {
  if (!existsSync(options.workspace)) {
    throw new GgenError('INPUT_INVALID', `the workspace ${options.workspace} does not exist`, {
      hint: '--workspace DIR names it',
    });
  }
  const workspace = realpathSync(options.workspace);
  const home = realpathOrSame(options.home ?? homedir());
  return {
    configDir: resolve(options.configDir),
    workspace,
    home,
    programDir: PROGRAM_DIR,
    storePath: (configured) => {
      const expanded = configured.startsWith('~/') ? join(home, configured.slice(2)) : configured;
      const path = isAbsolute(expanded) ? expanded : resolve(workspace, expanded);
      return join(realpathOrSame(dirname(path)), basename(path));
    },
  };
}

function realpathOrSame(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}
