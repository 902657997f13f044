import { posix } from 'node:path';
import type { Finding } from '../../model/evidence.ts';
import { baseName } from '../commands/program-starters.ts';
import { otherReadings } from '../paths/decoded-forms.ts';
import { type Base, placeTarget } from '../paths/inspect-path.ts';
import { normalizeAbsolute } from '../paths/lexical.ts';
import { rememberLooks } from '../paths/remember-looks.ts';
import { resolveLinks } from '../paths/resolve-links.ts';
import type { FileSystemPort } from '../ports.ts';
import { createGluedPaths, endsOfOption } from './glued-paths.ts';
import type { ProtectedGuard, Touch } from './guard.ts';
import { protectedFinding } from './inspect-protected.ts';
import type { ProtectedPaths } from './places.ts';

/** How many paths of one command or call are followed through links; the rest is compared as text. */
const MAX_FOLLOWED = 4096;

/** How long a path glued to an option may be, `.` and `..` taken away; what is deeper lies in what is cut off there. */
const MAX_GLUED = 512;

const MAX_PATH = 4096;

/** Programs whose first argument is a word of their own (`git config`), not a path. */
const HAVE_SUBCOMMANDS: ReadonlySet<string> = new Set(
  'git npm pnpm yarn bun npx cargo rustup gh glab hg jj docker podman kubectl helm terraform go pip pip3 poetry uv'.split(
    ' ',
  ),
);
/** Members of a tool's arguments that hold a path even where it is a bare word. */
const NAMES_A_PATH = /path|file|dir|folder|root|src|source|dest|target|from|^to$|location|uri|cwd/i;

/** Programs that take `/` as a sign between fields (`cut -d/`), and no folder to read through. */
const TAKE_A_SLASH: ReadonlySet<string> = new Set('awk gawk mawk nawk cut paste sort tr column'.split(' '));

/** Looks for protected paths among words that nobody described: a program's arguments, a tool's parameters. */
export interface NamedPaths {
  /** absolute forms of what may be a path: by its text, and through its links where `follow` */
  formsOf(text: string, base: Base, follow: boolean): string[];
  inWords(words: readonly string[], base: Base): Finding | undefined;
  inParameters(texts: readonly { key: string; value: string }[], base: Base): Finding | undefined;
}

/**
 * A word counts as written whatever the program would do with it, since what a program does with its arguments isn't
 * known: reading the configuration through a command is refused too; the file operations read it. For keys it counts
 * as searched: `grep -r x ..` reads them where they lie below.
 */
export function createNamedPaths(
  guard: ProtectedGuard,
  files: FileSystemPort,
  scene: { readonly workspace: string; readonly home: string; readonly protectedPaths: ProtectedPaths },
): NamedPaths {
  const glued = createGluedPaths(scene.protectedPaths);
  const formsIn = (looked: FileSystemPort, text: string, base: Base, follow: boolean): string[] => {
    const placed = placeTarget(text, base, scene.home);
    if (!placed.ok) return [];
    const lexical = normalizeAbsolute(placed.path);
    const resolution = follow ? resolveLinks(looked, placed.path, scene.workspace) : undefined;
    return resolution?.ok && resolution.path !== lexical ? [lexical, resolution.path] : [lexical];
  };
  /** judges one path after the other; a fresh one for each action, since it remembers what it saw */
  const judge = (base: Base, what: string) => {
    const looked = rememberLooks(files);
    let followed = 0;
    return (path: string, ...touches: readonly Touch[]): Finding | undefined => {
      followed += 1;
      const forms = formsIn(looked, path, base, followed <= MAX_FOLLOWED);
      for (const touch of touches) {
        const finding = protectedFinding(guard, forms, touch, `${what} names a path that`);
        if (finding !== undefined) return finding;
      }
      return undefined;
    };
  };
  const inWords = (words: readonly string[], base: Base): Finding | undefined => {
    const find = judge(base, 'the command');
    const slashIsSign = TAKE_A_SLASH.has(baseName(words[0] ?? ''));
    const inWord = (word: string): Finding | undefined =>
      first(pathsInWord(word), (path) => (slashIsSign && path === '/' ? undefined : find(path, 'name', 'read-tree'))) ??
      first(endsOfOption(word), (whole) => {
        // Hundreds of ends of a long word: `.` and `..` are taken away first, so that following costs little.
        const end = whole.length <= MAX_GLUED ? whole : posix.normalize(whole).slice(0, MAX_GLUED);
        const bundled = /^[A-Za-z0-9]*$/.test(word.slice(1, word.length - whole.length));
        return bundled && !(slashIsSign && end === '/') ? find(end, 'name', 'read-tree') : find(end, 'name');
      }) ??
      first(glued.inText(word), (path) => find(path, 'mention'));
    return first(withoutSubcommand(words), inWord);
  };
  return {
    formsOf: (text, base, follow) => formsIn(files, text, base, follow),
    inWords,
    inParameters(texts, base) {
      const find = judge(base, 'an argument');
      const inPath = (path: string, folder: boolean): Finding | undefined =>
        find(path, 'write') ?? (folder || !/^\/+$/.test(path) ? find(path, 'read-tree') : undefined);
      const inText = (text: string): Finding | undefined => first(glued.inText(text), (path) => find(path, 'mention'));
      return (
        first(pathsInParameters(texts), ({ text, folder }) =>
          first([text, ...otherReadings(text)], (reading) =>
            first(pathsInWord(reading), (path) => inPath(path, folder)),
          ),
        ) ?? first(texts, ({ key, value }) => inText(key) ?? inText(value))
      );
    },
  };
}

function first<T>(items: Iterable<T>, find: (item: T) => Finding | undefined): Finding | undefined {
  for (const item of items) {
    const finding = find(item);
    if (finding !== undefined) return finding;
  }
  return undefined;
}

function withoutSubcommand(words: readonly string[]): readonly string[] {
  const program = words[0]?.slice(words[0].lastIndexOf('/') + 1) ?? '';
  const own = HAVE_SUBCOMMANDS.has(program) && /^[a-z][a-z-]*$/.test(words[1] ?? '');
  return own ? [words[0]!, ...words.slice(2)] : words;
}

/** The values that may be paths, and the names of members, since a tool may take files by name. */
function* pathsInParameters(
  texts: readonly { key: string; value: string }[],
): Iterable<{ text: string; folder: boolean }> {
  for (const { key, value } of texts) {
    if (/[/.\\~%]/.test(key) && key.length <= MAX_PATH) yield { text: key, folder: false };
    const folder = NAMES_A_PATH.test(key);
    if (value.length <= MAX_PATH && (/[/.\\~%]/.test(value) || folder)) yield { text: value, folder };
  }
}

/** Parts of a word that a program may take for a path: itself, and what follows `=`, `:`, `,` or `@`. */
export function pathsInWord(word: string): string[] {
  const parts = new Set([word, ...word.split(/[=:,@]/)]);
  if (/^file:/i.test(word)) parts.add(word.replace(/^file:(?:\/\/localhost(?=\/))?\/*/i, '/'));
  return [...parts].filter((part) => part !== '' && !/^-+[A-Za-z0-9-]*$/.test(part));
}
