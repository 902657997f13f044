/** What stands at a path, the last component not followed. */
export interface FileFacts {
  readonly kind: 'file' | 'directory' | 'link' | 'other';
  /** how many names the file has; more than one: it can be reached from elsewhere too */
  readonly links: number;
}

/**
 * The file system as the path resolver reads it. Paths are absolute. Nothing there (ENOENT, ENOTDIR) is undefined;
 * every other error is thrown, and the resolver turns it into a finding.
 */
export interface FileSystemPort {
  lstat(path: string): FileFacts | undefined;
  /** the text of a symbolic link, as it stands */
  readlink(path: string): string | undefined;
  /** the names in a folder, in any order; undefined where there is no folder that can be read */
  list(path: string): readonly string[] | undefined;
}
