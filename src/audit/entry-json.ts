import { canonicalJson } from '../kernel/canonical-json.ts';
import { GgenError } from '../kernel/errors.ts';
import { isUuid } from '../kernel/ids.ts';
import type { Json, JsonObject } from '../kernel/json.ts';
import { hasControlCharacter, nearest, printable } from '../kernel/text.ts';
import { ACTOR_TYPES, type Actor } from '../model/actor.ts';
import { type AuditEntry, EVENT_TYPES, type EventType, OPERATION_RESULTS } from '../model/audit-entry.ts';
import type { Operation } from '../model/operation.ts';
import { renderTime } from './time.ts';

/** The longest name, id or address in an entry, in UTF-16 code units. */
const MAX_NAME = 1024;
/** The longest target, in UTF-16 code units. */
const MAX_TARGET = 64 * 1024;

const ENTRY_KEYS = [
  'id',
  'timestamp',
  'event_type',
  'actor',
  'operation',
  'target',
  'result',
  'metadata',
  'correlation_id',
] as const;

/** The guide's JSON form of an entry: snake_case, the timestamp as ISO 8601 in UTC with milliseconds. */
export function auditEntryToJson(entry: AuditEntry): JsonObject {
  const { actor, operation } = entry;
  return {
    id: entry.id,
    timestamp: renderTime(entry.timestamp),
    event_type: entry.eventType,
    actor: {
      actor_type: actor.actorType,
      id: actor.id,
      name: actor.name,
      ...(actor.ipAddress === undefined ? {} : { ip_address: actor.ipAddress }),
    },
    operation: {
      name: operation.name,
      ...(operation.parameters === undefined ? {} : { parameters: operation.parameters }),
    },
    ...(entry.target === undefined ? {} : { target: entry.target }),
    result: entry.result,
    metadata: entry.metadata,
    ...(entry.correlationId === undefined ? {} : { correlation_id: entry.correlationId }),
  };
}

/**
 * An entry from its JSON form. Strict: an unknown key, a missing one, a wrong type, a name that is none of those
 * known, a timestamp that names no instant, or text without a UTF-8 form is INPUT_INVALID, naming the key.
 * `target` and `correlation_id` may be absent or null; UUIDs come back in lower case.
 */
export function auditEntryFromJson(json: Json): AuditEntry {
  const object = asObject(json, 'an audit entry');
  refuseUnknown(object, ENTRY_KEYS, '');
  return readEntry(object, instant, plainObject);
}

/**
 * As auditEntryFromJson, of an object that a program of ours has put together, for an instant in milliseconds. What
 * has no JSON form in metadata or parameters is refused by `entryTexts`.
 */
export function auditEntryFromParts(parts: JsonObject, timestamp: number): AuditEntry {
  return readEntry(parts, () => timestamp, asObject);
}

function readEntry(
  object: JsonObject,
  timestampOf: (object: JsonObject) => number,
  objectOf: (json: Json | undefined, what: string) => JsonObject,
): AuditEntry {
  const target = optionalText(object, 'target', MAX_TARGET);
  const correlationId = object.correlation_id == null ? undefined : uuid(object, 'correlation_id');
  return {
    id: uuid(object, 'id'),
    timestamp: timestampOf(object),
    eventType: oneOf(object, 'event_type', EVENT_TYPES) as EventType,
    actor: actorFrom(object.actor),
    operation: operationFrom(object.operation, objectOf),
    ...(target === undefined ? {} : { target }),
    result: oneOf(object, 'result', OPERATION_RESULTS),
    metadata: objectOf(object.metadata, 'metadata'),
    ...(correlationId === undefined ? {} : { correlationId }),
  };
}

function actorFrom(json: Json | undefined): Actor {
  const object = asObject(json, 'actor');
  refuseUnknown(object, ['actor_type', 'id', 'name', 'ip_address'], 'actor.');
  const ipAddress = optionalText(object, 'ip_address', MAX_NAME, 'actor.');
  return {
    actorType: oneOf(object, 'actor_type', ACTOR_TYPES, 'actor.'),
    id: name(object, 'id', 'actor.'),
    name: name(object, 'name', 'actor.'),
    ...(ipAddress === undefined ? {} : { ipAddress }),
  };
}

