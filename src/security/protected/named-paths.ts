import type { Finding } from '../../model/evidence.ts';
import { type Base, placeTarget } from '../paths/inspect-path.ts';
import { normalizeAbsolute } from '../paths/lexical.ts';
import { resolveLinks } from '../paths/resolve-links.ts';
import type { FileSystemPort } from '../ports.ts';
import type { ProtectedGuard, Touch } from './guard.ts';
import { protectedFinding } from './inspect-protected.ts';

/** How many paths of one command or call are followed through links; the rest is compared as text. */
const MAX_FOLLOWED = 4096;

/** Programs whose first argument is a word of their own (`git config`), not a path. */
const HAVE_SUBCOMMANDS: ReadonlySet<string> = new Set(
  'git npm pnpm yarn bun npx cargo rustup gh glab hg jj docker podman kubectl helm terraform go pip pip3 poetry uv'.split(
    ' ',
  ),
);
/** Members of a tool's arguments that hold a path even where it is a bare word. */
const NAMES_A_PATH = /path|file|dir|folder|root|src|source|dest|target|from|^to$|location|uri|cwd/i;

/** Looks for protected paths among words that nobody described: a program's arguments, a tool's parameters. */
export interface NamedPaths {
  /** absolute forms of what may be a path: by its text, and through its links where `follow` */
  formsOf(text: string, base: Base, follow: boolean): string[];
  inWords(words: readonly string[], base: Base): Finding | undefined;
  inParameters(texts: readonly { key: string; value: string }[], base: Base): Finding | undefined;
}

/**
 * A word counts as written whatever the program would do with it, since what a program does with its arguments isn't
 * known: reading the configuration through a command is refused too; the file operations read it.
 */
export function createNamedPaths(
  guard: ProtectedGuard,
  files: FileSystemPort,
  scene: { readonly workspace: string; readonly home: string },
): NamedPaths {
  const formsOf = (text: string, base: Base, follow: boolean): string[] => {
    const placed = placeTarget(text, base, scene.home);
    if (!placed.ok) return [];
    const lexical = normalizeAbsolute(placed.path);
    const resolution = follow ? resolveLinks(files, placed.path, scene.workspace) : undefined;
    return resolution?.ok && resolution.path !== lexical ? [lexical, resolution.path] : [lexical];
  };
  const find = (words: Iterable<string>, base: Base, what: string, touch: Touch): Finding | undefined => {
    let followed = 0;
    for (const word of words) {
      for (const part of pathsInWord(word)) {
        followed += 1;
        const forms = formsOf(part, base, followed <= MAX_FOLLOWED);
        const finding = protectedFinding(guard, forms, touch, `${what} names a path that`);
        if (finding !== undefined) return finding;
      }
    }
    return undefined;
  };
  return {
    formsOf,
    inWords: (words, base) => find(withoutSubcommand(words), base, 'the command', 'name'),
    inParameters: (texts, base) => find(pathsInParameters(texts), base, 'an argument', 'write'),
  };
}

function withoutSubcommand(words: readonly string[]): readonly string[] {
  const program = words[0]?.slice(words[0].lastIndexOf('/') + 1) ?? '';
  const own = HAVE_SUBCOMMANDS.has(program) && /^[a-z][a-z-]*$/.test(words[1] ?? '');
  return own ? [words[0]!, ...words.slice(2)] : words;
}

/** The values that may be paths, and the names of members, since a tool may take files by name. */
function* pathsInParameters(texts: readonly { key: string; value: string }[]): Iterable<string> {
  for (const { key, value } of texts) {
    if (/[/.\\~]/.test(key)) yield key;
    if (value.length <= 4096 && (/[/.\\~]/.test(value) || NAMES_A_PATH.test(key))) yield value;
  }
}

/** Parts of a word that a program may take for a path: itself, and what follows `=`, `:`, `,`, `@` or `-x`. */
export function pathsInWord(word: string): string[] {
  const parts = new Set([word, ...word.split(/[=:,@]/)]);
  if (/^-[A-Za-z]./.test(word)) parts.add(word.slice(2));
  if (/^file:/i.test(word)) parts.add(word.replace(/^file:\/*/i, '/'));
  return [...parts].filter((part) => part !== '' && !/^-+[A-Za-z0-9-]*$/.test(part));
}
