import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Folders whose files others wrote: searched only where they are named. */
const SKIPPED: ReadonlySet<string> = new Set(['node_modules', '.git', '.hg', '.svn', '.venv', '__pycache__']);

/**
 * The files below a folder, in the order of their names, links not followed; or the file itself. What can't be read is
 * told and left out.
 */
export function* walkFiles(path: string, onUnreadable: (path: string, why: string) => void): Iterable<string> {
  let kind: 'file' | 'folder' | 'other';
  try {
    const stat = lstatSync(path);
    kind = stat.isFile() ? 'file' : stat.isDirectory() ? 'folder' : 'other';
  } catch (error) {
    onUnreadable(path, (error as NodeJS.ErrnoException).code ?? 'it can not be read');
    return;
  }
  if (kind === 'file') yield path;
  if (kind !== 'folder') return;
  let names: string[];
  try {
    names = readdirSync(path).sort();
  } catch (error) {
    onUnreadable(path, (error as NodeJS.ErrnoException).code ?? 'it can not be read');
    return;
  }
  for (const name of names) if (!SKIPPED.has(name)) yield* walkFiles(join(path, name), onUnreadable);
}
