import { GgenError } from '../../kernel/errors.ts';
import { HASH_BYTES, type TreeHash } from './hash-tree.ts';

const PROOF_HEADER = 'c2sp.org/tlog-proof@v1';
/** An inclusion proof in a tree of 2^53 leaves has no more. */
const MAX_HASHES = 64;

/** c2sp.org/tlog-proof: one entry's place in a signed tree. `extra` is not authenticated by itself. */
export interface InclusionProofFile {
  readonly kind: 'inclusion';
  readonly extra: Uint8Array | undefined;
  readonly index: number;
  readonly proof: readonly TreeHash[];
  /** the signed checkpoint, as a note */
  readonly checkpoint: string;
}

/** The body of c2sp.org/tlog-witness's add-checkpoint: a new checkpoint, and the proof that it extends an old tree. */
export interface ConsistencyProofFile {
  readonly kind: 'consistency';
  readonly oldSize: number;
  readonly proof: readonly TreeHash[];
  readonly checkpoint: string;
}

export function renderInclusionProof(file: Omit<InclusionProofFile, 'kind'>): string {
  const extra = file.extra === undefined ? '' : `extra ${Buffer.from(file.extra).toString('base64')}\n`;
  return `${PROOF_HEADER}\n${extra}index ${file.index}\n${renderHashes(file.proof)}\n${file.checkpoint}`;
}

export function renderConsistencyProof(file: Omit<ConsistencyProofFile, 'kind'>): string {
  return `old ${file.oldSize}\n${renderHashes(file.proof)}\n${file.checkpoint}`;
}

/** Reads either kind; INPUT_INVALID for anything else. Nothing is verified. */
export function parseProofFile(text: string): InclusionProofFile | ConsistencyProofFile {
  const end = text.indexOf('\n\n');
  if (end < 0) throw invalid('no empty line stands before its checkpoint');
  const lines = text.slice(0, end).split('\n');
  const checkpoint = text.slice(end + 2);
  if (lines[0] === PROOF_HEADER) {
    let next = 1;
    let extra: Uint8Array | undefined;
    if (lines[next]?.startsWith('extra ')) {
      extra = base64(lines[next]!.slice(6));
      next += 1;
    }
    const index = count(lines[next], 'index');
    return { kind: 'inclusion', extra, index, proof: hashes(lines.slice(next + 1)), checkpoint };
  }
  if (lines[0]?.startsWith('old ')) {
    return { kind: 'consistency', oldSize: count(lines[0], 'old'), proof: hashes(lines.slice(1)), checkpoint };
  }
  throw invalid(`its first line is neither ${PROOF_HEADER} nor "old SIZE"`);
}

function renderHashes(proof: readonly TreeHash[]): string {
  return proof.map((hash) => `${Buffer.from(hash).toString('base64')}\n`).join('');
}

function hashes(lines: readonly string[]): TreeHash[] {
  if (lines.length > MAX_HASHES) throw invalid(`more than ${MAX_HASHES} hashes`);
  return lines.map((line) => {
    const bytes = base64(line);
    if (bytes.length !== HASH_BYTES) throw invalid('a line is no SHA-256 hash in base64');
    return bytes;
  });
}

function base64(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) throw invalid('a line is no base64');
  return bytes;
}

function count(line: string | undefined, word: string): number {
  const match = /^([a-z]+) (0|[1-9]\d{0,15})$/.exec(line ?? '');
  const value = Number(match?.[2]);
  if (match?.[1] !== word || !Number.isSafeInteger(value)) throw invalid(`the line "${word} NUMBER" is missing`);
  return value;
}

function invalid(why: string): GgenError {
  return new GgenError('INPUT_INVALID', `that is no proof: ${why}`);
}
