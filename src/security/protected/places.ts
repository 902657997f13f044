import { posix } from 'node:path';
import { isInside, normalizeAbsolute } from '../paths/lexical.ts';

export type ProtectedWhat =
  | 'configuration'
  | 'program'
  | 'program that decides'
  | 'store'
  | 'witness'
  | 'export'
  | 'keys and state'
  | 'client settings';

/** One place that no agent may write, whatever the lists say (DESIGN §6 rule 8). */
export interface ProtectedPlace {
  readonly what: ProtectedWhat;
  /** absolute, normalised */
  readonly path: string;
  /** `tree`: it and everything below; `file`: exactly it; `names`: files in the folder `path` whose name matches */
  readonly covers: 'tree' | 'file' | 'names';
  /** with `names`: what a name starts and ends with, lower case */
  readonly name?: { readonly start: string; readonly end: string };
  /** reading is refused too: it holds keys */
  readonly secret?: true;
}

export interface ProtectedPaths {
  readonly places: readonly ProtectedPlace[];
  /** folders whose ancestors and which themselves are not guarded against being moved: the workspace and the home */
  readonly roots: readonly string[];
}

export interface ProtectedInput {
  readonly workspace: string;
  readonly configDir: string;
  readonly storePath: string;
  readonly exportDir: string;
  /** further files that keep the log's checkpoints */
  readonly witnesses: readonly string[];
  /** the folder of this package: who can write the program that judges, need not be judged by it */
  readonly programDir: string;
  /** what the programs of agents that decide are made of: who can write these, decides; absolute */
  readonly deciders?: readonly { readonly path: string; readonly covers: 'tree' | 'file' }[];
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const APP = 'ggen-governance';
const CONFIG_FILES = ['governance.toml', 'approvals.toml', 'audit.toml', 'approvers.allowed_signers'];
const CLAUDE_FILES = ['settings.json', 'settings.local.json'];
const CODEX_FILES = ['config.toml', 'hooks.json'];
/** What SQLite puts beside a database, itself included. */
export const STORE_SUFFIXES = ['', '-wal', '-shm', '-journal'];

/** Where the settings that start our hooks stand, below a project and below a home directory alike. */
const CLIENT_FILES = [
  '.mcp.json',
  '.codex/config.toml',
  '.codex/hooks.json',
  '.claude.json',
  '.gemini/settings.json',
  '.cursor/hooks.json',
  '.cursor/mcp.json',
  '.vscode/mcp.json',
  'opencode.json',
  'opencode.jsonc',
];
const CLIENT_TREES = [
  '.claude/hooks',
  '.codex',
  '.cursor/hooks',
  '.github/hooks',
  '.copilot',
  '.opencode/plugins',
  '.opencode/plugin',
];
const MANAGED_TREES = [
  '/etc/claude-code',
  '/etc/codex',
  '/etc/gemini-cli',
  '/etc/cursor',
  '/Library/Application Support/ClaudeCode',
  '/Library/Application Support/GeminiCli',
  '/Library/Application Support/Cursor',
];

/**
 * Everything that rule 8 guards on one installation, from where its parts lie. Pure: links are followed later, by the
 * inspector. Paths must be absolute; a variable of the environment counts only where it names an absolute path.
 */
export function protectedPathsFor(input: ProtectedInput): ProtectedPaths {
  const { workspace, home, env } = input;
  const from = (name: string, fallback: string): string => {
    const value = env[name];
    return value?.startsWith('/') ? value : `${home}/${fallback}`;
  };
  const configHome = from('XDG_CONFIG_HOME', '.config');
  const stateHome = from('XDG_STATE_HOME', '.local/state');
  const places: ProtectedPlace[] = [...configuration(input)];
  const add = (what: ProtectedWhat, covers: 'tree' | 'file', path: string, secret = false): void => {
    places.push({ what, covers, path: normalizeAbsolute(path), ...(secret ? { secret: true as const } : {}) });
  };

  for (const suffix of STORE_SUFFIXES) add('store', 'file', input.storePath + suffix);
  if (!holdsRoot(input.exportDir, input)) add('export', 'tree', input.exportDir);
  // Where the package is itself the project that is worked on, only what runs is guarded.
  const program = holdsRoot(input.programDir, input) ? ['/bin', '/dist'] : [''];
  for (const folder of program) add('program', 'tree', input.programDir + folder);
  for (const { path, covers } of input.deciders ?? []) add('program that decides', covers, path);
  // The variables may name other folders than the defaults, and a later run may come without them: both count.
  for (const folder of new Set([configHome, stateHome, `${home}/.config`, `${home}/.local/state`])) {
    add('keys and state', 'tree', `${folder}/${APP}`, true);
  }
  if (env.GGEN_HOME?.startsWith('/')) {
    for (const part of ['keys', 'witness']) add('keys and state', 'tree', `${env.GGEN_HOME}/${part}`, true);
  }
  for (const file of input.witnesses) add('witness', 'file', file);
  for (const root of new Set([workspace, home])) {
    for (const file of CLIENT_FILES) add('client settings', 'file', `${root}/${file}`);
    for (const tree of CLIENT_TREES) add('client settings', 'tree', `${root}/${tree}`);
    places.push(...claudeSettings(`${root}/.claude`));
  }
  if (env.CLAUDE_CONFIG_DIR?.startsWith('/')) {
    places.push(...claudeSettings(env.CLAUDE_CONFIG_DIR));
    add('client settings', 'tree', `${env.CLAUDE_CONFIG_DIR}/hooks`);
    add('client settings', 'file', `${env.CLAUDE_CONFIG_DIR}/.claude.json`);
  }
  if (env.CODEX_HOME?.startsWith('/')) {
    add('client settings', 'tree', env.CODEX_HOME);
    places.push(...filesIn('client settings', env.CODEX_HOME, CODEX_FILES));
  }
  for (const folder of new Set([configHome, `${home}/.config`])) add('client settings', 'tree', `${folder}/opencode`);
  for (const tree of MANAGED_TREES) add('client settings', 'tree', tree);
  return { places, roots: [workspace, home] };
}

// THREAT: a file in a guarded folder may be a link to one that isn't. What is named as a file has its links followed.
function filesIn(what: ProtectedWhat, folder: string, names: readonly string[]): ProtectedPlace[] {
  return names.map((name) => ({ what, covers: 'file', path: posix.join(folder, name) }));
}

function claudeSettings(folder: string): ProtectedPlace[] {
  const path = normalizeAbsolute(folder);
  const name = { start: 'settings', end: '.json' };
  return [{ what: 'client settings', covers: 'names', path, name }, ...filesIn('client settings', path, CLAUDE_FILES)];
}

/** The whole folder, unless the workspace or the home lies in it: then only the files that we read there. */
function configuration(input: ProtectedInput): ProtectedPlace[] {
  const folder = normalizeAbsolute(input.configDir);
  const files = filesIn('configuration', folder, CONFIG_FILES);
  return holdsRoot(folder, input) ? files : [{ what: 'configuration', covers: 'tree', path: folder }, ...files];
}

function holdsRoot(folder: string, input: ProtectedInput): boolean {
  const path = normalizeAbsolute(folder);
  return isInside(path, input.workspace) || isInside(path, input.home);
}
