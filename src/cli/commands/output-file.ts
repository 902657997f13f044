import { lstatSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { displayPath, findPlaces } from '../../compose/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import type { AuditConfig } from '../../model/configuration.ts';
import { STORE_SUFFIXES } from '../../security/index.ts';
import type { CommandContext } from '../command.ts';

/**
 * Where an option lets a command write. USAGE for a folder, for a file that is there already where `replace` is not
 * true, and whatever is said for configuration, log, keys and witnesses: a mistyped name must not destroy them.
 */
export function outputFile(
  context: CommandContext,
  audit: Pick<AuditConfig, 'storage' | 'witnesses'> | undefined,
  { value, replace }: { value: string; replace: boolean | 'no word' },
): string {
  const path = resolve(value);
  const real = realPath(path);
  const places = findPlaces(context);
  const store = audit?.storage.backend === 'sqlite' ? [places.storePath(audit.storage.path)] : [];
  const files = [
    ...store.flatMap((file) => STORE_SUFFIXES.map((end) => file + end)),
    ...(audit?.witnesses ?? []).map(places.storePath),
  ];
  const folders = [places.configDir, places.keysDir, ...store.map((file) => dirname(places.witnessPath(file)))];
  if (files.map(realPath).includes(real) || folders.map(realPath).some((folder) => isBelow(real, folder))) {
    throw new GgenError(
      'USAGE',
      `--output: ${displayPath(path)} belongs to the system itself and is not written over`,
      {
        hint: 'name another file',
      },
    );
  }
  const there = statSync(path, { throwIfNoEntry: false });
  if (there?.isDirectory()) throw new GgenError('USAGE', `--output ${displayPath(path)} is a folder`);
  if (replace !== true && lstatSync(path, { throwIfNoEntry: false })) {
    throw new GgenError('USAGE', `--output: ${displayPath(path)} is there already`, {
      hint: replace === 'no word' ? 'name another file' : '--force replaces it',
    });
  }
  return path;
}

/** With links followed as far as the path exists. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return dirname(path) === path ? path : join(realPath(dirname(path)), basename(path));
  }
}

function isBelow(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '' && !way.startsWith('..');
}
