import { posix } from 'node:path';
import type { Match, Use } from '../programs/index.ts';
import { EXTRACTS, some } from './given-options.ts';
import { usesOfModules } from './python-modules.ts';

export { complaintsOf } from './word-complaints.ts';

/** Options without which a program reads no folder whole. */
const RECURSIVE: ReadonlySet<string> = new Set([
  '-r',
  '-R',
  '-a',
  '--recursive',
  '--archive',
  '--dereference-recursive',
]);
const IN_PLACE: ReadonlySet<string> = new Set(['-i', '--in-place', '--inplace']);
const ONLY_READS: ReadonlySet<string> = new Set(['-c', '-l', '-t', '--stdout', '--to-stdout', '--list', '--test']);
const CREATES: ReadonlySet<string> = new Set(['-c', '-r', '-u', '-A', '--create', '--append', '--update']);

const NAMED = /^(?:\.[\w-]|(?:\.\/)?[\w-][\w.-]*\/)[\w./-]*$/;
const SHOWS_HIDDEN: ReadonlySet<string> = new Set(['--hidden', '-.', '-u', '--unrestricted']);
/** The folder where a program runs. */
const HERE = { kind: 'literal' as const, text: '.', pos: 0, end: 0 };

type Refine = (match: Match, isFolder: (path: string) => boolean) => readonly Use[];

const REFINE: Readonly<Record<string, Refine>> = {
  git: gitFiles,
  rg: (match) => (some(match.given, SHOWS_HIDDEN) ? wholeFolder(become(match.uses, 'READ', 'TREE')) : match.uses),
  curl: joinsFolder,
  wget: namesByUrl,
  ls: (match) =>
    match.given.has('-d') || match.given.has('--directory') ? become(match.uses, 'READ', 'TEXT') : match.uses,
  grep: searchesFolder,
  egrep: searchesFolder,
  fgrep: searchesFolder,
  diff: compares,
  sdiff: compares,
  sed: changesInPlace,
  gsed: changesInPlace,
  yq: changesInPlace,
  cp: (match, isFolder) => intoFolder({ ...match, uses: searches(match) }, isFolder),
  install: (match, isFolder) => intoFolder({ ...match, uses: searches(match) }, isFolder),
  mv: intoFolder,
  ln: (match, isFolder) => intoFolder({ ...match, uses: links(match, isFolder) }, isFolder),
  gzip: compresses,
  bzip2: compresses,
  xz: compresses,
  zstd: compresses,
  gunzip: compresses,
  tar: archives,
  bsdtar: archives,
  gtar: archives,
};

/** What depends on more than one word of a call, and so isn't in a line of a table. */
export function refineUses(program: string, match: Match, isFolder: (path: string) => boolean): readonly Use[] {
  if (match.uses.some(({ kind }) => kind === 'MODULE')) return usesOfModules(match.uses).uses;
  return namedFiles(Object.hasOwn(REFINE, program) ? REFINE[program]!(match, isFolder) : match.uses);
}

/** What is written as a path is looked at as one, also where it leads to no place outside. */
function namedFiles(uses: readonly Use[]): readonly Use[] {
  return uses.map((use): Use => {
    if (use.kind !== 'WORD' || use.argument.kind !== 'literal') return use;
    // `-o cache_dir=PATH`
    const text = use.argument.text.replace(/^[\w.-]+=(?=[\w./~-])/, '');
    const argument = { ...use.argument, text };
    if (NAMED.test(text)) return { kind: 'READ', argument };
    return /^[/~.]/.test(text) ? { kind: 'WORD', argument } : use;
  });
}

function become(uses: readonly Use[], from: Use['kind'], to: Use['kind']): readonly Use[] {
  return uses.map((use) => (use.kind === from ? { ...use, kind: to } : use));
}

function searches({ uses, given }: Match): readonly Use[] {
  return some(given, RECURSIVE) ? uses : become(uses, 'TREE', 'READ');
}

