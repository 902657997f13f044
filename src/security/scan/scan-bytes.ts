import { createHmac } from 'node:crypto';
import type { RuleEntry } from '../../model/configuration.ts';
import { createFinder, type Match } from './find-matches.ts';

export { scanRules } from './find-matches.ts';

/** A secret in a file: where, by which rule, never what. */
export interface ScanFinding {
  readonly rule: string;
  readonly title: string;
  /** from 1 */
  readonly line: number;
  /** from 1, in units of UTF-16, as editors count */
  readonly column: number;
  /** the same for the same secret under the same key; says nothing of it without the key */
  readonly fingerprint: string;
}

export interface FileScanner {
  /** everything that is found in the bytes, in their order */
  scan(bytes: Uint8Array): ScanFinding[];
  /** for what comes in pieces: memory is bounded by the largest piece */
  stream(): StreamScanner;
}

/** Searches what comes in pieces, cut anywhere, as if it came at once. */
export interface StreamScanner {
  /** what is found so far and was not told yet */
  push(chunk: Uint8Array): ScanFinding[];
  /** what the end of the last piece held back */
  end(): ScanFinding[];
}

/** An allow comment on the line of a finding, within this many bytes of it: somebody looked, and it is no secret. */
const ALLOWED = 'ggen:allow-secret';
const ALLOWED_WITHIN = 4096;

/** Small pieces are put together before they are searched. */
const LEAST_PIECE = 256 * 1024;

/** Where a stretch of a file begins: the line of its first byte, and how much of that line came before. */
interface Origin {
  readonly line: number;
  readonly column: number;
}

/**
 * Searches by our own rules and the configuration's patterns. `key` keys the fingerprints; without it they are the same
 * everywhere, and short secrets could be guessed from them.
 */
export function createFileScanner(key: string | Uint8Array, patterns: readonly RuleEntry[] = []): FileScanner {
  const finder = createFinder(patterns);
  const report = (bytes: Buffer, matches: readonly Match[], origin: Origin): ScanFinding[] => {
    let { line, column } = origin;
    let at = 0;
    const findings: ScanFinding[] = [];
    for (const { rule, title, start, secret } of matches) {
      for (let end = bytes.indexOf(10, at); end >= 0 && end < start; end = bytes.indexOf(10, at)) {
        line += 1;
        column = 1;
        at = end + 1;
      }
      column += unitsIn(bytes, at, start);
      at = start;
      if (isAllowed(bytes, start)) continue;
      const fingerprint = createHmac('sha256', key).update(`${rule}\n${secret}`).digest('hex').slice(0, 32);
      findings.push({ rule, title, line, column, fingerprint });
    }
    return findings;
  };
  return {
    scan: (bytes) => {
      const whole = asBuffer(bytes);
      return report(whole, finder.find(whole), { line: 1, column: 1 });
    },
    stream() {
      let held: Buffer = Buffer.alloc(0);
      let origin: Origin = { line: 1, column: 1 };
      /** bytes of `held` whose matches were told */
      let told = 0;
      let waiting: Buffer[] = [];
      let size = 0;
      const take = (last: boolean): ScanFinding[] => {
        const bytes = Buffer.concat([held, ...waiting]);
        [waiting, size] = [[], 0];
        // What begins in the last stretch may go on, or be allowed, in what comes next.
        const margin = Math.max(finder.reach, ALLOWED_WITHIN);
        const safe = last ? bytes.length : Math.max(told, bytes.length - finder.reach - ALLOWED_WITHIN);
        const matches = finder.find(bytes).filter(({ start }) => start >= told && start < safe);
        const findings = report(bytes, matches, origin);
        // What could stand before a match stays.
        const cut = Math.max(0, safe - margin);
        origin = originAfter(bytes, cut, origin);
        held = Buffer.from(bytes.subarray(cut));
        told = safe - cut;
        return findings;
      };
      return {
        push(chunk) {
          waiting.push(Buffer.from(chunk));
          size += chunk.length;
          return size < LEAST_PIECE ? [] : take(false);
        },
        end: () => take(true),
      };
    },
  };
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

function isAllowed(bytes: Buffer, start: number): boolean {
  const from = Math.max(0, start - ALLOWED_WITHIN);
  const before = bytes.toString('latin1', from, start);
  const after = bytes.toString('latin1', start, start + ALLOWED_WITHIN);
  const line = before.slice(before.lastIndexOf('\n') + 1) + after.split('\n', 1)[0];
  return line.includes(ALLOWED);
}

function originAfter(bytes: Buffer, cut: number, { line, column }: Origin): Origin {
  let lines = line;
  let start = 0;
  for (let at = bytes.indexOf(10); at >= 0 && at < cut; at = bytes.indexOf(10, at + 1)) {
    lines += 1;
    start = at + 1;
  }
  return { line: lines, column: (lines === line ? column : 1) + unitsIn(bytes, start, cut) };
}

/** How many units of UTF-16 the bytes of UTF-8 are; other bytes count as one each. */
function unitsIn(bytes: Buffer, from: number, to: number): number {
  let units = 0;
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at]!;
    if ((byte & 0xc0) !== 0x80) units += byte >= 0xf0 ? 2 : 1;
  }
  return units;
}
