import { canonicalJson } from '../kernel/canonical-json.ts';
import { GgenError } from '../kernel/errors.ts';
import type { Json } from '../kernel/json.ts';
import { auditEntryToJson } from './entry-json.ts';
import type { AuditStore, LoggedEntry } from './ports.ts';
import {
  type Checkpoint,
  consistencyProof,
  type Frontier,
  frontierFromBytes,
  inclusionProof,
  type NoteSigner,
  parseCheckpoint,
  parseSignedNote,
  renderConsistencyProof,
  renderInclusionProof,
  signCheckpoint,
  subtreesFromTiles,
  verifyConsistency,
} from './proof/index.ts';

type Source = Pick<AuditStore, 'head' | 'tile'>;
type KeepingSource = Source & Pick<AuditStore, 'keptCheckpoint'>;

/**
 * The proof of a change of key, under the checkpoint that both keys signed: whoever trusts the old key learns of the
 * new one. Undefined where none was kept.
 */
export async function proveKeyChange(source: KeepingSource, entry: LoggedEntry): Promise<string | undefined> {
  const note = await source.keptCheckpoint(entry.seq);
  if (note === undefined) return undefined;
  return proofUnder(source, entry, note, parseCheckpoint(parseSignedNote(note).text), []);
}

/**
 * The proof that this entry stands in the log, as a c2sp.org/tlog-proof file whose extra data is the entry and its
 * salt. NOT_FOUND where the log has no checkpoint that covers it.
 */
export async function proveEntry(source: Source, entry: LoggedEntry): Promise<string> {
  const { note, checkpoint, frontier } = await signedHead(source);
  return proofUnder(source, entry, note, checkpoint, frontier.roots);
}

async function proofUnder(
  source: Source,
  entry: LoggedEntry,
  note: string,
  checkpoint: Checkpoint,
  edge: Frontier['roots'],
): Promise<string> {
  const { seq, salt, ...recorded } = entry;
  if (seq > checkpoint.size) throw new GgenError('NOT_FOUND', `the log has no entry ${seq}`);
  const proof = await inclusionProof(
    seq - 1,
    checkpoint.size,
    subtreesFromTiles(checkpoint.size, (level, index, count) => source.tile(level, index, count), edge),
  );
  const extra = canonicalJson({ entry: auditEntryToJson(recorded), salt } as Json);
  return renderInclusionProof({ extra: Buffer.from(extra), index: seq - 1, proof, checkpoint: note });
}

/**
 * The proof that the log of `newSize` entries begins with that of `oldSize`, as the body of c2sp.org/tlog-witness's
 * add-checkpoint. A size other than today's needs the signer, for a checkpoint of that size.
 */
export async function proveConsistency(
  source: Source,
  oldSize: number,
  newSize: number | undefined,
  signer: NoteSigner | undefined,
): Promise<string> {
  const { note, checkpoint, frontier } = await signedHead(source);
  const size = newSize ?? checkpoint.size;
  if (oldSize > size || size > checkpoint.size) {
    throw new GgenError(
      'INPUT_INVALID',
      `the sizes must rise and end within the log: ${oldSize}, ${size}, ${checkpoint.size}`,
    );
  }
  const subtree = subtreesFromTiles(
    checkpoint.size,
    (level, index, count) => source.tile(level, index, count),
    frontier.roots,
  );
  const proof = await consistencyProof(oldSize, size, subtree);
  if (size === checkpoint.size) return renderConsistencyProof({ oldSize, proof, checkpoint: note });
  if (signer === undefined) {
    throw new GgenError(
      'NOT_PERMITTED',
      'a checkpoint of an earlier size needs the key of the log, which is not there',
    );
  }
  const root = await subtree(0, size);
  // INVARIANT: an earlier size is signed only where the log that was signed begins with it.
  const later = await consistencyProof(size, checkpoint.size, subtree);
  if (!verifyConsistency(size, checkpoint.size, later, root, checkpoint.root)) {
    throw new GgenError(
      'STORE_UNAVAILABLE',
      'the tree of the log is damaged: it does not begin as the one that was signed',
      {
        hint: '`ggen-mcp audit verify` says what was changed',
      },
    );
  }
  const earlier = signCheckpoint({ origin: checkpoint.origin, size, root }, signer);
  return renderConsistencyProof({ oldSize, proof, checkpoint: earlier });
}

async function signedHead(source: Source): Promise<{ note: string; checkpoint: Checkpoint; frontier: Frontier }> {
  const head = await source.head();
  if (head.checkpoint === undefined) throw new GgenError('NOT_FOUND', 'nothing is recorded yet');
  const checkpoint = parseCheckpoint(parseSignedNote(head.checkpoint).text);
  return { note: head.checkpoint, checkpoint, frontier: frontierFromBytes(checkpoint.size, head.frontier) };
}
