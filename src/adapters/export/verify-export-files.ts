import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { type ExportVerification, type NoteVerifier, verifyExportedEntries } from '../../audit/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import { readProofFolder } from './proof-folder.ts';
import { readExport, readFormat } from './read-export.ts';
import type { ExportFormat } from './types.ts';

/**
 * Holds an exported file against the proof folder beside it, without the log. `checksum`: whether the file is the one
 * that `.sha256` names, undefined where there is none. What verifyExportedEntries throws, and USAGE where the file
 * can't be read.
 */
export async function verifyExport(
  path: string,
  keys: readonly NoteVerifier[],
): Promise<ExportVerification & { readonly checksum: boolean | undefined }> {
  const checksum = await checksumHolds(path, await readFormat(path));
  const { checkpoint, readTile } = await readProofFolder(`${path}.proof`);
  const result = await verifyExportedEntries(readExport(path), checkpoint, keys, readTile);
  return { ...result, checksum };
}

async function checksumHolds(path: string, format: ExportFormat): Promise<boolean | undefined> {
  if (!existsSync(`${path}.sha256`)) return undefined;
  const named = /^[0-9a-f]{64}(?= )/.exec(readFileSync(`${path}.sha256`, 'utf8'))?.[0];
  if (named === undefined) throw new GgenError('INPUT_INVALID', `${path}.sha256 holds no checksum`);
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  const holds = hash.digest('hex') === named;
  if (!holds && format === 'parquet') {
    throw new GgenError('INPUT_INVALID', `${path} is not the file that ${path}.sha256 names`, {
      hint: 'a Parquet file that was changed is not read',
    });
  }
  return holds;
}
