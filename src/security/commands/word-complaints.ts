import { posix } from 'node:path';
import type { Complaint, Match, Use } from '../programs/index.ts';
import { EXTRACTS, some } from './given-options.ts';
import { usesOfModules } from './python-modules.ts';

const LISTS: ReadonlySet<string> = new Set(['-l', '-t', '-v', '-Z', '-p', '-z']);

/** Complaints that depend on what a word says, and so aren't in a line of a table. */
export function complaintsOf(program: string, match: Match, exists: (path: string) => boolean): readonly Complaint[] {
  const whole = RUNS_INPUT.test(program)
    ? runsInput(match)
    : Object.hasOwn(WHOLE, program)
      ? WHOLE[program]!(match)
      : undefined;
  const check = Object.hasOwn(CHECK, program) ? CHECK[program]! : undefined;
  const first: Complaint[] = whole === undefined ? [] : [{ verdict: 'ask', reason: whole, argument: undefined }];
  first.push(...usesOfModules(match.uses).complaints);
  const found = match.uses.flatMap((use) => {
    const { kind, text } = use.argument;
    const reason = kind === 'literal' ? (unusual(text, use) ?? check?.(text, use, match, exists)) : undefined;
    if (reason === undefined) return [];
    const deny = reason.startsWith('!');
    return [
      { verdict: deny ? 'deny' : 'ask', reason: deny ? reason.slice(1) : reason, argument: use.argument } as const,
    ];
  });
  return [...first, ...found];
}

/** What no program is given for good reason. */
function unusual(text: string, { kind }: Use): string | undefined {
  // THREAT: a pattern that later stands for such a name gives a program an option.
  if (kind === 'WRITE' && /^-./.test(posix.basename(text))) return 'a file whose name begins as an option does';
  if (kind === 'WORD' && /^@[/.~]/.test(text)) return 'a file that holds arguments';
  return (kind === 'WORD' || kind === 'SCRIPT') && /^data:/i.test(text) ? '!code in a URL' : undefined;
}

const RUNS_INPUT = /^(?:node|nodejs|tsx|ts-node|python[\d.]*|pypy3?)$/;
/** Options with which a runtime needs no script. */
const WITHOUT_SCRIPT: ReadonlySet<string> = new Set(
  '-v -V -h --version --help --test --run --v8-options -c --check'.split(' '),
);

function runsInput({ uses, given }: Match): string | undefined {
  const runs = ['SCRIPT', 'CODE', 'MODULE'];
  if (given.size === 0 || some(given, WITHOUT_SCRIPT)) return undefined;
  return uses.some(({ kind, argument }) => runs.includes(kind) && argument.text !== '-')
    ? undefined
    : 'it runs what it reads on standard input';
}

type Check = (text: string, use: Use, match: Match, exists: (path: string) => boolean) => string | undefined;

