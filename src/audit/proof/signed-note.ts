import { hash, type KeyObject, sign, verify } from 'node:crypto';
import {
  PUBLIC_KEY_BYTES,
  privateKeyFrom,
  publicBytesOf,
  publicKeyFrom,
  SIGNATURE_BYTES,
} from '../../kernel/ed25519.ts';
import { GgenError } from '../../kernel/errors.ts';

/** c2sp.org/signed-note with Ed25519 (signature type 0x01), the only kind that is made or checked here. */
const ED25519 = 1;
/** Beyond this a note is somebody's attempt to be read slowly. */
const MAX_NOTE = 1024 * 1024;
const MAX_SIGNATURES = 100;

/** Who checks a note: a name and a public key, written `name+8 hex digits+base64`. */
export interface NoteVerifier {
  readonly name: string;
  readonly keyId: number;
  /** the written form, as in c2sp.org/signed-note#verifier-keys */
  readonly vkey: string;
  verify(text: string, signature: Uint8Array): boolean;
}

export interface NoteSigner {
  readonly name: string;
  readonly verifier: NoteVerifier;
  /** The text with this key's signature line below. */
  sign(text: string): string;
}

export interface SignedNote {
  /** what is signed, its last line break included */
  readonly text: string;
  readonly signatures: readonly { readonly name: string; readonly keyId: number; readonly bytes: Uint8Array }[];
}

/** A verifier from its written form; INPUT_INVALID where it is none. */
export function parseVerifierKey(vkey: string): NoteVerifier {
  const match = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/.exec(vkey.trim());
  const key = match ? Buffer.from(match[3]!, 'base64') : Buffer.alloc(0);
  if (!match || key.length !== 1 + PUBLIC_KEY_BYTES || key[0] !== ED25519 || key.toString('base64') !== match[3]) {
    throw new GgenError('INPUT_INVALID', 'that is no Ed25519 verifier key', {
      hint: 'it is written name+8 hex digits+base64, as `ggen-mcp audit key` prints it',
    });
  }
  const verifier = verifierOf(match[1]!, key.subarray(1));
  if (verifier.keyId !== Number.parseInt(match[2]!, 16)) {
    throw new GgenError('INPUT_INVALID', `the verifier key of ${match[1]} is damaged: its digest is another one`);
  }
  return verifier;
}

/** A signer from the 32 bytes of an Ed25519 seed. */
export function createNoteSigner(name: string, seed: Uint8Array): NoteSigner {
  if (!/^[^\s+]+$/.test(name)) throw new GgenError('INPUT_INVALID', 'a key name holds no spaces and no plus');
  const privateKey = privateKeyFrom(seed);
  const verifier = verifierOf(name, publicBytesOf(privateKey));
  const id = Buffer.alloc(4);
  id.writeUInt32BE(verifier.keyId);
  return {
    name,
    verifier,
    sign: (text) => {
      assertText(text);
      const signature = Buffer.concat([id, sign(null, Buffer.from(text), privateKey)]);
      return `${text}\n— ${name} ${signature.toString('base64')}\n`;
    },
  };
}

function verifierOf(name: string, key: Uint8Array): NoteVerifier {
  const typed = Buffer.concat([Buffer.of(ED25519), key]);
  const keyId = Buffer.from(hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), typed]), 'buffer')).readUInt32BE();
  let publicKey: KeyObject | undefined;
  return {
    name,
    keyId,
    vkey: `${name}+${keyId.toString(16).padStart(8, '0')}+${typed.toString('base64')}`,
    verify: (text, signature) => {
      publicKey ??= publicKeyFrom(key);
      return (
        publicKey !== undefined &&
        signature.length === SIGNATURE_BYTES &&
        verify(null, Buffer.from(text), publicKey, signature)
      );
    },
  };
}

/** Reads the form of a note; nothing is verified. INPUT_INVALID for anything else. */
export function parseSignedNote(note: string): SignedNote {
  const invalid = (why: string): GgenError => new GgenError('INPUT_INVALID', `that is no signed note: ${why}`);
  if (note.length > MAX_NOTE) throw invalid(`it is longer than ${MAX_NOTE} characters`);
  const split = note.lastIndexOf('\n\n');
  if (split < 0) throw invalid('no empty line stands between text and signatures');
  const text = note.slice(0, split + 1);
  const below = note.slice(split + 2);
  if (!below.endsWith('\n')) throw invalid('its last line is not ended');
  assertText(text);
  const lines = below.slice(0, -1).split('\n');
  if (lines.length > MAX_SIGNATURES) throw invalid(`more than ${MAX_SIGNATURES} signatures`);
  const signatures = lines.map((line) => {
    const match = /^— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/.exec(line);
    const bytes = match ? Buffer.from(match[2]!, 'base64') : Buffer.alloc(0);
    if (!match || bytes.length < 5 || bytes.toString('base64') !== match[2]) throw invalid('a line is no signature');
    return { name: match[1]!, keyId: bytes.readUInt32BE(), bytes: bytes.subarray(4) };
  });
  return { text, signatures };
}

/**
 * The verifiers among `known` that signed the note; signatures of others are passed over. INPUT_INVALID where one
 * that claims to be of a known key doesn't hold: such a note is forged or damaged.
 */
export function verifyNote(note: SignedNote, known: readonly NoteVerifier[]): NoteVerifier[] {
  const signers = new Set<NoteVerifier>();
  for (const { name, keyId, bytes } of note.signatures) {
    const verifier = known.find((one) => one.name === name && one.keyId === keyId);
    if (verifier === undefined) continue;
    if (!verifier.verify(note.text, bytes)) {
      throw new GgenError('INPUT_INVALID', `the signature of ${name} on the note does not hold`);
    }
    signers.add(verifier);
  }
  return [...signers];
}

function assertText(text: string): void {
  if (!text.endsWith('\n') || !text.isWellFormed() || /[\u0000-\u0009\u000b-\u001f]/.test(text)) {
    throw new GgenError('INPUT_INVALID', 'the text of a note is lines without control characters');
  }
}

/** What stands below the text of a signed note: its signatures, a line each. */
export function signatureLines(note: string): string {
  return note.slice(note.lastIndexOf('\n\n') + 2);
}
