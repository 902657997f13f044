import { createLogKeys, type LogKeyFolder } from '../adapters/keys/index.ts';
import { openSqliteStore } from '../adapters/sqlite/index.ts';
import { createFileWitness, type FileWitness } from '../adapters/witness/index.ts';
import { type LogHead, type NoteSigner, type NoteVerifier, openCheckpoint } from '../audit/index.ts';
import type { GovernanceStore } from '../governor/index.ts';
import { GgenError, isGgenError } from '../kernel/errors.ts';
import type { AuditConfig } from '../model/configuration.ts';
import type { Places } from './places.ts';

/**
 * The store that the configuration names. STORE_UNAVAILABLE or STORE_INCOMPATIBLE where it can't be used,
 * CONFIG_INVALID where a setting that it needs is missing, NOT_AVAILABLE where this version lacks it.
 */
export async function openStore(audit: AuditConfig, places: Places): Promise<GovernanceStore> {
  const common = {
    durability: audit.durability,
    clock: Date.now,
    keys: logKeys(places),
    witnesses: logWitnesses(audit, places),
  };
  if (audit.storage.backend === 'sqlite') {
    const path = places.storePath(audit.storage.path);
    return openSqliteStore({ ...common, path, compress: audit.compressionEnabled });
  }
  if (audit.storage.backend === 'postgres') {
    const connectionString = assertConnectionString(audit);
    // Loaded when it is used: a hook on SQLite pays nothing for it.
    const { openPostgresStore } = await import('../adapters/postgres/index.ts');
    return openPostgresStore({ ...common, connectionString, compress: audit.compressionEnabled });
  }
  throw new GgenError('NOT_AVAILABLE', `audit.storage.backend = "${audit.storage.backend}" is not available yet`, {
    hint: 'use "sqlite" or "postgres"',
  });
}

/** Where the log's checkpoints are witnessed: this user's own file, and those that the configuration names. */
export function logWitnesses(audit: AuditConfig, places: Places): FileWitness[] {
  const own = places.witnessPath(storeName(audit, places));
  return [
    createFileWitness({ path: own, ofOne: true }),
    ...audit.witnesses.map((path) => createFileWitness({ path: places.storePath(path) })),
  ];
}

/** The keys of this user that sign logs. */
export function logKeys(places: Places): LogKeyFolder {
  return createLogKeys(places.keysDir);
}

/**
 * The key of this user that signed the log as it stands; of a log that nobody has signed yet, the newest. One that was
 * made for a change which then failed has signed nothing.
 */
export function logSigner(keys: LogKeyFolder, { origin, checkpoint }: LogHead): NoteSigner | undefined {
  if (checkpoint === undefined) return keys.find(origin);
  for (const verifier of keys.verifiers(origin).toReversed()) {
    const signer = signedBy(checkpoint, verifier) ? keys.find(origin, verifier.vkey) : undefined;
    if (signer) return signer;
  }
  return undefined;
}

function signedBy(note: string, verifier: NoteVerifier): boolean {
  try {
    return openCheckpoint(note, [verifier]).signers.length > 0;
  } catch (error) {
    if (isGgenError(error)) return false;
    throw error;
  }
}

/** What tells one store from another: the file, or server and database; never a password. */
function storeName(audit: AuditConfig, places: Places): string {
  if (audit.storage.backend !== 'postgres') return places.storePath(audit.storage.path);
  const url = URL.parse(assertConnectionString(audit));
  return `postgres ${url?.host ?? ''}${url?.pathname ?? ''}`;
}

function assertConnectionString({ storage }: AuditConfig): string {
  if (storage.connectionString !== undefined && storage.connectionString !== '') return storage.connectionString;
  throw new GgenError('CONFIG_INVALID', 'audit.storage.backend = "postgres" needs audit.storage.connection_string', {
    hint: 'as in connection_string = "postgresql://user:${PGPASSWORD}@host/database?sslmode=verify-full"',
  });
}
