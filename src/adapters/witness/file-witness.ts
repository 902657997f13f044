import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseCheckpoint, parseSignedNote, type Witness } from '../../audit/index.ts';

/** Where it grows beyond this, only some of what was seen is kept: the newest, and ever fewer the older they are. */
const MAX_BYTES = 256 * 1024;
const KEEP_NEWEST = 64;
/** A file that nobody wrote to for so long is left from a process that was killed. */
const STALE_MS = 60_000;

export interface FileWitness extends Witness {
  /** Writes what waits. */
  flush(): void;
}

export interface FileWitnessOptions {
  readonly path: string;
  /**
   * true: it is there for the one log in this place, so that another one in its place shows, and its folder holds those
   * of other places: a log that was moved is found in them too; default false
   */
  readonly ofOne?: boolean;
  /** what is seen within so many milliseconds is written once; default 50 */
  readonly everyMs?: number;
}

/**
 * A file of signed checkpoints, one after the other, each a note followed by an empty line; every process appends.
 * It is kept where the log is not. A checkpoint is written within `everyMs`, and at the latest by `flush`.
 * THREAT: it shows that a log was cut, rolled back or rewritten, as long as whoever did that didn't also change this
 * file. Put a second one where only somebody else may write.
 */
export function createFileWitness({ path, everyMs = 50, ofOne = false }: FileWitnessOptions): FileWitness {
  let waiting: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  let writtenAt = Number.NEGATIVE_INFINITY;

  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (waiting === undefined) return;
    const note = waiting;
    waiting = undefined;
    writtenAt = performance.now();
    try {
      append(path, `${note}\n`);
      if (statSync(path).size > MAX_BYTES) thinOut(path);
    } catch {
      // A witness that can't write is missed when the log is verified; the log goes on.
    }
  };

  return {
    name: path,
    observe: (checkpoint) => {
      waiting = checkpoint;
      if (performance.now() - writtenAt >= everyMs) return flush();
      if (timer === undefined) {
        timer = setTimeout(flush, everyMs);
        timer.unref();
      }
    },
    flush,
    seen: (origin) =>
      (ofOne ? filesBeside(path) : [path]).flatMap((file) =>
        readNotes(file).filter((note) => note.startsWith(`${origin}\n`)),
      ),
    onlyOf: () => (ofOne ? [...new Set(readNotes(path).map((note) => note.split('\n', 1)[0]!))] : []),
  };
}

/**
 * It and the others of its folder. THREAT: the file is named for the log's place; whoever moves the log away, and an
 * older copy to where it then is, would leave what was seen behind.
 */
function filesBeside(path: string): string[] {
  const folder = dirname(path);
  try {
    const others = readdirSync(folder).filter((name) => name.endsWith('.notes') && name !== basename(path));
    return [path, ...others.map((name) => join(folder, name))];
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [path];
    throw error;
  }
}

function append(path: string, text: string | Uint8Array): void {
  // Another process may put a thinned-out file in place of the one that was written to: then it is written again.
  for (let tries = 0; tries < 10 && !writeEnd(path, text); tries += 1);
}

/** Writes at the end of the file; false where another file stands in its place by now. */
function writeEnd(path: string, text: string | Uint8Array): boolean {
  const file = openEnd(path);
  try {
    writeFileSync(file, text);
    return fstatSync(file).ino === statSync(path, { throwIfNoEntry: false })?.ino;
  } finally {
    closeSync(file);
  }
}

function openEnd(path: string): number {
  try {
    return openSync(path, 'a', 0o600);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    return openSync(path, 'a', 0o600);
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** The notes in the file; what is cut off at its end, by a crash in the middle of writing, is passed over. */
function readNotes(path: string): string[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
  return notesIn(text);
}

function notesIn(text: string): string[] {
  // A note is its text, an empty line, and signatures; an empty line follows it.
  const blocks = text.split('\n\n');
  const notes: string[] = [];
  for (let i = 0; i + 1 < blocks.length; i += 1) {
    if (!blocks[i + 1]!.startsWith('— ')) continue;
    notes.push(`${blocks[i]!}\n\n${blocks[i + 1]!}\n`);
    i += 1;
  }
  return notes;
}

/**
 * Puts a shorter file in its place. INVARIANT: no note is lost that another process writes meanwhile: what it wrote
 * before the shorter file stood in its place is read after that and written again here; later, it notices itself.
 */
function thinOut(path: string): void {
  const temporary = `${path}.tmp`;
  const thin = openAlone(temporary);
  if (thin === undefined) return;
  const old = openSync(path, 'r');
  try {
    const read = readFileSync(old);
    try {
      writeFileSync(thin, keptOf(notesIn(read.toString())));
    } finally {
      closeSync(thin);
    }
    renameSync(temporary, path);
    const rest = readFrom(old, read.length);
    if (rest.length > 0) append(path, rest);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  } finally {
    closeSync(old);
  }
}

/** The file, empty and only for the one who has it open; undefined where another process is at it. */
function openAlone(path: string): number | undefined {
  try {
    return openSync(path, 'ax', 0o600);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    const left = statSync(path, { throwIfNoEntry: false });
    // What a process left that was killed: the next one begins anew.
    if (left && Math.abs(Date.now() - left.mtimeMs) > STALE_MS) rmSync(path, { force: true });
    return undefined;
  }
}

function readFrom(file: number, start: number): Buffer {
  const rest = Buffer.alloc(Math.max(0, fstatSync(file).size - start));
  return rest.subarray(0, readSync(file, rest, 0, rest.length, start));
}

/** The newest, and of the rest every second, of what is older than that every fourth, and so on. */
function keptOf(notes: readonly string[]): string {
  const kept = notes.filter((_, i) => {
    const age = notes.length - 1 - i;
    if (age < KEEP_NEWEST || i === 0) return true;
    const stride = 2 ** Math.floor(Math.log2(age / KEEP_NEWEST) + 1);
    return sizeOf(notes[i]!) % stride === 0;
  });
  return kept.map((note) => `${note}\n`).join('');
}

function sizeOf(note: string): number {
  try {
    return parseCheckpoint(parseSignedNote(note).text).size;
  } catch {
    return Number.NaN;
  }
}
