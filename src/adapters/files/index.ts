import { lstatSync, readdirSync, readlinkSync, type Stats } from 'node:fs';
import type { FileFacts, FileSystemPort } from '../../security/index.ts';

export { type JudgedAccess, type JudgedFile, type OpenJudgedOptions, openJudged } from './open-judged.ts';

/** The machine's own file system, for the path resolver. */
export function nodeFileSystem(): FileSystemPort {
  return {
    lstat(path) {
      const stats = lstatSync(path, { throwIfNoEntry: false });
      return stats === undefined ? undefined : { kind: kindOf(stats), links: stats.nlink };
    },
    readlink(path) {
      try {
        return readlinkSync(path);
      } catch (error) {
        // The link went away, or became something else, between the look at it and now.
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EINVAL') return undefined;
        throw error;
      }
    },
    list(path) {
      try {
        return readdirSync(path);
      } catch {
        return undefined;
      }
    },
  };
}

function kindOf(stats: Stats): FileFacts['kind'] {
  if (stats.isSymbolicLink()) return 'link';
  if (stats.isDirectory()) return 'directory';
  return stats.isFile() ? 'file' : 'other';
}