function operationFrom(
  json: Json | undefined,
  objectOf: (json: Json | undefined, what: string) => JsonObject,
): Operation {
  const object = asObject(json, 'operation');
  refuseUnknown(object, ['name', 'parameters'], 'operation.');
  const parameters = object.parameters == null ? undefined : objectOf(object.parameters, 'operation.parameters');
  return { name: name(object, 'name', 'operation.'), ...(parameters === undefined ? {} : { parameters }) };
}

function instant(object: JsonObject): number {
  const value = text(object, 'timestamp', 64);
  const parsed = parseTime(value);
  if (parsed !== undefined) return parsed;
  throw invalid(
    `timestamp ${JSON.stringify(printable(value, 64))} is no ISO 8601 instant`,
    'as in 2026-01-31T12:00:00.000Z',
  );
}

const INSTANT = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})$/;

/** Milliseconds since 1970; what is finer than a millisecond is cut off. Undefined for 31 February and its like. */
function parseTime(value: string): number | undefined {
  const match = INSTANT.exec(value);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second, fraction = '', zone = 'Z'] = match;
  const local = `${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.padEnd(3, '0').slice(0, 3)}Z`;
  const ms = Date.parse(local);
  // A day that the month lacks is moved into the next one by some engines: then it reads differently.
  if (!Number.isFinite(ms) || new Date(ms).toISOString() !== local) return undefined;
  if (zone === 'Z') return ms < 0 ? undefined : ms;
  const offsetHours = Number(zone.slice(1, 3));
  const offsetMinutes = Number(zone.slice(4, 6));
  if (offsetHours > 23 || offsetMinutes > 59) return undefined;
  const utc = ms - (zone.startsWith('-') ? -1 : 1) * (offsetHours * 60 + offsetMinutes) * 60_000;
  return utc < 0 ? undefined : utc;
}

function asObject(json: Json | undefined, what: string): JsonObject {
  if (json === null || typeof json !== 'object' || Array.isArray(json)) throw invalid(`${what} must be a JSON object`);
  return json as JsonObject;
}

/** An object of the caller's own; canonicalJson finds what has no JSON form, and nesting without end. */
function plainObject(json: Json | undefined, what: string): JsonObject {
  const object = asObject(json, what);
  try {
    canonicalJson(object);
  } catch (error) {
    throw invalid(`${what}: ${(error as Error).message}`);
  }
  return object;
}

function refuseUnknown(object: JsonObject, known: readonly string[], prefix: string): void {
  for (const key of Object.keys(object)) {
    if (known.includes(key)) continue;
    const near = nearest(key, known);
    throw invalid(
      `unknown key ${prefix}${JSON.stringify(printable(key, 64))}`,
      near ? `did you mean ${near}?` : `known: ${known.join(', ')}`,
    );
  }
}

function text(object: JsonObject, key: string, max: number, prefix = ''): string {
  const value = object[key];
  if (value === undefined) throw invalid(`${prefix}${key} is missing`);
  if (typeof value !== 'string') throw invalid(`${prefix}${key} must be a string`);
  if (value.length > max) throw invalid(`${prefix}${key} has ${value.length} characters; at most ${max} are recorded`);
  if (!value.isWellFormed()) throw invalid(`${prefix}${key} holds a lone surrogate, which has no UTF-8 form`);
  return value;
}

function optionalText(object: JsonObject, key: string, max: number, prefix = ''): string | undefined {
  return object[key] == null ? undefined : text(object, key, max, prefix);
}

function name(object: JsonObject, key: string, prefix: string): string {
  const value = text(object, key, MAX_NAME, prefix);
  if (value === '') throw invalid(`${prefix}${key} is empty`);
  if (hasControlCharacter(value)) throw invalid(`${prefix}${key} holds a control character`);
  return value;
}

function uuid(object: JsonObject, key: string): string {
  const value = text(object, key, 64);
  if (isUuid(value)) return value.toLowerCase();
  throw invalid(`${key} ${JSON.stringify(printable(value, 64))} is no UUID`);
}

function oneOf<T extends string>(object: JsonObject, key: string, known: readonly T[], prefix = ''): T {
  const value = text(object, key, MAX_NAME, prefix);
  const found = known.find((word) => word === value);
  if (found !== undefined) return found;
  const near = nearest(value.slice(0, 64), known);
  throw invalid(
    `${prefix}${key} ${JSON.stringify(printable(value, 64))} is none of ${known.join(', ')}`,
    near ? `did you mean ${near}?` : undefined,
  );
}

function invalid(message: string, hint?: string): GgenError {
  return new GgenError('INPUT_INVALID', message, hint === undefined ? {} : { hint });
}
