// The workload: agents with bounds of their own, shared lists of commands and domains, and seeded requests against
// them. All patterns are of shapes that every engine can express exactly. The same seed gives the same world.

/** A path pattern by its shape, so that each engine writes it in its own language. */
export type Glob =
  | { readonly shape: 'tree'; readonly dir: string } // dir/**
  | { readonly shape: 'files'; readonly dir: string; readonly ext: string } // dir/*.ext
  | { readonly shape: 'deep'; readonly dir: string; readonly ext: string } // dir/**/*.ext
  | { readonly shape: 'file'; readonly path: string }
  | { readonly shape: 'anywhere'; readonly dir: string } // **/dir/**
  | { readonly shape: 'type'; readonly ext: string } // **/*.ext
  | { readonly shape: 'middle'; readonly dir: string; readonly file: string }; // dir/*/file

export interface Agent {
  readonly name: string;
  readonly canRead: readonly Glob[];
  readonly cannotRead: readonly Glob[];
  readonly canWrite: readonly Glob[];
  readonly cannotWrite: readonly Glob[];
  /** words that a command begins with */
  readonly canExecute: readonly string[];
  readonly canCall: readonly string[];
  readonly cannotCall: readonly string[];
}

export type Kind = 'read_file' | 'write_file' | 'delete_file' | 'execute_shell' | 'http_request' | 'call_tool';

export interface Request {
  readonly kind: Kind;
  readonly agent: string;
  readonly target: string;
  /** http_request: what the target's host is; spares the rivals the parsing that our engine does itself */
  readonly host: string;
}

export interface World {
  /** rules that belong to agents; the shared ones come on top */
  readonly rules: number;
  readonly agents: readonly Agent[];
  readonly commands: readonly string[];
  readonly askedCommands: readonly string[];
  readonly allowedDomains: readonly string[];
  readonly blockedDomains: readonly string[];
  readonly requests: readonly Request[];
}

const PROGRAMS = ['git', 'npm', 'cargo', 'make', 'ls', 'cat', 'node', 'pytest'];
const WORDS = ['status', 'log', 'push', 'publish', 'test', 'build', 'run', 'check', 'diff', 'install', 'clean', 'show'];
const EXTENSIONS = ['ts', 'md', 'json', 'toml', 'rs', 'py'];
const PARTS = ['src', 'docs', 'lib', 'out', 'conf', 'data'];

