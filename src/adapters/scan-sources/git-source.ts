import { spawn, spawnSync } from 'node:child_process';
import { devNull } from 'node:os';
import { GgenError } from '../../kernel/errors.ts';

/** Git runs nothing that the repository's configuration names while we read from it. */
const HARDENED: readonly string[] = [
  '-c',
  'core.fsmonitor=false',
  '-c',
  'core.pager=cat',
  '-c',
  `core.hooksPath=${devNull}`,
  '-c',
  'diff.external=',
  '-c',
  'log.showSignature=false',
  '-c',
  'core.quotePath=false',
];
const MAX_BYTES = 64 * 1024 * 1024;

function environment(): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return {
    PATH,
    HOME,
    LC_ALL: 'C',
    GIT_CONFIG_GLOBAL: devNull,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
  };
}

function git(folder: string, args: readonly string[], options = HARDENED): Buffer {
  const run = spawnSync('git', [...options, '-C', folder, ...args], { env: environment(), maxBuffer: MAX_BYTES });
  if (run.error) throw new GgenError('NOT_AVAILABLE', `git can't be run: ${run.error.message}`);
  if (run.status !== 0) {
    const why = run.stderr.toString().split('\n')[0] ?? '';
    throw new GgenError('INPUT_INVALID', `git ${args[0]}: ${why}`, { hint: 'is this a git repository?' });
  }
  return run.stdout;
}

/** Where the repository that holds the folder keeps its hooks; absolute. */
export function gitHooksFolder(folder: string): string {
  // Where the repository's own configuration says: nothing of it is run here.
  return git(folder, ['rev-parse', '--path-format=absolute', '--git-path', 'hooks'], []).toString().trim();
}

export interface GitText {
  readonly path: string;
  readonly commit?: string;
  readonly bytes: Buffer;
}

/** Files as they are staged for the next commit: added, copied, modified or renamed ones. */
export function* stagedFiles(folder: string): Iterable<GitText> {
  const root = git(folder, ['rev-parse', '--show-toplevel']).toString().trim();
  const names = git(root, [
    'diff',
    '--cached',
    '--name-only',
    '--no-ext-diff',
    '--no-textconv',
    '-z',
    '--diff-filter=ACMR',
  ]);
  for (const path of names.toString().split('\0').filter(Boolean)) {
    yield { path, bytes: git(root, ['cat-file', 'blob', `:0:${path}`]) };
  }
}

/** Every file as any commit has it, each content once, the newest commit first. Memory is bounded by the largest file. */
export async function* historyFiles(folder: string): AsyncIterable<GitText> {
  const objects = git(folder, ['rev-list', '--objects', '--all', '--filter=tree:0', '--no-object-names']).toString();
  const commits = objects.split('\n').filter(Boolean);
  const seen = new Set<string>();
  const reader = spawn('git', [...HARDENED, '-C', folder, 'cat-file', '--batch'], {
    env: environment(),
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const read = readBatches(reader.stdout);
  try {
    for (const commit of commits) {
      const tree = git(folder, [
        'diff-tree',
        '--root',
        '-r',
        '-z',
        '--no-commit-id',
        '--no-ext-diff',
        '--diff-filter=ACMR',
        commit,
      ]);
      const fields = tree.toString().split('\0');
      for (let at = 0; at + 1 < fields.length; at += 2) {
        const meta = fields[at]!.split(' ');
        const blob = meta[3];
        // Submodules and links hold no text of their own.
        if (blob === undefined || !/^100/.test(meta[1] ?? '') || seen.has(blob)) continue;
        seen.add(blob);
        reader.stdin.write(`${blob}\n`);
        const bytes = await read();
        if (bytes !== undefined) yield { path: fields[at + 1]!, commit, bytes };
      }
    }
  } finally {
    reader.stdin.end();
    reader.kill();
  }
}

/** Contents in the order in which they were asked for; undefined for what is missing. */
function readBatches(stream: NodeJS.ReadableStream): () => Promise<Buffer | undefined> {
  let held = Buffer.alloc(0);
  const iterator = stream[Symbol.asyncIterator]();
  const more = async (): Promise<boolean> => {
    const next = await iterator.next();
    if (next.done) return false;
    held = Buffer.concat([held, next.value as Buffer]);
    return true;
  };
  return async () => {
    let line = held.indexOf(10);
    while (line < 0) {
      if (!(await more())) return undefined;
      line = held.indexOf(10);
    }
    const header = held.toString('latin1', 0, line).split(' ');
    held = held.subarray(line + 1);
    if (header[1] !== 'blob') return undefined;
    const size = Number(header[2]);
    const chunks: Buffer[] = [];
    let have = 0;
    for (;;) {
      const part = held.subarray(0, size - have);
      chunks.push(part);
      have += part.length;
      held = held.subarray(part.length);
      if (have >= size) break;
      if (!(await more())) return undefined;
    }
    while (held.length < 1) if (!(await more())) break;
    held = held.subarray(1);
    return Buffer.concat(chunks);
  };
}
