import { GgenError } from '../../kernel/errors.ts';
import type { Json, JsonObject } from '../../kernel/json.ts';
import { auditEntryFromJson, auditEntryToJson } from '../entry-json.ts';
import type { LoggedEntry } from '../ports.ts';

/** An exported entry's JSON form: the guide's, with its place in the log and the salt of its leaf. */
export function loggedEntryToJson(entry: LoggedEntry): JsonObject {
  return { seq: entry.seq, ...auditEntryToJson(entry), salt: entry.salt };
}

/** The entry from that form. INPUT_INVALID where it is none. */
export function loggedEntryFromJson(json: Json): LoggedEntry {
  if (json === null || typeof json !== 'object' || Array.isArray(json)) throw invalid('an entry must be a JSON object');
  const { seq, salt, ...entry } = json as JsonObject;
  if (typeof seq !== 'number' || !Number.isSafeInteger(seq) || seq < 1)
    throw invalid('seq must be a whole number from 1');
  if (typeof salt !== 'string' || !/^[0-9a-f]{32}$/.test(salt))
    throw invalid(`salt of entry ${seq} is not 32 hex digits`);
  return { ...auditEntryFromJson(entry), seq, salt };
}

function invalid(why: string): GgenError {
  return new GgenError('INPUT_INVALID', `that is no exported entry: ${why}`);
}
