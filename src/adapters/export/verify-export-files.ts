import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { type ExportVerification, type NoteVerifier, verifyExportedEntries } from '../../audit/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import { readProofFolder } from './proof-folder.ts';
import { readExport } from './read-export.ts';

/**
 * Holds an exported file against the proof folder beside it, without the log. `checksum`: whether the file is the one
 * that `.sha256` names, undefined where there is none. What verifyExportedEntries throws, and USAGE where the file
 * can't be read.
 */
export async function verifyExport(
  path: string,
  keys: readonly NoteVerifier[],
): Promise<ExportVerification & { readonly checksum: boolean | undefined }> {
  const { checkpoint, readTile } = await readProofFolder(`${path}.proof`);
  const result = await verifyExportedEntries(readExport(path), checkpoint, keys, readTile);
  return { ...result, checksum: await checksumHolds(path) };
}

async function checksumHolds(path: string): Promise<boolean | undefined> {
  if (!existsSync(`${path}.sha256`)) return undefined;
  const named = /^[0-9a-f]{64}(?= )/.exec(readFileSync(`${path}.sha256`, 'utf8'))?.[0];
  if (named === undefined) throw new GgenError('INPUT_INVALID', `${path}.sha256 holds no checksum`);
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex') === named;
}
