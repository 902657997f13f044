import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findPlaces, type Places, readConfigFile } from '../compose/index.ts';
import type { ConfigFile, Environment } from '../config/index.ts';
import { GgenError } from '../kernel/errors.ts';

export interface SourceOptions {
  /** the folder that agents work in; default the folder above the configuration's, where that is called `config` */
  readonly workspace?: string;
  /** default process.env */
  readonly env?: Environment;
}

/** One configuration file with its siblings, and where everything of the installation lies. */
export interface ConfigSource {
  readonly places: Places;
  readonly env: Environment;
  /** every file that may be of the set, there or not */
  readonly files: readonly string[];
  read(): ConfigFile[];
}

const NAMES = ['governance.toml', 'approvals.toml', 'audit.toml'];

/** The set of files that `path` belongs to: itself and those of the three standard names beside it. */
export function sourceOf(path: string | URL, options: SourceOptions = {}): ConfigSource {
  const file = resolve(path instanceof URL ? fileURLToPath(path) : path);
  if (!existsSync(file)) {
    throw new GgenError('CONFIG_MISSING', `no ${file}`, { hint: 'ggen-mcp init writes a set' });
  }
  const folder = dirname(file);
  const siblings = NAMES.filter((name) => name !== basename(file)).map((name) => join(folder, name));
  const workspace = options.workspace ?? (basename(folder) === 'config' ? dirname(folder) : process.cwd());
  return {
    places: findPlaces({ configDir: folder, workspace, env: options.env ?? process.env }),
    env: options.env ?? process.env,
    files: [file, ...siblings],
    read: () => [file, ...siblings.filter((sibling) => existsSync(sibling))].map(readConfigFile),
  };
}

/** The guide's secure defaults, with no file at all. */
export function defaultSource(options: SourceOptions = {}): ConfigSource {
  const workspace = options.workspace ?? process.cwd();
  return {
    places: findPlaces({ configDir: join(workspace, 'config'), workspace, env: options.env ?? process.env }),
    env: options.env ?? process.env,
    files: [],
    read: () => [{ name: '(defaults)', text: '' }],
  };
}
