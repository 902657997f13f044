import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type KeyNamespace, VOTE_NAMESPACE, type VoteSigner } from '../../approvals/index.ts';
import { privateKeyFrom, publicBytesOf, SEED_BYTES } from '../../kernel/ed25519.ts';
import { GgenError } from '../../kernel/errors.ts';
import { parseSshPublicKey, type SshPublicKey, sshKeyBlob, sshKeyFromBlob } from '../../kernel/ssh-key.ts';
import { signSsh } from '../../kernel/ssh-signature.ts';
import { writeKeyFile } from './write-key-file.ts';

/** 128 MiB and about half a second for each guess (RFC 7914; OWASP's first choice). */
const SCRYPT = { N: 2 ** 17, r: 8, p: 1 };
/** A file may not ask for more work, or memory, than this. */
const MAX_N = 2 ** 20;
const CIPHER = 'aes-256-gcm';
const KIND = 'ggen-governance approver key v1';
export const MIN_PASSPHRASE = 8;
const derive = promisify<string, Buffer, number, object, Buffer>(scrypt);

/** A private key in this user's folder, closed. */
export interface ClosedKey {
  readonly approver: string;
  readonly key: SshPublicKey;
  readonly path: string;
}

/** An opened key: signs in its approver's name. */
export interface OpenKey extends VoteSigner {
  readonly key: SshPublicKey;
  /** Signs for another purpose than a vote. */
  signFor(namespace: string, text: string): string;
}

interface KeyFile {
  readonly kind: typeof KIND;
  readonly approver: string;
  readonly public_key: string;
  readonly scrypt: { readonly N: number; readonly r: number; readonly p: number; readonly salt: string };
  readonly cipher: typeof CIPHER;
  readonly nonce: string;
  readonly sealed: string;
}

/** Approvers' private keys, a file each, sealed with a passphrase. Folder 0700, files 0600. */
export interface ApproverKeyFiles {
  /** INPUT_INVALID for a passphrase shorter than 8 characters. `cost` is scrypt's N, for tests. */
  create(approver: string, passphrase: string, cost?: number): Promise<OpenKey>;
  list(): ClosedKey[];
  /** NOT_PERMITTED for another passphrase. */
  open(closed: ClosedKey, passphrase: string): Promise<OpenKey>;
}

export function createApproverKeyFiles(keysDir: string): ApproverKeyFiles {
  const folder = join(keysDir, 'approvers');

  const create = async (approver: string, passphrase: string, cost = SCRYPT.N): Promise<OpenKey> => {
    if (passphrase.length < MIN_PASSPHRASE) {
      throw new GgenError('INPUT_INVALID', `a passphrase has at least ${MIN_PASSPHRASE} characters`);
    }
    const seed = randomBytes(SEED_BYTES);
    const opened = openKey(approver, seed);
    const salt = randomBytes(16);
    const nonce = randomBytes(12);
    const kdf = { ...SCRYPT, N: cost };
    const cipher = createCipheriv(CIPHER, await keyFrom(passphrase, salt, kdf), nonce);
    cipher.setAAD(boundTo(approver, opened.key.text));
    const sealed = Buffer.concat([cipher.update(seed), cipher.final(), cipher.getAuthTag()]);
    seed.fill(0);
    const file: KeyFile = {
      kind: KIND,
      approver,
      public_key: opened.key.text,
      scrypt: { ...kdf, salt: salt.toString('base64') },
      cipher: CIPHER,
      nonce: nonce.toString('base64'),
      sealed: sealed.toString('base64'),
    };
    write(folder, fileNameOf(opened), `${JSON.stringify(file, null, 2)}\n`);
    return opened;
  };

  const list = (): ClosedKey[] =>
    namesIn(folder)
      .filter((name) => name.endsWith('.json'))
      .map((name) => join(folder, name))
      .sort((a, b) => statSync(a).mtimeMs - statSync(b).mtimeMs)
      .map((path) => {
        const { approver, public_key } = read(path);
        return { approver, key: parseSshPublicKey(public_key), path };
      });

  const open = async ({ path }: ClosedKey, passphrase: string): Promise<OpenKey> => {
    const file = read(path);
    const sealed = Buffer.from(file.sealed, 'base64');
    const secret = await keyFrom(passphrase, Buffer.from(file.scrypt.salt, 'base64'), file.scrypt);
    const decipher = createDecipheriv(CIPHER, secret, Buffer.from(file.nonce, 'base64'));
    decipher.setAAD(boundTo(file.approver, file.public_key));
    decipher.setAuthTag(sealed.subarray(-16));
    try {
      return openKey(file.approver, Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]));
    } catch {
      throw new GgenError('NOT_PERMITTED', `that is not the passphrase of ${file.approver}'s key`);
    }
  };

  return { create, list, open };
}

/** A key whose seed is at hand; it signs votes in its namespace. */
export function openKey(approver: string, seed: Uint8Array, namespace: KeyNamespace = VOTE_NAMESPACE): OpenKey {
  const privateKey = privateKeyFrom(seed);
  const key = sshKeyFromBlob(sshKeyBlob(publicBytesOf(privateKey)))!;
  return {
    approver,
    key,
    signFor: (namespace, text) => signSsh(privateKey, namespace, text),
    sign: async (statement) => signSsh(privateKey, namespace, statement),
  };
}

function keyFrom(passphrase: string, salt: Buffer, { N, r, p }: typeof SCRYPT): Promise<Buffer> {
  return derive(passphrase.normalize('NFKC'), salt, 32, { N, r, p, maxmem: 256 * N * r });
}

function boundTo(approver: string, publicKey: string): Buffer {
  return Buffer.from(`${KIND}\n${approver}\n${publicKey}\n`);
}

/** Two keys of one approver have two names. */
function fileNameOf({ approver, key }: OpenKey): string {
  const id = key.fingerprint
    .slice('SHA256:'.length)
    .replace(/[^A-Za-z0-9]/g, '')
    .slice(0, 12);
  return `${encodeURIComponent(approver).slice(0, 100)}.${id}.json`;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw unusable(folder, error);
  }
}

function write(folder: string, name: string, text: string): void {
  try {
    writeKeyFile(join(folder, name), text);
  } catch (error) {
    throw unusable(folder, error);
  }
}

function read(path: string): KeyFile {
  let file: Partial<KeyFile>;
  try {
    file = JSON.parse(readFileSync(path, 'utf8')) as Partial<KeyFile>;
  } catch (error) {
    if (error instanceof SyntaxError) throw damaged(path);
    throw unusable(path, error);
  }
  const { kind, approver, public_key, scrypt: kdf, cipher, nonce, sealed } = file ?? {};
  const texts = [approver, public_key, nonce, sealed, kdf?.salt];
  const numbers = [kdf?.N, kdf?.r, kdf?.p];
  const isWhole =
    kind === KIND &&
    cipher === CIPHER &&
    texts.every((one) => typeof one === 'string') &&
    numbers.every((one) => Number.isSafeInteger(one) && one! > 0) &&
    kdf!.N <= MAX_N &&
    kdf!.r * kdf!.p <= 32;
  if (!isWhole) throw damaged(path);
  return file as KeyFile;
}

function damaged(path: string): GgenError {
  return new GgenError('STORE_UNAVAILABLE', `${path} is no key of an approver`, {
    hint: 'restore the file from a backup, or move it away',
  });
}

function unusable(path: string, error: unknown): GgenError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
  return new GgenError('STORE_UNAVAILABLE', `approvers' keys in ${path} could not be used: ${code}`, {
    hint: 'this user must own the folder and be able to write it',
    cause: error,
  });
}