function wholeFolder(uses: readonly Use[]): readonly Use[] {
  return uses.some(({ kind }) => kind === 'TREE') ? uses : [...uses, { kind: 'TREE', argument: HERE }];
}

/** Without a folder of its own, a search through folders begins where it runs. */
function searchesFolder(match: Match): readonly Use[] {
  return some(match.given, RECURSIVE) ? wholeFolder(match.uses) : searches(match);
}

const SHOWS_FILES = /^(?:cat-file|diff-\w+|merge-tree|checkout-index)$/;

/** Words of git that may be files: `REV:PATH` and plain paths are read, whatever is outside is too. */
function gitFiles({ uses, given, subcommand }: Match): readonly Use[] {
  if (given.has('--no-index')) return become(become(uses, 'TEXT', 'TREE'), 'WORD', 'TREE');
  return uses.flatMap((use): Use[] => {
    const { kind, text } = use.argument;
    const shown = use.kind === 'WORD' || (use.kind === 'TEXT' && SHOWS_FILES.test(subcommand));
    if (kind !== 'literal') return [use];
    const lines = use.kind === 'TEXT' ? /^(?:[\d/^].*|:[^:]+):([^:]+)$/.exec(text)?.[1] : undefined;
    if (lines !== undefined && /^(?:log|show|diff|whatchanged)$/.test(subcommand))
      return [use, { kind: 'READ', argument: { ...use.argument, text: lines } }];
    if (!shown) return [use];
    // `:(top)PATH` and `:/PATH` count from the root.
    const named = text.replace(/^:(?:\((?!.*exclude)[^)]*\)|\/)/, '');
    const path = /^[^:]*:(?:\.\/)?([^:/].*)$/.exec(named)?.[1] ?? (/^\.?\w[\w./-]*$/.test(named) ? named : undefined);
    return path === undefined || path.includes('..')
      ? [use]
      : [{ kind: 'READ', argument: { ...use.argument, text: path } }];
  });
}

/** A file of `curl --output-dir` is written into that folder. */
function joinsFolder({ uses, given }: Match): readonly Use[] {
  if (!given.has('--output-dir')) return uses;
  const written = uses.filter(({ kind, argument }) => kind === 'WRITE' && argument.kind === 'literal');
  return [
    ...uses,
    ...written.flatMap((one) => written.flatMap((other) => (one === other ? [] : [into(one, other.argument.text)]))),
  ];
}

function into(folder: Use, name: string): Use {
  return { kind: 'WRITE', argument: { ...folder.argument, text: posix.join(folder.argument.text, name) } };
}

