import { existsSync, lstatSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { addToRuns, parseCheckpoint, parseSignedNote } from '../../audit/index.ts';
import { GgenError, isGgenError } from '../../kernel/errors.ts';
import { openEncoder } from './entry-encoder.ts';
import { assertSameExport, type ExportState, readState, saveState } from './export-state.ts';
import { writeProofFolder } from './proof-folder.ts';
import type { EntryEncoder, Exported, ExportOptions } from './types.ts';
import { beginFile, continueFile, type GrowingFile, makeFolder, syncFolder, writeSynced } from './whole-file.ts';

const SAVE_EVERY = 16 * 1024 * 1024;

/** The files of an export: what it is made of, and what it is while it grows. */
function filesOf(output: string) {
  return {
    output,
    sha256: `${output}.sha256`,
    proof: `${output}.proof`,
    partial: `${output}.partial`,
    partialSha256: `${output}.partial.sha256`,
    partialProof: `${output}.partial.proof`,
    state: `${output}.partial.state`,
  };
}

/**
 * Writes the entries that match, oldest first, with a checksum and a proof beside the file. Memory does not grow with
 * the export. The file gets its name when all is on disk, its proof too. CONFLICT where there is a file of that name,
 * NOT_FOUND where the log is empty, USAGE where something can't be written; then no file of that name is there that
 * was not before.
 */
export async function writeExport(options: ExportOptions): Promise<Exported> {
  const files = filesOf(options.output);
  try {
    assertFree(options, files.output);
    await makeFolder(dirname(files.output));
    // INVARIANT: the head comes first: what is exported is what it signs for, whatever is appended meanwhile.
    const begun = await begin(options);
    const state = begun.state ?? begun.anew;
    const file = begun.state ? await continueFile(files.partial, state.bytes) : await beginFile(files.partial);
    try {
      await writeEntries(options, state, file, await openEncoder(options.format, state.entries), files.state);
      await file.sync();
      await complete(options, state, file);
      const { entries, first, last, size } = state;
      return { entries, first, last, size, bytes: file.bytes, sha256: file.digest(), resumed: !!begun.state };
    } catch (error) {
      if (await file.isThere()) await removeLeftovers(options);
      throw error;
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isGgenError(error) || !(error instanceof Error && 'code' in error && 'syscall' in error)) throw error;
    throw new GgenError('USAGE', `${files.output} can't be written: ${String(error.code)}`, { cause: error });
  }
}

function assertFree({ output, replace }: ExportOptions, ...names: readonly string[]): void {
  if (lstatSync(output, { throwIfNoEntry: false })?.isDirectory()) {
    throw new GgenError('CONFLICT', `${output} is a folder`);
  }
  const there = names.find((name) => lstatSync(name, { throwIfNoEntry: false }));
  if (there && !replace) throw new GgenError('CONFLICT', `${there} is there already`, { hint: '--force replaces it' });
}

/** What nobody can go on with; the rest takes room until the next run, and saves that run work. */
async function removeLeftovers({ output, format }: ExportOptions): Promise<void> {
  const { partial, partialProof, partialSha256 } = filesOf(output);
  for (const path of [partialProof, partialSha256, ...(format === 'parquet' ? [partial] : [])]) {
    // the failure that led here is the one to tell of
    await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** The state of the run to go on with, or of one that begins. */
async function begin(options: ExportOptions) {
  const { store, filter, format, output, resume, asked } = options;
  const { origin, checkpoint } = await store.head();
  if (checkpoint === undefined) throw new GgenError('NOT_FOUND', 'nothing is recorded yet');
  const anew: ExportState = {
    version: 1,
    format,
    asked: asked ?? Object.fromEntries(Object.entries(filter)),
    filter,
    origin,
    size: parseCheckpoint(parseSignedNote(checkpoint).text).size,
    checkpoint,
    entries: 0,
    bytes: 0,
    runs: [],
  };
  const files = filesOf(output);
  const state = resume && existsSync(files.partial) ? readState(files.state) : undefined;
  if (state) {
    assertSameExport(state, anew);
  } else {
    assertFree(options, files.sha256, files.proof);
    // A state that stayed would be taken for one of the file that begins now.
    await rm(files.state, { force: true });
  }
  return { state, anew };
}

async function writeEntries(
  options: ExportOptions,
  state: ExportState,
  file: GrowingFile,
  encoder: EntryEncoder,
  statePath: string,
): Promise<void> {
  const { store, format, saveEvery = SAVE_EVERY, onProgress, signal } = options;
  const save = async (): Promise<void> => {
    // What Parquet holds back in memory can't be gone on with.
    if (format === 'parquet') return;
    await assertOurs(options, file);
    // INVARIANT: the bytes that a state counts are on disk before it.
    await file.sync();
    state.bytes = file.bytes;
    await saveState(statePath, state);
  };
  if (file.bytes === 0) {
    await file.write(encoder.start);
    await save();
  }
  const { filter, size } = state;
  const afterSeq = Math.max(filter.afterSeq ?? 0, state.last ?? 0);
  for await (const page of store.read({ ...filter, afterSeq, beforeSeq: size + 1 })) {
    signal?.throwIfAborted();
    await file.write(encoder.add(page));
    for (const { seq } of page) addToRuns(state.runs, seq);
    state.entries += page.length;
    if (page.length > 0) {
      state.first ??= page[0]!.seq;
      state.last = page.at(-1)!.seq;
    }
    if (file.bytes - state.bytes >= saveEvery) await save();
    onProgress?.(state.entries, state.last ?? 0, size);
  }
  signal?.throwIfAborted();
  await file.write(encoder.end());
}

/** THREAT: of two exports to one name at the same time, the second takes the name from the first one's file. */
async function assertOurs({ output }: ExportOptions, file: GrowingFile): Promise<void> {
  if (!(await file.isThere())) throw new GgenError('CONFLICT', `another export to ${output} is running`);
}

/** Checksum and proof beside, then the names: the file's own last, so that whoever sees it sees them too. */
async function complete(options: ExportOptions, state: ExportState, file: GrowingFile): Promise<void> {
  const files = filesOf(options.output);
  await assertOurs(options, file);
  await writeProofFolder(files.partialProof, options.store, state, options.signal);
  await rm(files.partialSha256, { force: true });
  await writeSynced(files.partialSha256, `${file.digest()}  ${basename(files.output)}\n`);
  assertFree(options, files.output);
  await assertOurs(options, file);
  await rm(files.proof, { recursive: true, force: true });
  await rename(files.partialProof, files.proof);
  await rename(files.partialSha256, files.sha256);
  await rename(files.partial, files.output);
  await syncFolder(dirname(files.output));
  for (const path of [files.state, `${files.state}.tmp`, `${files.partial}.tmp`]) await rm(path, { force: true });
}
