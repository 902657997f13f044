import { hash, type KeyObject, sign, verify } from 'node:crypto';
import { publicBytesOf, SIGNATURE_BYTES } from './ed25519.ts';
import { GgenError } from './errors.ts';
import { SSH_ED25519, SSH_SK_ED25519, type SshPublicKey, sshKeyBlob, sshKeyFromBlob } from './ssh-key.ts';
import { readSsh, sshString } from './ssh-wire.ts';

/** openssh-portable/PROTOCOL.sshsig: what `ssh-keygen -Y sign` writes and `ssh-keygen -Y verify` checks. */
const MAGIC = Buffer.from('SSHSIG');
const VERSION = 1;
const HASHES = ['sha512', 'sha256'] as const;
type SshHash = (typeof HASHES)[number];
const BEGIN = '-----BEGIN SSH SIGNATURE-----';
const END = '-----END SSH SIGNATURE-----';
const MAX_LENGTH = 8192;
/** What a security key says of a signature: somebody touched it. */
const USER_PRESENT = 1;

export interface SshSignature {
  readonly key: SshPublicKey;
  /** what the signature is for: one for another purpose doesn't count */
  readonly namespace: string;
  /** the message's hash of this kind is what is signed */
  readonly hash: SshHash;
  readonly bytes: Uint8Array;
  /** with a security key */
  readonly touch?: { readonly flags: number; readonly counter: number };
}

/** Signs a message for one purpose; the binary form, in base64. */
export function signSsh(privateKey: KeyObject, namespace: string, message: string): string {
  const bytes = sign(null, signedBytes(namespace, 'sha512', message), privateKey);
  const version = Buffer.alloc(4);
  version.writeUInt32BE(VERSION);
  return Buffer.concat([
    MAGIC,
    version,
    sshString(sshKeyBlob(publicBytesOf(privateKey))),
    sshString(namespace),
    sshString(''),
    sshString('sha512'),
    sshString(Buffer.concat([sshString(SSH_ED25519), sshString(bytes)])),
  ]).toString('base64');
}

/** From base64, with or without the lines that ssh-keygen puts around it. INPUT_INVALID for anything else. */
export function parseSshSignature(text: string): SshSignature {
  const invalid = (why: string): GgenError => new GgenError('INPUT_INVALID', `that is no SSH signature: ${why}`);
  if (text.length > MAX_LENGTH) throw invalid(`it is longer than ${MAX_LENGTH} characters`);
  const base64 = unarmored(text);
  const blob = Buffer.from(base64, 'base64');
  if (blob.toString('base64') !== base64) throw invalid('it is not base64');
  if (!blob.subarray(0, MAGIC.length).equals(MAGIC)) throw invalid('it does not begin as one');
  const reader = readSsh(blob.subarray(MAGIC.length));
  if (reader.uint32() !== VERSION) throw invalid('it is of another version');
  const key = sshKeyFromBlob(reader.string());
  const namespace = reader.string().toString('utf8');
  const reserved = reader.string();
  const named = reader.string().toString('latin1');
  const signature = readSsh(reader.string());
  const type = signature.string().toString('latin1');
  const bytes = signature.string();
  const touch = type === SSH_SK_ED25519 ? { flags: signature.byte(), counter: signature.uint32() } : undefined;
  const known = HASHES.find((one) => one === named);
  if (key === undefined || type !== key.type) throw invalid('its key is none of Ed25519');
  if (
    !reader.isWhole() ||
    !signature.isWhole() ||
    bytes.length !== SIGNATURE_BYTES ||
    known === undefined ||
    reserved.length > 0
  ) {
    throw invalid('it is damaged');
  }
  return { key, namespace, hash: known, bytes, ...(touch === undefined ? {} : { touch }) };
}

/** True where the signature's own key signed this message for this purpose; whose key that is, the caller must know. */
export function isSignedBy(signature: SshSignature, namespace: string, message: string): boolean {
  if (signature.namespace !== namespace) return false;
  const signed = signedBytes(namespace, signature.hash, message);
  const { key, touch } = signature;
  if (key.type === SSH_ED25519) return verify(null, signed, key.key, signature.bytes);
  if (touch === undefined || (touch.flags & USER_PRESENT) === 0) return false;
  const counter = Buffer.alloc(4);
  counter.writeUInt32BE(touch.counter);
  const byKey = Buffer.concat([
    hash('sha256', key.application ?? '', 'buffer'),
    Buffer.of(touch.flags),
    counter,
    hash('sha256', signed, 'buffer'),
  ]);
  return verify(null, byKey, key.key, signature.bytes);
}

/** The base64 of a signature, without the lines that ssh-keygen puts around it. */
export function unarmored(text: string): string {
  const bare = text.replaceAll('\r', '').trim();
  return (bare.startsWith(BEGIN) && bare.endsWith(END) ? bare.slice(BEGIN.length, -END.length) : bare)
    .replaceAll('\n', '')
    .trim();
}

/** The form that ssh-keygen writes to a file and reads from one. */
export function armored(base64: string): string {
  return `${BEGIN}\n${base64.replace(/.{70}/g, '$&\n').trimEnd()}\n${END}\n`;
}

function signedBytes(namespace: string, kind: SshHash, message: string): Buffer {
  return Buffer.concat([
    MAGIC,
    sshString(namespace),
    sshString(''),
    sshString(kind),
    sshString(hash(kind, message, 'buffer')),
  ]);
}
