import { appendFileSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseCheckpoint, parseSignedNote, type Witness } from '../../audit/index.ts';

/** Where it grows beyond this, only some of what was seen is kept: the newest, and ever fewer the older they are. */
const MAX_BYTES = 256 * 1024;
const KEEP_NEWEST = 64;

export interface FileWitness extends Witness {
  /** Writes what waits. */
  flush(): void;
}

export interface FileWitnessOptions {
  readonly path: string;
  /** true: it is there for one log, so that another one in its place shows; default false */
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
    seen: (origin) => readNotes(path).filter((note) => note.startsWith(`${origin}\n`)),
    onlyOf: () => (ofOne ? [...new Set(readNotes(path).map((note) => note.split('\n', 1)[0]!))] : []),
  };
}

function append(path: string, text: string): void {
  try {
    appendFileSync(path, text, { mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    appendFileSync(path, text, { mode: 0o600 });
  }
  if (statSync(path).size > MAX_BYTES) thinOut(path);
}

/** The notes in the file; what is cut off at its end, by a crash in the middle of writing, is passed over. */
function readNotes(path: string): string[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
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

/** Keeps the newest, and of the rest every second, of what is older than that every fourth, and so on. */
function thinOut(path: string): void {
  const notes = readNotes(path);
  const kept = notes.filter((_, i) => {
    const age = notes.length - 1 - i;
    if (age < KEEP_NEWEST || i === 0) return true;
    const stride = 2 ** Math.floor(Math.log2(age / KEEP_NEWEST) + 1);
    return sizeOf(notes[i]!) % stride === 0;
  });
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, kept.map((note) => `${note}\n`).join(''), { mode: 0o600 });
  renameSync(temporary, path);
}

function sizeOf(note: string): number {
  try {
    return parseCheckpoint(parseSignedNote(note).text).size;
  } catch {
    return 0;
  }
}
