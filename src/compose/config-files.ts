import { isUtf8 } from 'node:buffer';
import {
  existsSync,
  lstatSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import type { ConfigFile } from '../config/index.ts';
import { GgenError } from '../kernel/errors.ts';

export const FILE_NAMES = ['governance.toml', 'approvals.toml', 'audit.toml'] as const;
/** The keys that approvers sign with, as OpenSSH writes them: who they are, beside what they may. */
export const KEYS_FILE = 'approvers.allowed_signers';
const MAX_BYTES = 8 * 1024 * 1024;

/** Path as a person would type it: relative to where they stand, if that is shorter. */
export function displayPath(path: string): string {
  const near = relative(process.cwd(), path);
  return near !== '' && near.length < path.length && !isAbsolute(near) ? near : path;
}

/**
 * The configuration files of a folder. `governance.toml` must be there; the other two have defaults for every key.
 * Throws CONFIG_MISSING, or CONFIG_INVALID for what can't be read.
 */
export function readConfigFiles(configDir: string): ConfigFile[] {
  const files = readAnyConfigFiles(configDir);
  if (existsSync(join(configDir, FILE_NAMES[0]))) return files;
  throw missing(join(configDir, FILE_NAMES[0]));
}

/** As readConfigFiles, but any one of the three will do: to check a file on its own. */
export function readAnyConfigFiles(configDir: string): ConfigFile[] {
  const paths = FILE_NAMES.map((name) => join(configDir, name)).filter((path) => existsSync(path));
  if (paths.length === 0) throw missing(join(configDir, FILE_NAMES[0]));
  return paths.map(readConfigFile);
}

function missing(path: string): GgenError {
  return new GgenError('CONFIG_MISSING', `no ${displayPath(path)}`, {
    hint: 'ggen-mcp init writes one; --config DIR names another folder',
  });
}

export function readConfigFile(path: string): ConfigFile {
  const position = { file: displayPath(path), line: 0, column: 0 };
  try {
    if (!statSync(path).isFile()) {
      throw new GgenError('CONFIG_INVALID', 'is not a file', {
        position,
        hint: 'a file of that name is read; move it away',
      });
    }
    if (statSync(path).size > MAX_BYTES) {
      throw new GgenError('CONFIG_INVALID', 'is larger than 8 MiB', { position });
    }
    const bytes = readFileSync(path);
    if (!isUtf8(bytes)) throw new GgenError('CONFIG_INVALID', 'is not UTF-8 text', { position });
    return { name: displayPath(path), text: bytes.toString('utf8').replace(/^\uFEFF/, '') };
  } catch (error) {
    if (error instanceof GgenError) throw error;
    throw new GgenError('CONFIG_INVALID', `can't be read: ${(error as Error).message}`, { position });
  }
}

/** Changes whenever the file is another one, or was written. Follows links, as reading does. */
export function fingerprint(path: string): string {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat ? `${stat.dev}:${stat.ino}:${stat.size}:${stat.mtimeNs}:${stat.ctimeNs}` : 'none';
}

/**
 * Replaces a file's text as a whole: a reader sees the old text or the new one, never half of it. Follows a link and
 * keeps the file's mode; a new file gets `newMode`.
 */
export function writeFileAtomic(path: string, text: string, newMode = 0o644): void {
  const target = existsSync(path) && lstatSync(path).isSymbolicLink() ? realpathSync(path) : path;
  const mode = existsSync(target) ? statSync(target).mode & 0o777 : newMode;
  const temporary = `${target}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, text, { mode, flush: true });
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new GgenError('CONFIG_INVALID', `${displayPath(path)} can't be written: ${(error as Error).message}`);
  }
}
