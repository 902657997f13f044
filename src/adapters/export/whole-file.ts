import { createHash } from 'node:crypto';
import { constants, type FileHandle, lstat, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { GgenError } from '../../kernel/errors.ts';

/** A file that grows under another name until it is complete. */
export interface GrowingFile {
  /** so far */
  readonly bytes: number;
  write(data: string | Uint8Array): Promise<void>;
  /** Resolves when all that was written is on disk. */
  sync(): Promise<void>;
  /** SHA-256 of all that was written, as hex digits. */
  digest(): string;
  /** It has another name now. */
  renamed(path: string): void;
  /** Is it still this file that stands under the name, and not one that another run began? */
  isThere(): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * Begins a file anew. Only its owner reads it.
 * THREAT: a link that somebody put under its name is replaced, not followed.
 */
export async function beginFile(path: string): Promise<GrowingFile> {
  await rm(path, { force: true });
  const handle = await open(path, 'wx', 0o600);
  return growing(path, handle);
}

/**
 * Goes on with the first `bytes` of a file. INPUT_INVALID where it has fewer.
 * INVARIANT: they are copied, so that a run that still writes to the old file spoils nothing; it gives up when it
 * finds that its file has lost its name.
 */
export async function continueFile(path: string, bytes: number): Promise<GrowingFile> {
  const copy = `${path}.tmp`;
  const old = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const file = await beginFile(copy);
    try {
      const buffer = Buffer.alloc(1024 * 1024);
      while (file.bytes < bytes) {
        const { bytesRead } = await old.read(buffer, 0, Math.min(buffer.length, bytes - file.bytes), file.bytes);
        if (bytesRead === 0) {
          throw new GgenError('INPUT_INVALID', `${path} has ${file.bytes} bytes where ${bytes} had been written`, {
            hint: 'without --resume the export starts anew',
          });
        }
        await file.write(buffer.subarray(0, bytesRead));
      }
      await file.sync();
      await rename(copy, path);
      file.renamed(path);
      return file;
    } catch (error) {
      await file.close();
      await rm(copy, { force: true });
      throw error;
    }
  } finally {
    await old.close();
  }
}

function growing(path: string, handle: FileHandle): GrowingFile {
  const hash = createHash('sha256');
  let name = path;
  let bytes = 0;
  return {
    get bytes() {
      return bytes;
    },
    write: async (data) => {
      const buffer = typeof data === 'string' ? Buffer.from(data) : data;
      for (let at = 0; at < buffer.length; ) {
        at += (await handle.write(buffer, at, buffer.length - at, bytes + at)).bytesWritten;
      }
      hash.update(buffer);
      bytes += buffer.length;
    },
    sync: () => handle.sync(),
    digest: () => hash.copy().digest('hex'),
    renamed: (path) => {
      name = path;
    },
    isThere: async () => {
      const [mine, named] = await Promise.all([handle.stat(), lstat(name).catch(() => undefined)]);
      return named?.ino === mine.ino && named.dev === mine.dev;
    },
    close: () => handle.close(),
  };
}

/** A small file as a whole, on disk when this resolves. */
export async function writeSynced(path: string, data: string | Uint8Array): Promise<void> {
  const handle = await open(path, 'wx', 0o600);
  try {
    await handle.writeFile(data);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes a folder and those above it. Node's own recursive mkdir never returns where the system takes no folders: /proc. */
export async function makeFolder(path: string): Promise<void> {
  const there = await stat(path).catch(() => undefined);
  if (there?.isDirectory()) return;
  if (dirname(path) !== path) await makeFolder(dirname(path));
  await mkdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST' || there !== undefined) throw error;
  });
}

/** Makes the names in a folder last through a power cut, where the system can. */
export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r').catch(() => undefined);
  try {
    await handle?.sync();
  } catch {
    // some file systems sync no folders
  } finally {
    await handle?.close();
  }
}
