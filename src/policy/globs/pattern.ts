/**
 * The dialect of patterns: literals, `*` within a segment, `**` for any depth; a trailing `/*` or `/**` covers the
 * whole subtree, a lone `*` the whole workspace. Relative means relative to the workspace, `~` is the home directory.
 * A pattern without a slash names an entry of the workspace itself. Dots at the start of a name are nothing special.
 */
export interface PathPattern {
  readonly absolute: boolean;
  /** literal text, a segment with `*` in it, or `**`; never `**` twice in a row, nor last */
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

/** A path pattern as an author wrote it; `home` is absolute. Otherwise why it can't be used, as a clause. */
export function parsePattern(text: string, home: string): PatternResult {
  const refused = refusal(text);
  if (refused !== undefined) return { ok: false, why: refused };
  if (text.startsWith('$')) {
    return {
      ok: false,
      why: 'starts with $, and variables are not expanded; write the path, ~/ for home, ./$ for a name',
    };
  }
  let path = text.normalize('NFC');
  if (path === '~' || path.startsWith('~/')) path = home.normalize('NFC') + path.slice(1);
  else if (path.startsWith('~')) return { ok: false, why: 'names another user’s home; only ~/ is known' };
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '.');
  if (segments.includes('..')) return { ok: false, why: 'holds ..; write the directory that is meant' };
  return finish(segments, path.startsWith('/'), text.endsWith('/'));
}

/** A pattern for names (tools, queries): the same stars, but a name is no path: no home, no workspace, no dots. */
export function parseNamePattern(text: string): PatternResult {
  const refused = refusal(text);
  if (refused !== undefined) return { ok: false, why: refused };
  return finish(text.normalize('NFC').split('/'), false, false);
}

function refusal(text: string): string | undefined {
  if (text === '') return 'is empty';
  if (text !== text.trim()) return 'starts or ends with a blank, which would be part of the name; write it without';
  return REFUSED.find(([bad]) => bad.test(text))?.[1];
}

function finish(given: readonly string[], absolute: boolean, directory: boolean): PatternResult {
  if (given.some((segment) => segment !== '**' && segment.includes('**'))) {
    return { ok: false, why: 'holds ** inside a name; ** stands alone between slashes' };
  }
  const segments = given.filter((segment, index) => segment !== '**' || given[index - 1] !== '**');
  let subtree = directory;
  if (segments.at(-1) === '*') {
    subtree = true;
    segments.pop();
  }
  if (segments.at(-1) === '**') {
    subtree = true;
    segments.pop();
  }
  return { ok: true, pattern: { absolute, subtree, segments } };
}

/**
 * What is left of an absolute pattern inside the workspace: relative patterns that together match there what it
 * matches. `~/**` with the workspace in the home directory covers all of it; `/home/*` `/x` may name one entry of it.
 * `sameSegment` says how one segment of the pattern compares with one of the workspace.
 */
export function insideWorkspace(
  pattern: PathPattern,
  workspace: readonly string[],
  sameSegment: (segment: string, name: string) => boolean,
): readonly PathPattern[] {
  if (!pattern.absolute) return [pattern];
  const { segments, subtree } = pattern;
  const length = segments.length;
  let reached = new Set([0]);
  for (const name of workspace) {
    const next = new Set<number>();
    for (const at of reached) {
      if (at === length && subtree) return [{ absolute: false, segments: [], subtree: true }];
      if (at < length && segments[at] === '**') reached.add(at + 1); // walked in this same loop
      if (at === length) continue;
      if (segments[at] === '**') next.add(at);
      else if (sameSegment(segments[at]!, name)) next.add(at + 1);
    }
    reached = next;
  }
  return [...reached].map((at) => ({ absolute: false, segments: segments.slice(at), subtree }));
}
