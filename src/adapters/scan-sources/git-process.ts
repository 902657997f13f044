import { spawn, spawnSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { devNull } from 'node:os';
import { dirname, resolve } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { GgenError } from '../../kernel/errors.ts';

/**
 * Git runs nothing that the repository's configuration names while we read from it, and fetches nothing.
 *
 * THREAT: a repository is what an agent may have written to.
 */
const HARDENED: readonly string[] = [
  ...['-c', 'core.fsmonitor=false'],
  ...['-c', 'core.pager=cat'],
  ...['-c', `core.hooksPath=${devNull}`],
  ...['-c', 'diff.external='],
  ...['-c', 'log.showSignature=false'],
  ...['-c', 'core.quotePath=false'],
  ...['-c', 'protocol.allow=never'],
];
const MAX_BYTES = 64 * 1024 * 1024;

/** No settings of the user or the machine; objects as they are, not as a replacement or a graft shows them. */
function environment(index: string | undefined): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return {
    PATH,
    HOME,
    LC_ALL: 'C',
    GIT_CONFIG_GLOBAL: devNull,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_GRAFT_FILE: devNull,
    GIT_NO_LAZY_FETCH: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    ...(index === undefined ? {} : { GIT_INDEX_FILE: index }),
  };
}

/** What git prints. Throws NOT_AVAILABLE where there is no git, INPUT_INVALID where it says no. */
export function git(folder: string, args: readonly string[], index?: string): Buffer {
  return run(folder, [...HARDENED, '-C', folder, ...args], args[0]!, index);
}

function run(folder: string, words: readonly string[], name: string, index?: string): Buffer {
  const { error, status, stdout, stderr } = spawnSync('git', [...words], {
    env: environment(index),
    maxBuffer: MAX_BYTES,
  });
  if (error) throw new GgenError('NOT_AVAILABLE', `git can't be run: ${error.message}`);
  if (status !== 0) {
    const why = stderr.toString().split('\n')[0] ?? '';
    throw new GgenError('INPUT_INVALID', `git ${name}: ${why}`, { hint: `is ${folder} in a git repository?` });
  }
  return stdout;
}

export interface RunningGit {
  readonly in: Writable;
  readonly out: Readable;
  /** how it ended; null where it was stopped */
  readonly status: Promise<number | null>;
  stop(): void;
}

/** A git that goes on running until its input ends or it is stopped. */
export function startGit(folder: string, args: readonly string[]): RunningGit {
  const child = spawn('git', [...HARDENED, '-C', folder, ...args], {
    env: environment(undefined),
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  // What goes wrong shows as an output that ends early.
  child.on('error', () => child.stdout.destroy());
  child.stdin.on('error', () => undefined);
  return {
    in: child.stdin,
    out: child.stdout,
    status: new Promise((resolve) => {
      child.on('close', resolve);
      child.on('error', () => resolve(1));
    }),
    stop() {
      child.stdin.end();
      child.kill();
    },
  };
}

/** Where the repository that holds the folder keeps its hooks; absolute. */
export function gitHooksFolder(folder: string): string {
  // Where the repository's own configuration says: nothing of it is run here.
  const words = ['-C', folder, 'rev-parse', '--path-format=absolute', '--git-path', 'hooks'];
  return run(folder, words, 'rev-parse').toString().trim();
}

/**
 * The index that git prepares for the commit under way and names to its hooks, for `commit -a` another than the usual one;
 * undefined where it isn't one of this repository.
 */
export function indexUnderWay(folder: string): string | undefined {
  const named = process.env.GIT_INDEX_FILE;
  if (!named) return undefined;
  const index = resolve(named);
  const own = git(folder, ['rev-parse', '--absolute-git-dir']).toString().trim();
  try {
    return realpathSync(dirname(index)) === realpathSync(own) ? index : undefined;
  } catch {
    return undefined;
  }
}
