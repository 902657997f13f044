import { homedir } from 'node:os';
import { basename, resolve } from 'node:path';

/** What a server's command line says of it. */
export interface ServerCommand {
  /** short name for the tool tables and for `server/tool` targets: `filesystem` */
  readonly name: string;
  /** the words after the one that names the server */
  readonly args: readonly string[];
}

// programs whose first plain word names what they run
const LAUNCHERS = new Set(['node', 'npx', 'bunx', 'bun', 'deno', 'pnpm', 'yarn', 'npm', 'uv', 'uvx', 'pipx', 'tsx']);
const PYTHON = /^python(?:\d(?:\.\d+)?)?$/;
const SUBCOMMANDS = new Set(['run', 'dlx', 'exec', 'x', 'tool']);
const SERVER = /^(?:mcp[-_])?server[-_]([a-z0-9][a-z0-9_-]*)$/;
const ENTRY_FILE = /^(?:index|main|server|cli|__main__)$/;

/**
 * Reads a server's short name off its command: `npx -y @modelcontextprotocol/server-filesystem DIR`,
 * `uvx mcp-server-git`, `python -m mcp_server_fetch`, `node …/server-memory/dist/index.js`, `docker run -i mcp/time`.
 */
export function serverFromCommand(command: readonly string[]): ServerCommand {
  const at = programWord(command);
  const word = command[at] ?? command[0] ?? '';
  return { name: nameOf(word), args: command.slice(at + 1) };
}

/** The one folder on a filesystem server's command line; undefined where there are none or several. */
export function servedFolder(args: readonly string[], cwd: string, home = homedir()): string | undefined {
  const folder = args[0];
  if (args.length !== 1 || folder === undefined || folder.startsWith('-')) return undefined;
  return resolve(cwd, folder === '~' || folder.startsWith('~/') ? `${home}${folder.slice(1)}` : folder);
}

function programWord(command: readonly string[]): number {
  const first = basename(command[0] ?? '');
  if (first === 'docker' || first === 'podman') {
    const image = command.findIndex((word, i) => i > 0 && /^(?:[\w.-]+\/)?mcp\/[\w.-]+/.test(word));
    return Math.max(image, 0);
  }
  if (!LAUNCHERS.has(first) && !PYTHON.test(first)) return 0;
  const rest = command.findIndex((word, i) => i > 0 && !word.startsWith('-') && !SUBCOMMANDS.has(word));
  return Math.max(rest, 0);
}

function nameOf(word: string): string {
  const segments = word.split(/[\\/]/).map(withoutVersion);
  for (let i = segments.length - 1; i >= 0; i -= 1) {
    const known = SERVER.exec(segments[i]!)?.[1];
    if (known && (i === segments.length - 1 || segments[i - 1] === '@modelcontextprotocol')) return known;
  }
  const plain = segments
    .filter((segment) => segment !== '')
    .map((segment) => segment.replace(/\.[cm]?[jt]s$|\.py$/, ''));
  let last = plain.pop() ?? '';
  while (plain.length > 0 && (ENTRY_FILE.test(last) || /^(?:dist|build|src|lib|bin)$/.test(last))) last = plain.pop()!;
  return SERVER.exec(last)?.[1] ?? (last.toLowerCase().replace(/[^a-z0-9._-]/g, '-') || 'mcp');
}

/** `server-git@1.2`, `mcp-server-git==1.2` and `mcp/git:latest` without what follows the name. */
function withoutVersion(segment: string): string {
  return segment.startsWith('@') ? segment : segment.replace(/(?:@|==|:).*$/, '');
}
