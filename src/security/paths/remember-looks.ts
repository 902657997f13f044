import { posix } from 'node:path';
import type { FileFacts, FileSystemPort } from '../ports.ts';

/** The same file system, each path looked at once: many paths that share their folders cost no more than few. */
export function rememberLooks(files: FileSystemPort): FileSystemPort {
  const seen = new Map<string, FileFacts | undefined>();
  return {
    lstat(path) {
      const above = posix.dirname(path);
      // Nothing stands below what isn't there.
      const known = seen.has(path) || (above !== '/' && seen.has(above) && seen.get(above) === undefined);
      if (!known) seen.set(path, files.lstat(path));
      return seen.get(path);
    },
    readlink: files.readlink,
    list: files.list,
  };
}
