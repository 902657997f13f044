import { posix } from 'node:path';
import type { Match, Use } from '../programs/index.ts';

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

type Refine = (match: Match, isFolder: (path: string) => boolean) => readonly Use[];

const REFINE: Readonly<Record<string, Refine>> = {
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

/** An archive is written where it is made; where it is listed or taken apart, it is read and the operands are names in it. */
function archives({ uses, given }: Match): readonly Use[] {
  return some(given, CREATES) ? uses : become(become(uses, 'WRITE', 'READ'), 'TREE', 'TEXT');
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