/** mulberry32: small, seeded, good enough to spread requests. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** `rules` of 10, or a multiple of 50: fifty for each agent. */
export function createWorld(rules: number, count: number, seed = 20261122): World {
  const next = random(seed);
  const below = (n: number): number => Math.floor(next() * n);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)]!;
  const size =
    rules < 50
      ? { canRead: 2, cannotRead: 1, canWrite: 1, cannotWrite: 1, canExecute: 2, canCall: 2, cannotCall: 1 }
      : { canRead: 10, cannotRead: 6, canWrite: 8, cannotWrite: 6, canExecute: 8, canCall: 9, cannotCall: 3 };

  const can = (home: string, i: number): Glob => {
    const dir = `${home}/${PARTS[i % PARTS.length]}`;
    if (i < 3) return { shape: 'tree', dir };
    switch (i % 4) {
      case 0:
        return { shape: 'files', dir, ext: pick(EXTENSIONS) };
      case 1:
        return { shape: 'deep', dir, ext: pick(EXTENSIONS) };
      case 2:
        return { shape: 'file', path: `${dir}/readme.md` };
      default:
        return { shape: 'middle', dir, file: 'index.ts' };
    }
  };
  const cannot = (home: string, i: number): Glob => {
    switch (i % 3) {
      case 0:
        return { shape: 'tree', dir: `${home}/${PARTS[i % PARTS.length]}/secret${i}` };
      case 1:
        return { shape: 'anywhere', dir: `private${i}` };
      default:
        return { shape: 'type', ext: `pem${i}` };
    }
  };
  const list = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));
  const agents = list(rules < 50 ? 1 : rules / 50, (n): Agent => {
    const home = `proj-${n}`;
    return {
      name: `agent-${n}`,
      canRead: list(size.canRead, (i) => can(home, i)),
      cannotRead: list(size.cannotRead, (i) => cannot(home, i)),
      canWrite: list(size.canWrite, (i) => can(home, i)),
      cannotWrite: list(size.cannotWrite, (i) => cannot(home, i)),
      canExecute: list(size.canExecute, (i) => `${PROGRAMS[i % PROGRAMS.length]} ${pick(WORDS)}`),
      canCall: list(size.canCall, (i) => `server${i % 4}/tool${n}-${i}`),
      cannotCall: list(size.cannotCall, (i) => `server${i}/danger${n}`),
    };
  });

  const path = (agent: Agent): string => {
    const home = next() < 0.9 ? agent.name.replace('agent', 'proj') : `proj-${below(agents.length + 1)}`;
    const dir = `${home}/${pick(PARTS)}`;
    const dice = next();
    if (dice < 0.05) return `${dir}/readme.md`;
    if (dice < 0.12) return `${dir}/secret${below(7)}/f${below(50_000)}.${pick(EXTENSIONS)}`;
    if (dice < 0.18) return `${dir}/private${below(7)}/f${below(50_000)}.${pick(EXTENSIONS)}`;
    if (dice < 0.22) return `${dir}/k${below(50_000)}.pem${below(7)}`;
    if (dice < 0.3) return `${dir}/d${below(9)}/index.ts`;
    const depth = below(3);
    return `${dir}${list(depth, () => `/d${below(9)}`).join('')}/f${below(50_000)}.${pick(EXTENSIONS)}`;
  };
  const allowedDomains = [...list(15, (i) => `api${i}.example.com`), ...list(5, (i) => `*.cdn${i}.example.net`)];
  const blockedDomains = [...list(3, (i) => `api${i}.example.com`), ...list(2, (i) => `*.bad${i}.cdn${i}.example.net`)];
  const host = (): string => {
    const dice = next();
    if (dice < 0.5) return `api${below(18)}.example.com`;
    return dice < 0.85
      ? `h${below(5000)}.cdn${below(6)}.example.net`
      : `h${below(5000)}.bad${below(3)}.cdn${below(3)}.example.net`;
  };
  const request = (): Request => {
    const agent = pick(agents);
    const dice = next();
    const of = (kind: Kind, target: string, name = ''): Request => ({ kind, agent: agent.name, target, host: name });
    if (dice < 0.42) return of('read_file', path(agent));
    if (dice < 0.68) return of('write_file', path(agent));
    if (dice < 0.73) return of('delete_file', path(agent));
    if (dice < 0.86) {
      const command = next() < 0.7 ? pick(agent.canExecute) : `${pick([...PROGRAMS, 'rm', 'curl'])} ${pick(WORDS)}`;
      return of('execute_shell', `${command} a${below(50_000)}`);
    }
    if (dice < 0.97) {
      const name = host();
      return of('http_request', `https://${name}/v1/items/${below(50_000)}`, name);
    }
    return of(
      'call_tool',
      next() < 0.7 ? pick([...agent.canCall, ...agent.cannotCall]) : `server${below(4)}/other${below(500)}`,
    );
  };
  return {
    rules: agents.length * Object.values(size).reduce((sum, n) => sum + n, 0),
    agents,
    commands: PROGRAMS,
    askedCommands: ['git push', 'npm publish', 'cargo publish'],
    allowedDomains,
    blockedDomains,
    // As they come off a wire: strings of their own, not pieces that the runtime has yet to join.
    requests: JSON.parse(JSON.stringify(list(count, request))) as Request[],
  };
}

/** A glob as our dialect and picomatch write it. */
export function globText(glob: Glob): string {
  switch (glob.shape) {
    case 'tree':
      return `${glob.dir}/**`;
    case 'files':
      return `${glob.dir}/*.${glob.ext}`;
    case 'deep':
      return `${glob.dir}/**/*.${glob.ext}`;
    case 'file':
      return glob.path;
    case 'anywhere':
      return `**/${glob.dir}/**`;
    case 'type':
      return `**/*.${glob.ext}`;
    case 'middle':
      return `${glob.dir}/*/${glob.file}`;
  }
}
