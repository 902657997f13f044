import { baseName, isStarter } from './program-starters.ts';

/** What an agent may ask of `ggen-mcp`: it only looks. Everything else decides or administers, also what is new. */
const READING: readonly (readonly string[])[] = [
  ['approvals', 'list'],
  ['approvals', 'show'],
  ['audit', 'tail'],
  ['audit', 'query'],
  ['policy', 'validate'],
  ['policy', 'explain'],
  ['policy', 'test'],
  ['check'],
  ['help'],
];
const PROGRAM = /^ggen-mcp(?:\.(?:[cm]?js|cmd|exe|ps1))?(?:@.*)?$/i;
const SCRIPT = /(?:^|\/)ggen-(?:mcp|governance)\/.*\.[cm]?[jt]s$/i;
const PACKAGE = /^ggen-governance(?:@.*)?$/i;
const PACKAGE_RUNNERS: ReadonlySet<string> = new Set('npx pnpx bunx npm pnpm yarn bun corepack'.split(' '));

/**
 * Why a command runs a part of `ggen-mcp` that decides or administers, as a clause; undefined where it doesn't.
 * Any word whose last component is `ggen-mcp` counts, since a runner may stand before it (`npx`, `node FILE`, `env`),
 * and so does an argument of a shell or a runner that holds such a command line (`sh -c "ggen-mcp …"`).
 * `realName` gives the last component of what a word leads to as a path, where it leads somewhere.
 */
export function ownCommand(
  argv: readonly string[],
  realName: (word: string) => string | undefined = () => undefined,
): string | undefined {
  const runner = argv.some((word) => isStarter(word) || PACKAGE_RUNNERS.has(baseName(word)));
  for (const [index, word] of argv.entries()) {
    const named = PROGRAM.test(baseName(word)) || PROGRAM.test(realName(word) ?? '') || SCRIPT.test(word);
    if (named || (runner && PACKAGE.test(word))) {
      const rest = argv.slice(index + 1);
      const elsewhere = namesPlace(rest);
      if (elsewhere !== undefined) return `"ggen-mcp … ${elsewhere}" names another place than the one that governs`;
      if (!isReading(rest)) return `"${['ggen-mcp', ...rest.slice(0, 2)].join(' ')}" decides or administers`;
    } else if (runner && /\s/.test(word) && /ggen-(?:mcp|governance)/i.test(word)) {
      return 'a command line in an argument names ggen-mcp';
    }
  }
  return undefined;
}

/** True where one of these lines runs `ggen-mcp`. */
export function runsOwn(lines: readonly (readonly string[])[]): boolean {
  return lines.some((words) => words.some((word) => PROGRAM.test(baseName(word)) || SCRIPT.test(word)));
}

/** True where one of them changes the folder that others run in. */
export function changesFolder(lines: readonly (readonly string[])[]): boolean {
  return lines.some((words) => MOVERS.has(baseName(words[0] ?? '')) || words.some((word) => MOVES.test(word)));
}

const MOVERS: ReadonlySet<string> = new Set(['cd', 'pushd', 'popd', 'chdir']);
/** Options of runners that start a program elsewhere. */
const MOVES = /^(?:-C|--(?:chdir|cwd|dir|prefix)(?:=.*)?)$/s;

/**
 * The option that says where to look. THREAT: a configuration that the agent wrote has its programs run, its addresses
 * called and its store opened by us. What stands behind `--` is no option.
 */
function namesPlace(rest: readonly string[]): string | undefined {
  const end = rest.indexOf('--');
  const own = end < 0 ? rest : rest.slice(0, end);
  return own.find((word) => /^--(?:config|workspace)(?:=|$)/.test(word))?.replace(/=.*/s, '');
}

function isReading(rest: readonly string[]): boolean {
  // `--help` counts only right after the command's name: behind `--` or an option it may be a value.
  const names = rest.findIndex((word) => !/^[a-z][a-z-]*$/.test(word));
  if (names >= 0 && names <= 2 && names === rest.length - 1 && /^(?:--help|-h|--version|-V)$/.test(rest[names]!))
    return true;
  return READING.some((command) => command.every((word, index) => rest[index] === word));
}
