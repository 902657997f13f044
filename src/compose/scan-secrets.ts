import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { relative } from 'node:path';
import { type GitText, gitHooksFolder, historyFiles, stagedFiles, walkFiles } from '../adapters/scan-sources/index.ts';
import { GgenError } from '../kernel/errors.ts';
import type { RuleEntry } from '../model/configuration.ts';
import { createFileScanner, type FileScanner, type ScanFinding } from '../security/index.ts';
import { writeFileAtomic } from './config-files.ts';

/** Files are read in pieces of this many bytes at most. */
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
  /** files that aren't searched, and folders with all below them, as findings name them */
  readonly paths: readonly string[];
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
  const allowed = request.baseline?.paths ?? [];
  for await (const { path, pieces, commit } of textsOf(request)) {
    if (allowed.some((one) => path === one || path.startsWith(`${one}/`))) continue;
    request.onFile?.(path);
    let findings: ScanFinding[] = [];
    try {
      if (pieces === undefined) throw new Error('git does not have its content');
      findings = await findIn(pieces, scanner);
    } catch (error) {
      request.onUnreadable?.(path, (error as NodeJS.ErrnoException).code ?? (error as Error).message);
    }
    for (const finding of findings) {
      if (!known.has(finding.fingerprint)) yield { ...finding, path, ...(commit === undefined ? {} : { commit }) };
    }
  }
}

async function* textsOf({ path, from, onUnreadable = () => undefined }: ScanRequest): AsyncIterable<GitText> {
  if (from === 'staged') yield* stagedFiles(path);
  else if (from === 'history') yield* historyFiles(path);
  else {
    for (const file of walkFiles(path, onUnreadable)) {
      yield { path: relative(process.cwd(), file) || file, pieces: readPieces(file) };
    }
  }
}

async function* readPieces(path: string): AsyncIterable<Buffer> {
  const fd = openSync(path, 'r');
  try {
    const size = Math.min(PIECE, fstatSync(fd).size + 1);
    for (;;) {
      const piece = Buffer.allocUnsafe(size);
      const read = readSync(fd, piece);
      if (read === 0) break;
      yield piece.subarray(0, read);
    }
  } finally {
    closeSync(fd);
  }
}

/** What is found in a text of UTF-8, or of UTF-16 that says so at its start; nothing in other files with zeros in them. */
async function findIn(pieces: AsyncIterable<Buffer>, scanner: FileScanner): Promise<ScanFinding[]> {
  const stream = scanner.stream();
  const findings: ScanFinding[] = [];
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  let first = true;
  for await (const piece of pieces) {
    if (first) {
      first = false;
      decoder = utf16Of(piece);
      if (decoder === undefined && piece.subarray(0, 8192).includes(0)) return [];
    }
    const text = decoder === undefined ? piece : Buffer.from(decoder.decode(piece, { stream: true }));
    for (const finding of stream.push(text)) findings.push(finding);
  }
  for (const finding of stream.end()) findings.push(finding);
  return findings;
}

function utf16Of(piece: Buffer): InstanceType<typeof TextDecoder> | undefined {
  if (piece[0] === 0xff && piece[1] === 0xfe) return new TextDecoder('utf-16le');
  return piece[0] === 0xfe && piece[1] === 0xff ? new TextDecoder('utf-16be') : undefined;
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
    const { salt, fingerprints, paths = [] } = read;
    const strings = (list: unknown): boolean => Array.isArray(list) && list.every((one) => typeof one === 'string');
    if (typeof salt === 'string' && fingerprints !== undefined && strings(fingerprints) && strings(paths)) {
      return { salt, fingerprints, paths: paths.map((one) => one.replace(/^\.\/|\/+$/g, '')) };
    }
  } catch {
    // said below
  }
  throw new GgenError('INPUT_INVALID', `${path} is no baseline`, { hint: 'write one with --write-baseline' });
}

/** Writes what was found as known, beside what was known before, with the salt that both were found under. */
export function writeBaseline(path: string, before: Baseline, findings: readonly ScanFinding[]): void {
  const { salt, paths } = before;
  const found = findings.map(({ fingerprint }) => fingerprint);
  const fingerprints = [...new Set([...before.fingerprints, ...found])].sort();
  writeFileAtomic(path, `${JSON.stringify({ salt, fingerprints, paths }, null, 2)}\n`);
}

export function newBaseline(): Baseline {
  return { salt: randomBytes(16).toString('hex'), fingerprints: [], paths: [] };
}
