import { posix } from 'node:path';
import { foldPath } from '../../kernel/fold-path.ts';
import type { ProtectedPaths } from './places.ts';

/** No system opens a longer path in one go. */
const MAX_PATH = 4096;
/** How many folders up (`../../`) a spelling before a named file is followed back. */
const BEFORE = 256;
/** What ends a path inside of a text: blanks, quotes, and what shells and small languages use as signs. */
const ENDS = /[\s"'`<>|;&(){}[\],=:@$*?!#\\]+/;

/** The paths that a program may read out of one word, where the word isn't only a path. */
export interface GluedPaths {
  /** parts of a text that may name something protected, to be resolved as paths */
  inText(text: string): string[];
}

/**
 * Every end of a word that starts with a dash: options are bundled and glued to their values (`-uoFILE`), and which
 * letters take one isn't known. A long option is glued only by a sign, so there an end must look like a path.
 */
export function endsOfOption(word: string): string[] {
  if (!word.startsWith('-')) return [];
  // However many letters are bundled, the path starts near to its first sign or, where it has none, near to the end.
  const sign = word.search(/[^A-Za-z0-9-]/);
  const middle = sign < 0 ? word.length : sign;
  const ends: string[] = [];
  for (let at = 1; at < word.length; at += 1) {
    const near = at <= BEFORE || (at >= middle - BEFORE && at <= middle + BEFORE);
    if (!near) continue;
    const end = word.slice(at);
    if (end.length <= MAX_PATH && (!word.startsWith('--') || /[/.]/.test(end))) ends.push(end);
  }
  return ends;
}

/**
 * Looks for protected places inside texts: scripts (`awk '{print > "config/x"}'`), patches, command lines in an
 * argument. A whole file's path counts wherever it stands (`s/a/b/wconfig/governance.toml`), but not as the end of a
 * longer path; a folder's or a bare file's only where a path can start.
 */
export function createGluedPaths(paths: ProtectedPaths): GluedPaths {
  const files = new Set<string>();
  for (const place of paths.places) {
    const whole = place.covers === 'names' ? `${place.path}/${place.name?.start}` : place.path;
    for (const form of [whole, ...paths.roots.map((root) => posix.relative(root, whole))]) {
      // A folder's own absolute path is as telling as a file's; a relative one (`config`) is not.
      const telling = place.covers === 'tree' ? form.startsWith('/') : form.includes('/');
      if (telling && !form.startsWith('../')) files.add(foldPath(form));
    }
  }
  return {
    inText(text) {
      const found = new Set<string>();
      const all = foldPath(text);
      const lines = text.includes('\n');
      const near = [...files].filter((file) => all.includes(file));
      // A path with blanks or signs of its own is cut by what follows.
      for (const file of near) if (file.startsWith('/') && ENDS.test(file)) found.add(file);
      for (const token of text.split(ENDS)) {
        // A bare word (`config`, `.claude`) is a word; `.mcp.json` is a file.
        if (token.length > MAX_PATH ? near.length === 0 : !/\/|.\.[a-z]/i.test(token)) continue;
        if (token.length <= MAX_PATH) found.add(token);
        // Patches put a letter before each path: `a/config/x`.
        if (lines && /^[abciow]\//.test(token)) found.add(token.slice(2, 2 + MAX_PATH));
        const folded = near.length === 0 ? '' : foldPath(token);
        for (const file of near) {
          for (let at = folded.indexOf(file); at >= 0; at = folded.indexOf(file, at + 1)) {
            for (const start of startsOf(folded, at)) found.add(folded.slice(start, start + MAX_PATH));
          }
        }
      }
      return [...found];
    },
  };
}

/** Where a path that goes on at `at` may have started: there, or at a `./` or `../` somewhere before it. */
function startsOf(text: string, at: number): number[] {
  if (text[at - 1] !== '/' || text[at] === '/') return [at];
  const starts: number[] = [];
  for (let start = at - 1; start >= Math.max(0, at - BEFORE); start -= 1) {
    if (text[start] === '.' && /^\.{1,2}\//.test(text.slice(start, start + 3))) starts.push(start);
  }
  return starts;
}
