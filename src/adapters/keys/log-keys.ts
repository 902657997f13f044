import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  createNoteSigner,
  type LogKeys,
  type NoteSigner,
  type NoteVerifier,
  parseVerifierKey,
} from '../../audit/index.ts';
import { SEED_BYTES } from '../../kernel/ed25519.ts';
import { GgenError } from '../../kernel/errors.ts';
import { writeKeyFile } from './write-key-file.ts';

/** What is wrong with the disk, and not with the rights of this user. */
const OF_THE_DISK: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO']);

export interface LogKeyFolder extends LogKeys {
  /** The public keys that this user has, or had, of a log; the one made last stands last. */
  verifiers(origin: string): NoteVerifier[];
  /** Puts a key away that signs no more: kept, but not found. */
  retire(signer: NoteSigner): void;
}

/**
 * Ed25519 keys, a file for each, as c2sp.org/signed-note's reference implementation writes them:
 * `PRIVATE+KEY+name+id+base64` in `LOG.ID.key`, the public one in `LOG.ID.pub`. Folder 0700, files 0600. What was
 * replaced stays as `LOG.ID.retired`.
 */
export function createLogKeys(folder: string): LogKeyFolder {
  const pathOf = ({ name, keyId }: { name: string; keyId: number }, kind: string): string =>
    join(folder, `${fileNameOf(name)}.${keyId.toString(16).padStart(8, '0')}.${kind}`);

  const create = (origin: string): NoteSigner => {
    const seed = randomBytes(SEED_BYTES);
    const signer = createNoteSigner(origin, seed);
    const id = signer.verifier.keyId.toString(16).padStart(8, '0');
    const typed = Buffer.concat([Buffer.of(1), seed]).toString('base64');
    refusing(() => {
      writeKeyFile(pathOf(signer.verifier, 'key'), `PRIVATE+KEY+${origin}+${id}+${typed}\n`);
      writeKeyFile(pathOf(signer.verifier, 'pub'), `${signer.verifier.vkey}\n`);
    }, folder);
    return signer;
  };

  const read = (path: string, origin: string): NoteSigner | undefined => {
    const text = readOrUndefined(path, folder);
    if (text === undefined) return undefined;
    const match = /^PRIVATE\+KEY\+([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})\n?$/.exec(text);
    const typed = Buffer.from(match?.[3] ?? '', 'base64');
    if (match?.[1] !== origin || typed.length !== 1 + SEED_BYTES || typed[0] !== 1) {
      throw new GgenError('STORE_UNAVAILABLE', `${path} is no key of the audit log ${origin}`, {
        hint: 'restore the file from a backup',
      });
    }
    return createNoteSigner(origin, typed.subarray(1));
  };

  /** Files of a log's keys of one kind, the oldest first. */
  const files = (origin: string, kind: string): string[] => {
    const prefix = `${fileNameOf(origin)}.`;
    return refusing(() => readdirSync(folder), folder, [])
      .filter((name) => name.startsWith(prefix) && name.endsWith(`.${kind}`))
      .map((name) => join(folder, name))
      .sort((a, b) => madeAt(a) - madeAt(b));
  };

  return {
    create,
    find: (origin, vkey) => {
      if (vkey !== undefined) return read(pathOf(parseVerifierKey(vkey), 'key'), origin);
      const newest = files(origin, 'key').at(-1);
      return newest === undefined ? undefined : read(newest, origin);
    },
    verifiers: (origin) => files(origin, 'pub').map((path) => parseVerifierKey(readOrUndefined(path, folder) ?? '')),
    retire: ({ verifier }) => refusing(() => renameSync(pathOf(verifier, 'key'), pathOf(verifier, 'retired')), folder),
  };
}

function madeAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** The last part of a log's origin names its files; anything odd in it is spelt out. */
function fileNameOf(origin: string): string {
  return encodeURIComponent(origin.slice(origin.lastIndexOf('/') + 1));
}

function readOrUndefined(path: string, folder: string): string | undefined {
  return refusing(() => readFileSync(path, 'utf8'), folder, undefined);
}

/** What the file system refuses is STORE_UNAVAILABLE; what is not there is `otherwise`, where that is given. */
function refusing<T>(work: () => T, folder: string, ...otherwise: [] | [T]): T {
  try {
    return work();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    if (code === 'ENOENT' && otherwise.length === 1) return otherwise[0];
    throw new GgenError('STORE_UNAVAILABLE', `the keys of audit logs in ${folder} could not be used: ${code}`, {
      hint: OF_THE_DISK.has(code)
        ? 'look at the disk, its quota and its free space'
        : 'this user must own the folder and be able to write it',
      cause: error,
    });
  }
}
