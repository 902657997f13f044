import { isGgenError } from '../kernel/errors.ts';
import type { JsonObject } from '../kernel/json.ts';
import type { ActorType } from '../model/actor.ts';
import type { EventType } from '../model/audit-entry.ts';
import type { AuditStore, StoredEntry } from './ports.ts';
import { queryAll } from './query-all.ts';
import type { Report } from './verify-report.ts';

/** What retention writes before it erases (see retention.ts), and what erasing is called. */
export const ERASE_EVENT = 'audit_erased';
export const ERASE_OPERATION = 'erase_audit_entries';
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

type Source = Pick<AuditStore, 'query'>;

export interface Erasure {
  /** up to which entry */
  readonly to: number;
  /** everything that went is of an hour before this one (since 1970) */
  readonly beforeHour: number;
}

/** What an entry of the log says that retention has erased. */
export function erasureIn({ texts }: StoredEntry): Erasure | undefined {
  const { eventType, actorType, timestamp, metadata } = texts;
  if (!isErasers(eventType, actorType) || !metadata.includes(ERASE_EVENT)) return undefined;
  return erasureOf(timestamp, JSON.parse(metadata) as JsonObject);
}

/** The hour before which entries were erased, as questions tell it; replaying shows whether that is all. */
export async function saidErasedBefore(source: Source, report: Report): Promise<number> {
  let hour = 0;
  try {
    for await (const page of queryAll(source, { eventType: 'system_event' })) {
      for (const { eventType, actor, timestamp, metadata } of page) {
        const erasure = isErasers(eventType, actor.actorType) ? erasureOf(timestamp, metadata) : undefined;
        hour = Math.max(hour, erasure?.beforeHour ?? 0);
      }
    }
    return hour;
  } catch (error) {
    if (!isGgenError(error)) throw error;
    report(error.message);
    return 0;
  }
}

function isErasers(eventType: EventType, actorType: ActorType): boolean {
  return eventType === 'system_event' && actorType === 'system';
}

function erasureOf(timestamp: number, metadata: JsonObject): Erasure | undefined {
  const { event, erased_to: to, retention_days: days } = metadata;
  if (event !== ERASE_EVENT || typeof to !== 'number') return undefined;
  return { to, beforeHour: Math.floor((timestamp - (typeof days === 'number' ? days : 0) * DAY_MS) / HOUR_MS) };
}
