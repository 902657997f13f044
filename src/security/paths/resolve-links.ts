import { posix } from 'node:path';
import type { FileFacts, FileSystemPort } from '../ports.ts';
import { isInside } from './lexical.ts';

/** As the kernel: more links than this in one path count as a loop. */
const MAX_LINKS = 40;

export interface FollowedLink {
  /** where the link stands, absolute */
  readonly at: string;
  /** its text */
  readonly to: string;
}

export type Resolution =
  | {
      readonly ok: true;
      /** absolute, without links, `.` and `..` */
      readonly path: string;
      readonly links: readonly FollowedLink[];
      /** of what stands at `path`; undefined where nothing is there yet */
      readonly facts: FileFacts | undefined;
    }
  | { readonly ok: false; readonly reason: string };

/**
 * Where an absolute path leads, component by component as the kernel goes: links are followed wherever they stand, a
 * dangling one too, `..` goes up from where a link led, and what doesn't exist yet is appended as it stands.
 *
 * INVARIANT: `trusted` holds no link itself (it is the workspace's real path); the walk starts there where it can.
 * THREAT: the answer is true at the moment of the look. Whoever can exchange folders meanwhile wins a race; operations
 * that we perform ourselves must open by descriptor.
 */
export function resolveLinks(files: FileSystemPort, path: string, trusted: string): Resolution {
  const inside = trusted !== '/' && isInside(trusted, path);
  let here = inside ? trusted : '/';
  const ahead = (inside ? path.slice(trusted.length) : path).split('/').reverse();
  const links: FollowedLink[] = [];
  let facts: FileFacts | undefined;
  try {
    while (ahead.length > 0) {
      const component = ahead.pop()!;
      if (component === '' || component === '.') continue;
      if (component === '..') {
        here = posix.dirname(here);
        facts = undefined;
        continue;
      }
      const next = here === '/' ? `/${component}` : `${here}/${component}`;
      facts = files.lstat(next);
      // Nothing stands below what isn't there: without a way back up, the rest is text.
      if (facts === undefined && !ahead.includes('..')) {
        const rest = ahead.reverse().filter((part) => part !== '' && part !== '.');
        return { ok: true, path: [next, ...rest].join('/'), links, facts };
      }
      const to = facts?.kind === 'link' ? files.readlink(next) : undefined;
      if (to === undefined) {
        here = next;
        continue;
      }
      links.push({ at: next, to });
      if (links.length > MAX_LINKS) return { ok: false, reason: `more than ${MAX_LINKS} symbolic links` };
      facts = undefined;
      if (to.startsWith('/')) here = '/';
      ahead.push(...to.split('/').reverse());
    }
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    return { ok: false, reason: typeof code === 'string' ? code : 'the file system failed' };
  }
  return { ok: true, path: here, links, facts };
}
