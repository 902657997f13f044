import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { relative } from 'node:path';
import { gitHooksFolder, historyFiles, stagedFiles, walkFiles } from '../adapters/scan-sources/index.ts';
import { GgenError } from '../kernel/errors.ts';
import type { RuleEntry } from '../model/configuration.ts';
import { createFileScanner, type FileScanner, type ScanFinding } from '../security/index.ts';
import { writeFileAtomic } from './config-files.ts';

/** Larger files are read in pieces. */
const WHOLE = 16 * 1024 * 1024;
const PIECE = 4 * 1024 * 1024;

export interface ScanRequest {
  /** a file or folder, or a folder of a git repository */
  readonly path: string;
  readonly from: 'files' | 'staged' | 'history';
  /** the configuration's own patterns, beside the built-in rules */
  readonly patterns: readonly RuleEntry[];
  /** findings in it are known and not told again */
  readonly baseline?: Baseline | undefined;
  readonly onFile?: (path: string) => void;
  readonly onUnreadable?: (path: string, why: string) => void;
}

/** What is known already, by fingerprints that say nothing without the salt beside them. */
export interface Baseline {
  readonly salt: string;
  readonly fingerprints: readonly string[];
}

export interface FoundSecret extends ScanFinding {
  readonly path: string;
  readonly commit?: string;
}

/** Secrets in files, in what is staged, or in all history; as they are found. Throws where the source can't be read. */
export async function* scanSecrets(request: ScanRequest): AsyncIterable<FoundSecret> {
  const salt = request.baseline?.salt ?? randomBytes(16).toString('hex');
  const known = new Set(request.baseline?.fingerprints ?? []);
  const scanner = createFileScanner(salt, request.patterns);
  const told = function* (path: string, findings: readonly ScanFinding[], commit?: string): Iterable<FoundSecret> {
    for (const finding of findings) {
      if (!known.has(finding.fingerprint)) yield { ...finding, path, ...(commit === undefined ? {} : { commit }) };
    }
  };
  if (request.from === 'files') {
    for (const path of walkFiles(request.path, request.onUnreadable ?? (() => undefined))) {
      request.onFile?.(path);
      let findings: ScanFinding[];
      try {
        findings = inFile(path, scanner);
      } catch (error) {
        request.onUnreadable?.(path, (error as NodeJS.ErrnoException).code ?? 'it can not be read');
        continue;
      }
      yield* told(relative(process.cwd(), path) || path, findings);
    }
    return;
  }
  const source = request.from === 'staged' ? stagedFiles(request.path) : historyFiles(request.path);
  for await (const { path, bytes, commit } of source) {
    request.onFile?.(path);
    if (!isBinary(bytes)) yield* told(path, scanner.scan(bytes), commit);
  }
}

function inFile(path: string, scanner: FileScanner): ScanFinding[] {
  const fd = openSync(path, 'r');
  try {
    if (fstatSync(fd).size <= WHOLE) {
      const bytes = readFileSync(fd);
      return isBinary(bytes) ? [] : scanner.scan(bytes);
    }
    const stream = scanner.stream();
    const findings: ScanFinding[] = [];
    const piece = Buffer.allocUnsafe(PIECE);
    for (let first = true; ; first = false) {
      const read = readSync(fd, piece);
      if (read === 0 || (first && isBinary(piece.subarray(0, read)))) break;
      for (const finding of stream.push(piece.subarray(0, read))) findings.push(finding);
    }
    return [...findings, ...stream.end()];
  } finally {
    closeSync(fd);
  }
}

function isBinary(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 8192).includes(0);
}

/** True where git knows the folder. */
export function isRepository(path: string): boolean {
  try {
    return gitHooksFolder(path) !== '';
  } catch {
    return false;
  }
}

/** Reads a baseline file. Throws INPUT_INVALID where it is none. */
export function readBaseline(path: string): Baseline {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new GgenError('INPUT_INVALID', `${path} can't be read: ${(error as Error).message}`);
  }
  try {
    const read = JSON.parse(text) as Partial<Baseline>;
    const list = read.fingerprints;
    if (typeof read.salt === 'string' && Array.isArray(list) && list.every((one) => typeof one === 'string')) {
      return { salt: read.salt, fingerprints: list };
    }
  } catch {
    // said below
  }
  throw new GgenError('INPUT_INVALID', `${path} is no baseline`, { hint: 'write one with --write-baseline' });
}

/** Writes what was found as known, with the salt that it was found under. */
export function writeBaseline(path: string, salt: string, findings: readonly ScanFinding[]): void {
  const fingerprints = [...new Set(findings.map(({ fingerprint }) => fingerprint))].sort();
  writeFileAtomic(path, `${JSON.stringify({ salt, fingerprints }, null, 2)}\n`);
}

export function newBaseline(): Baseline {
  return { salt: randomBytes(16).toString('hex'), fingerprints: [] };
}
