import { hash, type KeyObject } from 'node:crypto';
import { publicKeyFrom } from './ed25519.ts';
import { GgenError } from './errors.ts';
import { readSsh, sshString } from './ssh-wire.ts';

export const SSH_ED25519 = 'ssh-ed25519';
/** Ed25519 in a security key: each signature takes a touch. */
export const SSH_SK_ED25519 = 'sk-ssh-ed25519@openssh.com';

/** An Ed25519 public key in OpenSSH's form. */
export interface SshPublicKey {
  readonly type: typeof SSH_ED25519 | typeof SSH_SK_ED25519;
  /** as in a `.pub` file, without a comment: `ssh-ed25519 AAAA…` */
  readonly text: string;
  /** `SHA256:…`, as ssh-keygen -l prints it */
  readonly fingerprint: string;
  readonly key: KeyObject;
  /** with a security key: what it signs for */
  readonly application?: string;
}

/** From `ssh-ed25519 AAAA… [comment]`. INPUT_INVALID for other kinds of keys, and for ones of small order. */
export function parseSshPublicKey(text: string): SshPublicKey {
  const [type = '', base64 = ''] = text.trim().split(/[ \t]+/);
  if (type !== SSH_ED25519 && type !== SSH_SK_ED25519) {
    throw new GgenError('INPUT_INVALID', 'that is no Ed25519 key in OpenSSH form', {
      hint: `it is written ${SSH_ED25519} AAAA…, as in ~/.ssh/id_ed25519.pub`,
    });
  }
  const blob = Buffer.from(base64, 'base64');
  const key = blob.toString('base64') === base64 ? sshKeyFromBlob(blob) : undefined;
  if (key?.type !== type)
    throw new GgenError('INPUT_INVALID', `the ${type} key is damaged, or one that anybody can sign for`);
  return key;
}

/** The key in its binary form; undefined where it is none that is accepted. */
export function sshKeyFromBlob(blob: Uint8Array): SshPublicKey | undefined {
  const reader = readSsh(blob);
  const type = reader.string().toString('latin1');
  if (type !== SSH_ED25519 && type !== SSH_SK_ED25519) return undefined;
  const key = publicKeyFrom(reader.string());
  const application = type === SSH_SK_ED25519 ? reader.string().toString('utf8') : undefined;
  if (key === undefined || !reader.isWhole()) return undefined;
  return {
    type,
    text: `${type} ${Buffer.from(blob).toString('base64')}`,
    fingerprint: `SHA256:${hash('sha256', blob, 'base64').replace(/=+$/, '')}`,
    key,
    ...(application === undefined ? {} : { application }),
  };
}

/** The binary form of an Ed25519 key's 32 bytes. */
export function sshKeyBlob(publicBytes: Uint8Array): Buffer {
  return Buffer.concat([sshString(SSH_ED25519), sshString(publicBytes)]);
}