const FETCHED = /:\/\/|^(?:git[+@:]|github:|gitlab:|bitbucket:|gist:|https?:|[\w-][\w.-]*\/[\w.-]+(?:#|$))/i;
/** Backups have an ending that makes no name that matters. */
const ENDING = /^(?:\d+|\.?(?:bak|orig|original|old|backup|tmp|save?d?)|~)?$/;

const backups: Check = (text, { kind }) =>
  kind === 'TEXT' && !ENDING.test(text) ? 'sed with backups of such names' : undefined;
const debugs: Check = (text, { kind }) =>
  kind === 'SCRIPT' && /^(?:inspect|debug)$/.test(text)
    ? '!the debugger of node, which runs what it is fed'
    : undefined;
const recursion: Check = (text, { kind }, { given }) =>
  kind === 'TEXT' && /^r/.test(text) && (given.has('-d') || given.has('--directories'))
    ? 'grep through folders by "-d"'
    : undefined;

/** What asks for more than one word, or for a word that isn't there. */
const WHOLE: Readonly<Record<string, (match: Match) => string | undefined>> = {
  tar: extractsHere,
  bsdtar: extractsHere,
  gtar: extractsHere,
  unzip: ({ given }) => (given.has('-d') || some(given, LISTS) ? undefined : 'unzip into the folder where it runs'),
  sed: ({ uses }) =>
    uses.some(({ kind, argument }) => kind === 'TEXT' && argument.kind !== 'literal')
      ? 'sed with backups of names that can not be known'
      : undefined,
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
  grep: recursion,
  egrep: recursion,
  fgrep: recursion,
  sed: backups,
  gsed: backups,
  jq: (text, { kind }) =>
    kind === 'TEXT' && /(?:^|[\s;])(?:import|include)\s*(?:#[^\n]*\n\s*)*"/.test(text)
      ? 'jq with modules, which are files'
      : undefined,
  yq: (text, { kind }) =>
    kind === 'TEXT' && /\b(?:load\w*|system)\s*\(/.test(text) ? 'yq that loads files or runs programs' : undefined,
  gh: (text, { kind }, { given }) =>
    /:\/\/(?!github\.com\/)/i.test(text) ||
    (kind === 'TEXT' && (given.has('-R') || given.has('--repo')) && /^[^/\s]+\.[^/\s]+\/[^/\s]+\/[^/\s]+$/.test(text))
      ? 'gh with another host'
      : undefined,
  yarn: (text, { kind }, { subcommand }) =>
    kind === 'WORD' && subcommand === 'workspace' && /^(?:exec|dlx|node|create|npm|add|install|remove|up)$/.test(text)
      ? 'yarn in a workspace with a command of its own'
      : undefined,
  node: debugs,
  nodejs: debugs,
  deno: (text) => (/:\/\/|^(?:npm|jsr|data):/i.test(text) ? 'deno with code from elsewhere' : undefined),
  pnpm: (text, _, { entry, subcommand }) =>
    entry?.path.at(-1)?.includes('*') && text === subcommand && text.includes('.')
      ? 'pnpm with what may be any program'
      : undefined,
  go: (text, _, { subcommand }) =>
    subcommand === 'run' && text.includes('@') ? 'go run of a module that is fetched' : undefined,
  kubectl: (text) =>
    /secret/i.test(text)
      ? 'kubectl on secrets'
      : /:\/\/|-file=/.test(text)
        ? 'kubectl with a URL or with a file for its output'
        : undefined,
  npm: (text, _, { subcommand }) =>
    /^(?:config|c)\b/.test(subcommand) && /auth|token|password|secret/i.test(text)
      ? 'npm config of a secret'
      : /^(?:pack|view|info|show|v|diff|explain|docs|repo|bugs)$/.test(subcommand) && FETCHED.test(text)
        ? 'npm with a package from elsewhere'
        : undefined,
  git: (text, { kind }, { subcommand, given }, exists) =>
    subcommand === 'checkout' && kind === 'MAYBE' && (given.has('--') || text === '.' || exists(text))
      ? 'git checkout of files, whose changes are lost'
      : undefined,
  make: (text, { kind }, { given }) =>
    kind === 'TEXT' &&
    (given.has('*') || /[=$]/.test(text)) &&
    !/^(?:\d{1,9}|[a-z]{1,12}|true|false)$/i.test(text) &&
    /[=/$;|&` ]/.test(text)
      ? 'make with a variable of its own'
      : undefined,
  chmod: (text, use, { uses }) =>
    use === uses.find(({ kind }) => kind === 'TEXT') && !/^(?:[ugoa]*\+[rwxX]+,?)+$|^0?[4-7][0-7]{2}$/.test(text)
      ? 'chmod that takes rights away or gives special ones'
      : undefined,
  curl: (text, { kind }) =>
    (kind === 'TEXT' && (text.startsWith('@') || text.includes('%output'))) || (kind === 'WRITE' && /#\d/.test(text))
      ? 'curl with a file in an option'
      : undefined,
};
