/**
 * The dialect of path patterns: literals, `*` within a segment, `**` for any depth; a trailing `/*` or `/**` covers
 * the whole subtree, a lone `*` the whole workspace. Relative means relative to the workspace, `~` is the home
 * directory. A pattern without a slash names an entry of the workspace itself.
 */
export interface PathPattern {
  readonly absolute: boolean;
  /** literal text, a segment with `*` in it, or `**` */
  readonly segments: readonly string[];
  /** true: the segments name a directory, and everything below it is covered */
  readonly subtree: boolean;
}

export type PatternResult =
  | { readonly ok: true; readonly pattern: PathPattern }
  | { readonly ok: false; readonly why: string };

const REFUSED: readonly [RegExp, string][] = [
  [/[\p{Cc}\u2028\u2029]|\p{Surrogate}/u, 'holds a control character'],
  [/[?[\]{}!\\]|[+@]\(/u, 'holds ? [ ] { } ! or \\, which this dialect has no meaning for; use * and **'],
];

export function parsePattern(text: string, home: string): PatternResult {
  if (text === '') return { ok: false, why: 'is empty' };
  for (const [bad, why] of REFUSED) if (bad.test(text)) return { ok: false, why };
  let path = text.normalize('NFC');
  if (path === '~' || path.startsWith('~/')) path = home.normalize('NFC') + path.slice(1);
  else if (path.startsWith('~')) return { ok: false, why: 'names another user’s home; only ~/ is known' };
  const absolute = path.startsWith('/');
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '.');
  if (segments.includes('..')) return { ok: false, why: 'holds ..; write the directory that is meant' };
  if (segments.some((segment) => segment !== '**' && segment.includes('**'))) {
    return { ok: false, why: 'holds ** inside a name; ** stands alone between slashes' };
  }
  const last = segments.at(-1);
  const subtree = last === '*' || last === '**' || text.endsWith('/');
  return {
    ok: true,
    pattern: { absolute, subtree, segments: last === '*' || last === '**' ? segments.slice(0, -1) : segments },
  };
}

/** Whether a segment with `*` in it matches a name: linear, since only the last star can need to be moved. */
export function matchesSegment(glob: string, name: string): boolean {
  let g = 0;
  let n = 0;
  let star = -1;
  let mark = 0;
  while (n < name.length) {
    if (g < glob.length && glob[g] === '*') {
      star = g;
      g += 1;
      mark = n;
    } else if (g < glob.length && glob[g] === name[n]) {
      g += 1;
      n += 1;
    } else if (star >= 0) {
      g = star + 1;
      mark += 1;
      n = mark;
    } else return false;
  }
  while (g < glob.length && glob[g] === '*') g += 1;
  return g === glob.length;
}
