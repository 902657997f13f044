import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { GgenError } from '../../kernel/errors.ts';
import type { Evidence } from '../../model/evidence.ts';

const MAX_BYTES = 256 * 1024 * 1024;
const MAX_ENTRIES = 5000;

/**
 * What the words of a command refer to on disk, by word: where each leads and SHA-256 of what lies there, folders with
 * everything in them. An approval of `sh deploy.sh` covers what deploy.sh held when it was approved, and one of
 * `rm -r build` covers what was in build. Words are tried whole, and what stands behind their `=`; so are the files that
 * the line was found to touch (`cd sub && sh deploy.sh`).
 *
 * Throws NOT_PERMITTED where it is too much to hash: what can't be bound can't be approved.
 * Targets of file operations aren't hashed: they are what is to be changed.
 */
export function hashReferences(evidence: Evidence, baseDir: string, workspace: string): Record<string, string> {
  const found: Record<string, string> = {};
  const budget: Budget = { bytes: MAX_BYTES, entries: MAX_ENTRIES };
  const ofCommand = evidence.parts.some((part) => part.argv !== undefined);
  for (const part of evidence.parts) {
    if (ofCommand && part.path !== undefined) {
      const file = isAbsolute(part.path) ? part.path : join(workspace, part.path);
      // A folder that is only looked into (`cd`, `ls`) says nothing of what runs.
      const digest = part.actionType === 'read_file' && isFolder(file) ? undefined : hashPath(file, budget);
      if (digest !== undefined) found[`${part.actionType} ${part.path}`] = digest;
    }
    for (const word of part.builtin ? [] : (part.argv ?? [])) {
      for (const path of readings(word)) {
        const digest = hashPath(isAbsolute(path) ? path : join(baseDir, path), budget);
        if (digest !== undefined) found[path] = digest;
      }
    }
  }
  return found;
}

interface Budget {
  bytes: number;
  entries: number;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function readings(word: string): string[] {
  const parts = [word, ...(word.includes('=') ? [word.slice(word.indexOf('=') + 1)] : [])];
  // a path glued to a short option: -fFILE
  if (/^-[A-Za-z]./.test(word)) parts.push(word.slice(2));
  return parts.filter((one) => one !== '').map((one) => (one.startsWith('~/') ? join(homedir(), one.slice(2)) : one));
}

/** undefined where there is nothing at the path: a word that is no path. */
function hashPath(path: string, budget: Budget): string | undefined {
  let real: string;
  try {
    real = realpathSync(path);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : 'unreadable';
  }
  const hash = createHash('sha256').update(`${real}\0`);
  addPath(hash, real, budget);
  return hash.digest('hex');
}

function addPath(hash: ReturnType<typeof createHash>, path: string, budget: Budget): void {
  budget.entries -= 1;
  if (budget.entries < 0) throw tooMuch(`more than ${MAX_ENTRIES} files`);
  const stat = lstatSync(path);
  if (stat.isSymbolicLink()) hash.update(`link ${readlinkSync(path)}\0`);
  else if (stat.isFile()) addFile(hash, path, budget);
  else if (stat.isDirectory()) {
    for (const name of readdirSync(path).sort()) {
      hash.update(`${name}\0`);
      addPath(hash, join(path, name), budget);
    }
  } else hash.update('special\0');
}

function addFile(hash: ReturnType<typeof createHash>, path: string, budget: Budget): void {
  let fd: number | undefined;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    budget.bytes -= fstatSync(fd).size;
    if (budget.bytes < 0) throw tooMuch(`more than ${MAX_BYTES / 1024 / 1024} MiB`);
    hash.update(`file ${fstatSync(fd).size}\0`);
    const chunk = Buffer.allocUnsafe(64 * 1024);
    for (let read = readSync(fd, chunk); read > 0; read = readSync(fd, chunk)) hash.update(chunk.subarray(0, read));
  } catch (error) {
    if (error instanceof GgenError) throw error;
    hash.update('unreadable\0');
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

function tooMuch(what: string): GgenError {
  return new GgenError('NOT_PERMITTED', `the command names ${what}: too much for an approval to be bound to`, {
    hint: 'name less, or do it yourself',
  });
}
