import { canonicalJson } from '../../kernel/canonical-json.ts';
import { GgenError } from '../../kernel/errors.ts';
import type { JsonObject } from '../../kernel/json.ts';
import { parseJson } from '../../kernel/json-scan.ts';
import { openCheckpoint } from './checkpoint.ts';
import { entryLeaf, SALT_BYTES } from './entry-leaf.ts';
import { parseProofFile } from './proof-file.ts';
import type { NoteVerifier } from './signed-note.ts';
import { verifyConsistency, verifyInclusion } from './tree-proofs.ts';

/** What a proof shows. */
export type ProvenFact =
  | {
      readonly kind: 'inclusion';
      readonly origin: string;
      readonly size: number;
      /** counted from 1 */
      readonly seq: number;
      /** the entry, in its JSON form: exactly what the log's owner signed for */
      readonly entry: JsonObject;
    }
  | { readonly kind: 'consistency'; readonly origin: string; readonly oldSize: number; readonly size: number };

/**
 * Checks a proof file with the keys that are trusted. A consistency proof is held against `oldCheckpoint`, a note that
 * was kept from earlier, which must be signed too. INPUT_INVALID, saying why, where anything does not hold.
 */
export function verifyProof(text: string, keys: readonly NoteVerifier[], oldCheckpoint?: string): ProvenFact {
  const file = parseProofFile(text);
  const { checkpoint } = openCheckpoint(file.checkpoint, keys);
  const { origin, size, root } = checkpoint;
  if (file.kind === 'inclusion') {
    const { entry, salt } = readExtra(file.extra);
    const leaf = entryLeaf(canonicalJson(entry), salt);
    if (verifyInclusion(file.index, size, leaf, file.proof, root)) {
      return { kind: 'inclusion', origin, size, seq: file.index + 1, entry };
    }
    throw new GgenError('INPUT_INVALID', `this entry is not number ${file.index + 1} of the signed log`);
  }
  if (oldCheckpoint === undefined) {
    throw new GgenError(
      'INPUT_INVALID',
      'a consistency proof is held against an earlier checkpoint, and none was given',
      {
        hint: '--old FILE names it',
      },
    );
  }
  const old = openCheckpoint(oldCheckpoint, keys).checkpoint;
  if (old.origin !== origin)
    throw new GgenError('INPUT_INVALID', `the checkpoints are of two logs: ${old.origin}, ${origin}`);
  if (old.size !== file.oldSize) {
    throw new GgenError(
      'INPUT_INVALID',
      `the proof begins at ${file.oldSize} entries, the earlier checkpoint at ${old.size}`,
    );
  }
  if (verifyConsistency(old.size, size, file.proof, old.root, root)) {
    return { kind: 'consistency', origin, oldSize: old.size, size };
  }
  throw new GgenError(
    'INPUT_INVALID',
    `the log of ${size} entries does not begin with that of ${old.size}: it was rewritten`,
  );
}

function readExtra(extra: Uint8Array | undefined): { entry: JsonObject; salt: Uint8Array } {
  if (extra === undefined) throw new GgenError('INPUT_INVALID', 'the proof carries no entry');
  const value = parseJson(Buffer.from(extra).toString());
  const { entry, salt } = (value ?? {}) as { entry?: unknown; salt?: unknown };
  const bytes = typeof salt === 'string' && /^[0-9a-f]*$/.test(salt) ? Buffer.from(salt, 'hex') : Buffer.alloc(0);
  if (entry === null || typeof entry !== 'object' || Array.isArray(entry) || bytes.length !== SALT_BYTES) {
    throw new GgenError('INPUT_INVALID', 'the extra data of the proof is no entry with its salt');
  }
  return { entry: entry as JsonObject, salt: bytes };
}
