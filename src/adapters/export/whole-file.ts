import { createHash, type Hash } from 'node:crypto';
import { constants, type FileHandle, lstat, mkdir, open, rm, stat } from 'node:fs/promises';
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
  return growing(path, handle, createHash('sha256'), 0);
}

/** Goes on with the first `bytes` of a file; what lies behind them is cut off. INPUT_INVALID where it has fewer. */
export async function continueFile(path: string, bytes: number): Promise<GrowingFile> {
  const handle = await open(path, constants.O_RDWR | constants.O_NOFOLLOW);
  try {
    const hash = createHash('sha256');
    const buffer = Buffer.alloc(1024 * 1024);
    for (let at = 0; at < bytes; ) {
      const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, bytes - at), at);
      if (bytesRead === 0) {
        throw new GgenError('INPUT_INVALID', `${path} has ${at} bytes where ${bytes} had been written`, {
          hint: 'without --resume the export starts anew',
        });
      }
      hash.update(buffer.subarray(0, bytesRead));
      at += bytesRead;
    }
    await handle.truncate(bytes);
    return growing(path, handle, hash, bytes);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function growing(path: string, handle: FileHandle, hash: Hash, start: number): GrowingFile {
  let bytes = start;
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
    isThere: async () => {
      const [mine, named] = await Promise.all([handle.stat(), lstat(path).catch(() => undefined)]);
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
