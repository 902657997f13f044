import { canonicalJson, canonicalString } from '../kernel/canonical-json.ts';
import { GgenError, isGgenError } from '../kernel/errors.ts';
import type { Json } from '../kernel/json.ts';
import type { ActorType } from '../model/actor.ts';
import type { AuditEntry, EventType, OperationResult } from '../model/audit-entry.ts';
import { renderTime } from './time.ts';

/** An entry as a store keeps it: texts, with JSON in its canonical writing. */
export interface EntryTexts {
  readonly id: string;
  /** milliseconds since 1970 */
  readonly timestamp: number;
  readonly eventType: EventType;
  readonly actorType: ActorType;
  readonly actorId: string;
  readonly actorName: string;
  readonly ipAddress: string | null;
  readonly operation: string;
  /** canonical JSON */
  readonly parameters: string | null;
  readonly target: string | null;
  readonly result: OperationResult;
  /** canonical JSON */
  readonly metadata: string;
  readonly correlationId: string | null;
}

/** INPUT_INVALID for what has no JSON form. */
export function entryTexts(entry: AuditEntry): EntryTexts {
  const { actor, operation } = entry;
  return {
    id: entry.id,
    timestamp: entry.timestamp,
    eventType: entry.eventType,
    actorType: actor.actorType,
    actorId: actor.id,
    actorName: actor.name,
    ipAddress: actor.ipAddress ?? null,
    operation: operation.name,
    parameters: operation.parameters === undefined ? null : named('operation.parameters', operation.parameters as Json),
    target: entry.target ?? null,
    result: entry.result,
    metadata: named('metadata', entry.metadata),
    correlationId: entry.correlationId ?? null,
  };
}

function named(key: string, value: Json): string {
  try {
    return canonicalJson(value);
  } catch (error) {
    if (!isGgenError(error)) throw error;
    throw new GgenError(error.code, `${key}: ${error.message}`);
  }
}

/**
 * What is hashed of an entry: `canonicalJson(auditEntryToJson(entry))`, put together from texts that are canonical
 * already, with the keys in their sorted order.
 */
export function canonicalEntry(texts: EntryTexts): string {
  const { ipAddress, correlationId, parameters, target } = texts;
  const ip = ipAddress === null ? '' : `,"ip_address":${canonicalString(ipAddress)}`;
  const correlation = correlationId === null ? '' : `"correlation_id":${canonicalString(correlationId)},`;
  return (
    `{"actor":{"actor_type":"${texts.actorType}","id":${canonicalString(texts.actorId)}${ip},"name":${canonicalString(texts.actorName)}},` +
    `${correlation}"event_type":"${texts.eventType}","id":${canonicalString(texts.id)},"metadata":${texts.metadata},` +
    `"operation":{"name":${canonicalString(texts.operation)}${parameters === null ? '' : `,"parameters":${parameters}`}},` +
    `"result":"${texts.result}",${target === null ? '' : `"target":${canonicalString(target)},`}` +
    `"timestamp":"${renderTime(texts.timestamp)}"}`
  );
}

/** The entry that these texts are of. */
export function entryFromTexts(texts: EntryTexts): AuditEntry {
  const { ipAddress, correlationId, parameters, target } = texts;
  return {
    id: texts.id,
    timestamp: texts.timestamp,
    eventType: texts.eventType,
    actor: {
      actorType: texts.actorType,
      id: texts.actorId,
      name: texts.actorName,
      ...(ipAddress === null ? {} : { ipAddress }),
    },
    operation: {
      name: texts.operation,
      ...(parameters === null ? {} : { parameters: JSON.parse(parameters) as AuditEntry['metadata'] }),
    },
    ...(target === null ? {} : { target }),
    result: texts.result,
    metadata: JSON.parse(texts.metadata) as AuditEntry['metadata'],
    ...(correlationId === null ? {} : { correlationId }),
  };
}
