import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { sha256 } from '../../kernel/digest.ts';
import type { Evidence } from '../../model/evidence.ts';

const MAX_BYTES = 16 * 1024 * 1024;
const MAX_FILES = 32;

/**
 * SHA-256 of every regular file that a command's words name, by word: an approval of `sh deploy.sh` covers what
 * deploy.sh held when it was approved. Files that can't be read or exceed 16 MiB are named with the reason instead,
 * so that they count in the digest too. Paths of file operations aren't hashed: they are what is to be changed.
 */
export function hashReferences(evidence: Evidence, baseDir: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const part of evidence.parts) {
    for (const word of part.argv ?? []) {
      if (Object.keys(found).length >= MAX_FILES) return found;
      const digest = hashFile(isAbsolute(word) ? word : join(baseDir, word));
      if (digest !== undefined) found[word] = digest;
    }
  }
  return found;
}

function hashFile(path: string): string | undefined {
  let fd: number | undefined;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = fstatSync(fd);
    if (!stat.isFile()) return undefined;
    if (stat.size > MAX_BYTES) return `larger than 16 MiB: ${stat.size} bytes, modified ${stat.mtimeMs}`;
    return sha256(readFileSync(fd));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return code === 'EACCES' ? 'unreadable' : undefined;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
