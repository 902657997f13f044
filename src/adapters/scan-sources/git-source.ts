import { GgenError } from '../../kernel/errors.ts';
import { openBlobs } from './blob-reader.ts';
import { git, indexUnderWay, startGit } from './git-process.ts';

/** A file as git has it. */
export interface GitText {
  readonly path: string;
  /** the newest commit with this content; undefined for what is staged */
  readonly commit?: string;
  /** to be read before the next one is asked for; undefined where git doesn't have the content */
  readonly pieces: AsyncIterable<Buffer> | undefined;
}

interface Entry {
  readonly path: string;
  readonly blob: string;
  readonly commit?: string;
}

const RAW = ['--raw', '-z', '--no-abbrev', '--no-renames', '--no-ext-diff', '--no-textconv', '--no-relative'];

/** Files as they are staged for the next commit, where they differ from the last one. */
export async function* stagedFiles(folder: string): AsyncIterable<GitText> {
  const root = git(folder, ['rev-parse', '--show-toplevel']).toString().trim();
  const fields = git(root, ['diff', '--cached', ...RAW], indexUnderWay(root))
    .toString()
    .split('\0');
  yield* textsOf(root, entriesOf(fields));
}

/** Every file as any commit has it, each content once, the newest commit first. Throws where history can't be read. */
export async function* historyFiles(folder: string): AsyncIterable<GitText> {
  git(folder, ['rev-parse', '--git-dir']);
  // Of a merge, what is in none of its parents.
  const log = startGit(folder, ['log', '--all', '--format=%H', '-c', '--root', ...RAW]);
  try {
    yield* textsOf(folder, entriesOf(fieldsOf(log.out)));
    if ((await log.status) !== 0) {
      throw new GgenError('INPUT_INVALID', 'git log stopped before the end of history', { hint: 'try git fsck' });
    }
  } finally {
    log.stop();
  }
}

async function* textsOf(folder: string, entries: AsyncIterable<Entry>): AsyncIterable<GitText> {
  const blobs = openBlobs(folder);
  const seen = new Set<string>();
  try {
    for await (const { path, blob, commit } of entries) {
      if (commit !== undefined) {
        if (seen.has(blob)) continue;
        seen.add(blob);
      }
      yield { path, pieces: await blobs.open(blob), ...(commit === undefined ? {} : { commit }) };
    }
  } finally {
    blobs.close();
  }
}

async function* fieldsOf(stream: AsyncIterable<Buffer>): AsyncIterable<string> {
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of stream) {
    held = Buffer.concat([held, chunk]);
    let start = 0;
    for (let end = held.indexOf(0); end >= 0; end = held.indexOf(0, start)) {
      yield held.toString('utf8', start, end);
      start = end + 1;
    }
    held = held.subarray(start);
  }
}

/**
 * Reads `:mode mode name name status`, a path, and between them the commits; a merge has a colon, a mode and a name for
 * each of its parents. Deleted files, submodules and links hold no text of their own.
 */
async function* entriesOf(fields: AsyncIterable<string> | Iterable<string>): AsyncIterable<Entry> {
  let commit: string | undefined;
  let blob: string | undefined;
  let isPath = false;
  for await (const field of fields) {
    if (isPath) {
      isPath = false;
      if (blob !== undefined) yield { path: field, blob, ...(commit === undefined ? {} : { commit }) };
      continue;
    }
    const words = field.trim().split(' ');
    const parents = /^:*/.exec(words[0]!)![0].length;
    if (parents === 0) {
      if (words[0] !== '') commit = words[0];
      continue;
    }
    const name = words[2 * parents + 1] ?? '';
    blob = words[parents]!.startsWith('100') && /[^0]/.test(name) ? name : undefined;
    isPath = true;
  }
}
