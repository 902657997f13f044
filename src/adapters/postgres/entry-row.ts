import { type EntryTexts, entryFromTexts, type LoggedEntry } from '../../audit/index.ts';
import type { ActorType } from '../../model/actor.ts';
import type { EventType, OperationResult, RecordedEntry } from '../../model/audit-entry.ts';
import type { Row } from './connections.ts';
import { unpackId } from './entry-values.ts';

/** The texts of a row, of the outbox or of the log. */
export function textsFromRow(row: Row): EntryTexts {
  return {
    id: unpackId(row.id as Buffer),
    timestamp: Number(row.timestamp),
    eventType: row.event_type as EventType,
    actorType: row.actor_type as ActorType,
    actorId: row.actor_id as string,
    actorName: row.actor_name as string,
    ipAddress: row.ip_address as string | null,
    operation: row.operation as string,
    parameters: row.parameters as string | null,
    target: row.target as string | null,
    result: row.result as OperationResult,
    metadata: row.metadata as string,
    correlationId: row.correlation_id === null ? null : unpackId(row.correlation_id as Buffer),
  };
}

export function entryFromRow(row: Row): RecordedEntry {
  return { seq: Number(row.seq), ...entryFromTexts(textsFromRow(row)) };
}

export function loggedFromRow(row: Row): LoggedEntry {
  return { ...entryFromRow(row), salt: (row.salt as Buffer).toString('hex') };
}
