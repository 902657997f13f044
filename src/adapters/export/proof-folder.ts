import { mkdir, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  type AuditStore,
  HASH_BYTES,
  type ProofTile,
  proofTiles,
  type ReadTile,
  splitHashes,
  TILE_WIDTH,
  type TileRuns,
  tilePath,
} from '../../audit/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import { syncFolder, writeSynced } from './whole-file.ts';

/** How many tiles are written at once: each is on disk before it counts. */
const AT_ONCE = 16;
/** A checkpoint with the signatures of many witnesses is far smaller. */
const MAX_CHECKPOINT = 64 * 1024;

/**
 * Writes the checkpoint and the tiles that prove the entries of these runs, as c2sp.org/tlog-tiles lays them out, into
 * a new folder; on disk when this resolves. What was there before under its name is removed.
 */
export async function writeProofFolder(
  folder: string,
  store: Pick<AuditStore, 'tile'>,
  { checkpoint, size, runs }: { checkpoint: string; size: number; runs: Readonly<TileRuns> },
  signal?: AbortSignal,
): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { mode: 0o700 });
  const folders = new Set([folder]);
  const write = async (tile: ProofTile): Promise<void> => {
    const name = tilePath(tile.level, tile.index, tile.width);
    const hashes = await store.tile(tile.level, tile.index, tile.width);
    if (hashes.length !== tile.width) throw new GgenError('NOT_FOUND', `the log lacks ${name}: run audit verify`);
    const path = join(folder, name);
    if (!folders.has(dirname(path))) {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      for (let up = dirname(path); !folders.has(up); up = dirname(up)) folders.add(up);
    }
    await writeSynced(path, Buffer.concat(hashes));
  };
  await writeSynced(join(folder, 'checkpoint'), checkpoint);
  let some: ProofTile[] = [];
  for (const tile of proofTiles(runs, size)) {
    if (some.push(tile) < AT_ONCE) continue;
    signal?.throwIfAborted();
    await settled(some.map(write));
    some = [];
  }
  await settled(some.map(write));
  for (const one of folders) await syncFolder(one);
}

/** All have ended when this does, so that nothing is written any more after a failure. */
async function settled(writes: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(writes)) if (result.status === 'rejected') throw result.reason;
}

/** The checkpoint of a proof folder, and its tiles. INPUT_INVALID where they can't be read. */
export async function readProofFolder(folder: string): Promise<{ checkpoint: string; readTile: ReadTile }> {
  const checkpoint = (await readSome(join(folder, 'checkpoint'), MAX_CHECKPOINT)).toString('utf8');
  return {
    checkpoint,
    readTile: async (level, index, width) => {
      const bytes = await readSome(join(folder, tilePath(level, index, width)), TILE_WIDTH * HASH_BYTES);
      return bytes.length === width * HASH_BYTES ? splitHashes(bytes) : [];
    },
  };
}

/** The file, of which no more than one byte over `max` is read. */
async function readSome(path: string, max: number): Promise<Buffer> {
  try {
    const handle = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(max + 1), 0, max + 1, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    throw new GgenError('INPUT_INVALID', `the export can't be verified: ${path} can't be read: ${code}`);
  }
}
