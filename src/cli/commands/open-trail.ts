import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type NoteVerifier, parseVerifierKey } from '../../audit/index.ts';
import { findPlaces, logKeys, openStore, type Places } from '../../compose/index.ts';
import type { GovernanceStore } from '../../governor/index.ts';
import { GgenError } from '../../kernel/errors.ts';
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
  if (audit.storage.backend === 'sqlite' && !existsSync(places.storePath(audit.storage.path))) return undefined;
  const store = await openStore(audit, places);
  try {
    return await use({ audit, places, store });
  } finally {
    await store.close();
  }
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
  const text = given.includes('+') && !existsSync(given) ? given : readText(given, '--key');
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(parseVerifierKey);
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