/** wget names a file by the last part of its URL. */
function namesByUrl({ uses, given }: Match): readonly Use[] {
  if (['-O', '--output-document', '--spider'].some((option) => given.has(option))) return uses;
  const folders = uses.filter(({ kind, argument }) => kind === 'WRITE' && argument.kind === 'literal');
  const names = uses.flatMap(({ kind, argument }) => {
    if (kind !== 'URL' || argument.kind !== 'literal') return [];
    const path = argument.text.replace(/^[a-z]+:\/\/[^/?#]*/i, '').replace(/[?#].*$/s, '');
    const name = posix.basename(
      path.replace(/%([0-7][0-9a-f])/gi, (_, code) => String.fromCharCode(parseInt(code, 16))),
    );
    return name === '' || path.endsWith('/') ? [] : [name];
  });
  const here: Use = { kind: 'WRITE', argument: HERE };
  return [...uses, ...[here, ...folders].flatMap((folder) => names.map((name) => into(folder, name)))];
}

/**
 * `ln -s` with one word makes a link of the same name where it runs. THREAT: what a link says is looked up from the
 * link's own folder, and through a link to a folder everything below it is reached.
 */
function links({ uses, given }: Match, isFolder: (path: string) => boolean): readonly Use[] {
  const only = uses.length === 1 && uses[0]!.kind === 'WRITE' ? uses[0]! : undefined;
  const both: readonly Use[] =
    only?.argument.kind === 'literal'
      ? [
          { kind: 'READ', argument: only.argument },
          { kind: 'WRITE', argument: { ...only.argument, text: posix.basename(only.argument.text) } },
        ]
      : uses;
  if (!given.has('-s') && !given.has('--symbolic')) return both;
  const link = both.findLast(({ kind, argument }) => kind === 'WRITE' && argument.kind === 'literal')?.argument.text;
  return both.flatMap((use): Use[] => {
    if (use.kind !== 'READ' || use.argument.kind !== 'literal') return [use];
    const { text } = use.argument;
    const seen: Use = /^[./]*$/.test(text) || isFolder(text) ? { ...use, kind: 'TREE' } : use;
    if (link === undefined || text.startsWith('/') || text.startsWith('~')) return [seen];
    const folder = link.endsWith('/') || isFolder(link) ? link : posix.dirname(link);
    return [{ kind: 'READ', argument: { ...use.argument, text: posix.join(folder, text) } }, seen];
  });
}

/** Of two folders everything that has the same name is compared. */
function compares(match: Match, isFolder: (path: string) => boolean): readonly Use[] {
  const folders = match.uses.filter(
    ({ kind, argument }) =>
      kind === 'TREE' && argument.kind === 'literal' && (/^[./]*$/.test(argument.text) || isFolder(argument.text)),
  );
  return folders.length > 1 ? match.uses : searches(match);
}

function changesInPlace({ uses, given }: Match): readonly Use[] {
  return some(given, IN_PLACE) ? uses : become(uses, 'WRITE', 'READ');
}

function compresses({ uses, given }: Match): readonly Use[] {
  return some(given, ONLY_READS) ? become(uses, 'WRITE', 'READ') : uses;
}

/**
 * An archive is written where it is made; where it is listed or taken apart, it is read, the operands are names in it,
 * and the folder that it is taken apart in is written.
 */
function archives({ uses, given }: Match): readonly Use[] {
  if (some(given, CREATES)) return uses;
  const read = become(become(uses, 'WRITE', 'READ'), 'TREE', 'TEXT');
  if (!some(given, EXTRACTS)) return read;
  return [...read, ...uses.filter(({ kind }) => kind === 'DIR').map((use): Use => ({ ...use, kind: 'WRITE' }))];
}

/** Into a folder means into a file of the same name there; over a folder, that whatever is in it may be written over. */
function intoFolder(match: Match, isFolder: (path: string) => boolean): readonly Use[] {
  const uses = namedInFolder(match, isFolder);
  const over = uses.filter(
    ({ kind, argument }) => kind === 'WRITE' && argument.kind === 'literal' && isFolder(argument.text),
  );
  const isDeep = uses.some(
    ({ kind, argument }) => kind !== 'WRITE' && argument.kind === 'literal' && isFolder(argument.text),
  );
  return isDeep || match.given.has('-T') || match.given.has('--no-target-directory')
    ? [...uses, ...over.map((use): Use => ({ ...use, kind: 'DELETE' }))]
    : uses;
}

function namedInFolder({ uses, given }: Match, isFolder: (path: string) => boolean): readonly Use[] {
  // The folder itself takes the other's place: all that is in it is written.
  if (given.has('-T') || given.has('--no-target-directory')) return uses;
  const last = uses.at(-1);
  const target = last?.kind === 'WRITE' && last.argument.kind === 'literal' ? last.argument : undefined;
  if (target === undefined || uses.length < 2 || !(target.text.endsWith('/') || isFolder(target.text))) return uses;
  const names = uses
    .slice(0, -1)
    .flatMap(({ argument: { kind, text } }) =>
      kind === 'literal' ? [given.has('--parents') ? posix.normalize(text) : posix.basename(text)] : [],
    );
  const inside = names.filter((name) => name !== '' && name !== '.' && name !== '..');
  if (inside.length !== uses.length - 1) return uses;
  return [
    ...uses.slice(0, -1),
    ...inside.map((name) => ({ kind: 'WRITE' as const, argument: { ...target, text: posix.join(target.text, name) } })),
  ];
}
