import { posix } from 'node:path';

/** `path` without `.`, `..`, doubled and trailing slashes, by its text alone. Absolute in, absolute out. */
export function normalizeAbsolute(path: string): string {
  const normal = posix.normalize(path);
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
}

/** True where the absolute, normalised `path` is `root` or lies below it. */
export function isInside(root: string, path: string): boolean {
  return path === root || root === '/' || (path.startsWith(root) && path[root.length] === '/');
}

/** How policy spells a path: relative to the workspace inside it (`''` is the workspace itself), else absolute. */
export function policyForm(workspace: string, path: string): string {
  if (!isInside(workspace, path)) return path;
  return path.slice(workspace === '/' ? 1 : workspace.length + 1);
}

/** How many components of `path` are `..`. */
export function countParents(path: string): number {
  let count = 0;
  for (let at = path.indexOf('..'); at >= 0; at = path.indexOf('..', at + 2)) {
    const before = at === 0 || path[at - 1] === '/';
    const after = at + 2 === path.length || path[at + 2] === '/';
    if (before && after) count += 1;
  }
  return count;
}
