import { existsSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type NoteVerifier, parseVerifierKey } from '../../audit/index.ts';
import { findPlaces, logKeys, logWitnesses, openStore, type Places } from '../../compose/index.ts';
import type { GovernanceStore } from '../../governor/index.ts';
import { GgenError, isGgenError } from '../../kernel/errors.ts';
import { printable } from '../../kernel/text.ts';
import type { AuditConfig } from '../../model/configuration.ts';
import type { CommandContext } from '../command.ts';
import { loadPolicies } from './load-policies.ts';

/** The audit trail that the configuration names, opened. */
export interface Trail {
  readonly audit: AuditConfig;
  readonly places: Places;
  readonly store: GovernanceStore;
}

/** Runs `use` on the trail and closes it; undefined, without making one, where nothing has been recorded yet. */
export async function withTrail<T>(context: CommandContext, use: (trail: Trail) => Promise<T>): Promise<T | undefined> {
  const { audit } = loadPolicies(context).loaded.config;
  const places = findPlaces(context);
  if (audit.storage.backend === 'sqlite' && !isThere(places.storePath(audit.storage.path))) {
    warnOfMissing(context, audit, places);
    return undefined;
  }
  const store = await openStore(audit, places);
  try {
    return await use({ audit, places, store });
  } finally {
    await store.close();
  }
}

/** False only where nothing has that name; STORE_UNAVAILABLE where that can't be told. */
function isThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    throw new GgenError('STORE_UNAVAILABLE', `the governance database ${path} can't be read: ${code}`, {
      hint: 'this user must be able to read the folders above it',
    });
  }
}

/** A log that isn't there and that this user's witness has seen was taken away: nobody is to take it for a new one. */
function warnOfMissing(context: CommandContext, audit: AuditConfig, places: Places): void {
  const gone = missingLog(audit, places);
  if (gone !== undefined) context.stderr.write(`${gone}\n`);
}

/** What a witness has seen of a log that isn't there. */
export function missingLog(audit: AuditConfig, places: Places): string | undefined {
  for (const witness of logWitnesses(audit, places)) {
    const [origin] = witness.onlyOf?.() ?? [];
    if (origin !== undefined)
      return printable(`NOT AS RECORDED  the log is not there, and ${witness.name} has seen it: ${origin}`, 2000);
  }
  return undefined;
}

/** The keys that `--key` gives, as text or as a file with one a line; else those that this user has of the log. */
export function trustedKeys(context: CommandContext, otherwise?: { places: Places; origin: string }): NoteVerifier[] {
  const given = context.values.key;
  if (typeof given === 'string') return parseKeys(given);
  const own = otherwise ? logKeys(otherwise.places).verifiers(otherwise.origin) : [];
  if (own.length > 0) return own;
  throw new GgenError('USAGE', 'no key to check signatures with', {
    hint: '--key takes the public key that `ggen-mcp audit key` prints where the log is written, or a file that holds it',
  });
}

function parseKeys(given: string): NoteVerifier[] {
  const isKey = given.includes('+') && !existsSync(given);
  const text = isKey ? given : readText(given, '--key');
  const keys = text.split('\n').flatMap((line, at) => {
    if (line.trim() === '') return [];
    try {
      return [parseVerifierKey(line)];
    } catch (error) {
      if (!isGgenError(error)) throw error;
      const where = isKey ? '--key' : `--key: ${given}:${at + 1}`;
      throw new GgenError('USAGE', `${where}: ${error.message}`, error.hint === undefined ? {} : { hint: error.hint });
    }
  });
  if (keys.length > 0) return keys;
  throw new GgenError('USAGE', `--key: ${given} holds no key`, { hint: 'as `ggen-mcp audit key` prints it' });
}

/** A text file that an option names; USAGE where it can't be read. */
export function readText(path: string, what: string): string {
  try {
    return readFileSync(resolve(path), 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    throw new GgenError('USAGE', `${what}: ${path} can't be read: ${code}`);
  }
}
