import { existsSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sha256 } from '../kernel/digest.ts';
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
  /** where this user's signing keys lie */
  readonly keysDir: string;
  /** where checkpoints of the log in this store are witnessed, outside the workspace */
  witnessPath(store: string): string;
}

// The same two levels up from src/compose/, dist/compose/ and the single-file programs in dist/bin/.
const PROGRAM_DIR = realpathOrSame(fileURLToPath(new URL('../..', import.meta.url)));

export interface PlaceOptions {
  readonly configDir: string;
  readonly workspace: string;
  readonly home?: string;
  /** default process.env; GGEN_HOME counts where it names an absolute path */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export function findPlaces(options: PlaceOptions): Places {
  if (!existsSync(options.workspace)) {
    throw new GgenError('INPUT_INVALID', `the workspace ${options.workspace} does not exist`, {
      hint: '--workspace DIR names it',
    });
  }
  const workspace = realpathSync(options.workspace);
  const home = realpathOrSame(options.home ?? homedir());
  // XDG_CONFIG_HOME and its like don't count: clients start our programs without most of their environment, and a
  // log's key must be where every one of them looks.
  const named = (options.env ?? process.env).GGEN_HOME;
  const own = (otherwise: string): string =>
    named?.startsWith('/') ? resolve(named) : join(home, otherwise, 'ggen-governance');
  return {
    keysDir: join(own('.config'), 'keys'),
    witnessPath: (store) => join(own('.local/state'), 'witness', `${sha256(store).slice(0, 16)}.notes`),
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
