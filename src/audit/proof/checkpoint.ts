import { GgenError, isGgenError } from '../../kernel/errors.ts';
import { type Frontier, HASH_BYTES, rootOf, sameHash, type TreeHash } from './hash-tree.ts';
import { type NoteSigner, type NoteVerifier, parseSignedNote, verifyNote } from './signed-note.ts';

/** c2sp.org/tlog-checkpoint: which log, how large, with which root. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: TreeHash;
}

export function renderCheckpoint({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`;
}

/** A signed checkpoint, as a note. */
export function signCheckpoint(checkpoint: Checkpoint, signer: NoteSigner): string {
  return signer.sign(renderCheckpoint(checkpoint));
}

/** Reads the text of a checkpoint; extension lines are passed over. INPUT_INVALID for anything else. */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin = '', size = '', root = ''] = text.split('\n');
  const bytes = Buffer.from(root, 'base64');
  const count = Number(size);
  if (
    origin === '' ||
    !/^(0|[1-9]\d{0,15})$/.test(size) ||
    !Number.isSafeInteger(count) ||
    bytes.length !== HASH_BYTES ||
    bytes.toString('base64') !== root
  ) {
    throw new GgenError('INPUT_INVALID', 'that is no checkpoint: its lines are an origin, a size, a root in base64');
  }
  return { origin, size: count, root: bytes };
}

/**
 * The checkpoint in a note, signed by at least one of these keys whose name is its origin. INPUT_INVALID where none
 * of them signed it, or a signature does not hold.
 */
export function openCheckpoint(
  note: string,
  keys: readonly NoteVerifier[],
): { readonly checkpoint: Checkpoint; readonly signers: readonly NoteVerifier[] } {
  const parsed = parseSignedNote(note);
  const checkpoint = parseCheckpoint(parsed.text);
  const signers = verifyNote(parsed, keys).filter(({ name }) => name === checkpoint.origin);
  if (signers.length > 0) return { checkpoint, signers };
  throw new GgenError('INPUT_INVALID', `the checkpoint of ${checkpoint.origin} is not signed by a key that was given`);
}

/** True where this key signed, in this checkpoint, the tree with this right edge; without one, where the tree is empty. */
export function isSignedTree(note: string | undefined, frontier: Frontier, verifier: NoteVerifier): boolean {
  if (note === undefined) return frontier.size === 0;
  try {
    const { checkpoint } = openCheckpoint(note, [verifier]);
    return checkpoint.size === frontier.size && sameHash(checkpoint.root, rootOf(frontier));
  } catch (error) {
    if (isGgenError(error)) return false;
    throw error;
  }
}
