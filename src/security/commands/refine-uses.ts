import { posix } from 'node:path';
import type { Complaint, Match, Use } from '../programs/index.ts';

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
const EXTRACTS: ReadonlySet<string> = new Set(['-x', '--extract', '--get']);
const LISTS: ReadonlySet<string> = new Set(['-l', '-t', '-v', '-Z', '-p', '-z']);
const CREATES: ReadonlySet<string> = new Set(['-c', '-r', '-u', '-A', '--create', '--append', '--update']);

type Refine = (match: Match, isFolder: (path: string) => boolean) => readonly Use[];

const REFINE: Readonly<Record<string, Refine>> = {
  git: (match) => (match.given.has('--no-index') ? become(match.uses, 'TEXT', 'TREE') : match.uses),
  ls: (match) =>
    match.given.has('-d') || match.given.has('--directory') ? become(match.uses, 'READ', 'TEXT') : match.uses,
  grep: searches,
  egrep: searches,
  fgrep: searches,
  diff: searches,
  sdiff: searches,
  sed: changesInPlace,
  gsed: changesInPlace,
  yq: changesInPlace,
  cp: (match, isFolder) => intoFolder({ ...match, uses: searches(match) }, isFolder),
  install: (match, isFolder) => intoFolder({ ...match, uses: searches(match) }, isFolder),
  mv: intoFolder,
  ln: intoFolder,
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
  return Object.hasOwn(REFINE, program) ? REFINE[program]!(match, isFolder) : match.uses;
}

function some(given: ReadonlySet<string>, options: ReadonlySet<string>): boolean {
  for (const option of given) if (options.has(option)) return true;
  return false;
}

function become(uses: readonly Use[], from: Use['kind'], to: Use['kind']): readonly Use[] {
  return uses.map((use) => (use.kind === from ? { ...use, kind: to } : use));
}

function searches({ uses, given }: Match): readonly Use[] {
  return some(given, RECURSIVE) ? uses : become(uses, 'TREE', 'READ');
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

/** Into a folder means into a file of the same name there. */
function intoFolder({ uses }: Match, isFolder: (path: string) => boolean): readonly Use[] {
  const last = uses.at(-1);
  const target = last?.kind === 'WRITE' && last.argument.kind === 'literal' ? last.argument : undefined;
  if (target === undefined || uses.length < 2 || !(target.text.endsWith('/') || isFolder(target.text))) return uses;
  const names = uses
    .slice(0, -1)
    .flatMap(({ argument }) => (argument.kind === 'literal' ? [posix.basename(argument.text)] : []));
  const inside = names.filter((name) => name !== '' && name !== '.' && name !== '..');
  if (inside.length !== uses.length - 1) return uses;
  return [
    ...uses.slice(0, -1),
    ...inside.map((name) => ({ kind: 'WRITE' as const, argument: { ...target, text: posix.join(target.text, name) } })),
  ];
}

/** Complaints that depend on what a word says, and so aren't in a line of a table. */
export function complaintsOf(program: string, match: Match, exists: (path: string) => boolean): readonly Complaint[] {
  const whole = Object.hasOwn(WHOLE, program) ? WHOLE[program]!(match) : undefined;
  const check = Object.hasOwn(CHECK, program) ? CHECK[program]! : undefined;
  const first: Complaint[] = whole === undefined ? [] : [{ verdict: 'ask', reason: whole, argument: undefined }];
  if (check === undefined) return first;
  const found = match.uses.flatMap((use) => {
    const reason = use.argument.kind === 'literal' ? check(use.argument.text, use, match, exists) : undefined;
    if (reason === undefined) return [];
    const deny = reason.startsWith('!');
    return [
      { verdict: deny ? 'deny' : 'ask', reason: deny ? reason.slice(1) : reason, argument: use.argument } as const,
    ];
  });
  return [...first, ...found];
}

type Check = (text: string, use: Use, match: Match, exists: (path: string) => boolean) => string | undefined;

/** What asks for more than one word, or for a word that isn't there. */
const WHOLE: Readonly<Record<string, (match: Match) => string | undefined>> = {
  tar: extractsHere,
  bsdtar: extractsHere,
  gtar: extractsHere,
  unzip: ({ given }) => (given.has('-d') || some(given, LISTS) ? undefined : 'unzip into the folder where it runs'),
  git: ({ subcommand, given }) => {
    const staged = given.has('--staged') || given.has('-S');
    const worktree = given.has('--worktree') || given.has('-W');
    return subcommand === 'restore' && (!staged || worktree)
      ? 'git restore of files, whose changes are lost'
      : undefined;
  },
};

function extractsHere({ uses, given }: Match): string | undefined {
  const folders = uses.filter(({ kind, argument }) => kind === 'DIR' && !/^[./]*$/.test(argument.text));
  return some(given, EXTRACTS) && folders.length === 0 ? 'tar -x into the folder where it runs' : undefined;
}

const remoteArchive: Check = (text, { kind }, { given }) =>
  /^[^/]*:/.test(text) && kind !== 'TEXT' && !given.has('--force-local')
    ? '!tar with an archive on another host'
    : undefined;

const CHECK: Readonly<Record<string, Check>> = {
  tar: remoteArchive,
  bsdtar: remoteArchive,
  gtar: remoteArchive,
  go: (text, _, { subcommand }) =>
    subcommand === 'run' && text.includes('@') ? 'go run of a module that is fetched' : undefined,
  kubectl: (text) => (/secret/i.test(text) ? 'kubectl on secrets' : undefined),
  npm: (text, _, { subcommand }) =>
    /^(?:config|c)\b/.test(subcommand) && /auth|token|password|secret/i.test(text)
      ? 'npm config of a secret'
      : undefined,
  git: (text, { kind }, { subcommand, given }, exists) =>
    subcommand === 'checkout' && kind === 'MAYBE' && (given.has('--') || text === '.' || exists(text))
      ? 'git checkout of files, whose changes are lost'
      : undefined,
  make: (text, { kind }, { given }) =>
    kind === 'TEXT' && given.has('*') && !/^(?:\d{1,9}|[a-z]{1,12}|true|false)$/i.test(text) && /[=/$;|&` ]/.test(text)
      ? 'make with a variable of its own'
      : undefined,
  chmod: (text, use, { uses }) =>
    use === uses.find(({ kind }) => kind === 'TEXT') && !/^(?:[ugoa]*\+[rwxX]+,?)+$|^0?[4-7][0-7]{2}$/.test(text)
      ? 'chmod that takes rights away or gives special ones'
      : undefined,
  curl: (text, { kind }) =>
    kind === 'TEXT' && (text.startsWith('@') || text.includes('%output')) ? 'curl with a file in an option' : undefined,
};
