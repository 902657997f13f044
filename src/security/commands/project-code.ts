import { baseName } from './program-starters.ts';

const ANY: ReadonlySet<string> = new Set(
  'make gmake npx pnpx bunx just task rake gradle gradlew mvn mvnw ant tox nox pytest jest vitest mocha tsx ts-node'.split(
    ' ',
  ),
);
const RUNTIMES = /^(?:node|nodejs|deno|bun|python(?:\d+(?:\.\d+)*)?|pypy\d*|ruby|perl|php|lua|Rscript|java)$/;
/** Options after which a runtime only says something about itself. */
const ABOUT_ITSELF: ReadonlySet<string> = new Set(['--version', '-v', '-V', '--help', '-h']);
const PACKAGE_TOOLS: ReadonlySet<string> = new Set(['npm', 'pnpm', 'yarn', 'bun']);
const PACKAGE_TOOLS_READ: ReadonlySet<string> = new Set(
  'ls list la ll view info show outdated audit why explain search help config root prefix bin ping whoami'.split(' '),
);
const CARGO_READ: ReadonlySet<string> = new Set(
  'metadata tree search info fmt help version locate-project pkgid generate-lockfile'.split(' '),
);

/** True where the words are known to run what the project itself says: only a sandbox defends there. */
export function runsProjectCode(argv: readonly string[]): boolean {
  const program = baseName(argv[0]!);
  if (ANY.has(program)) return true;
  const first = argv.slice(1).find((word) => !word.startsWith('-') && !word.startsWith('+'));
  if (PACKAGE_TOOLS.has(program)) return first === undefined ? program === 'yarn' : !PACKAGE_TOOLS_READ.has(first);
  if (program === 'cargo') return first !== undefined && !CARGO_READ.has(first);
  return RUNTIMES.test(program) && argv.length > 1 && !(argv.length === 2 && ABOUT_ITSELF.has(argv[1]!));
}
