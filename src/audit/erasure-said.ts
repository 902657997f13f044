import { isGgenError } from '../kernel/errors.ts';
import { entryTexts } from './canonical-entry.ts';
import type { AuditStore, StoredEntry } from './ports.ts';
import type { Report } from './verify-report.ts';

/** What retention writes before it erases (see retention.ts), and what erasing is called. */
export const ERASE_EVENT = 'audit_erased';
export const ERASE_OPERATION = 'erase_audit_entries';
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NO_SALT = new Uint8Array();

type Source = Pick<AuditStore, 'query'>;

export interface Erasure {
  /** up to which entry */
  readonly to: number;
  /** everything that went is of an hour before this one (since 1970) */
  readonly beforeHour: number;
}

/** What an entry says that retention has erased. */
export function erasureIn({ texts }: StoredEntry): Erasure | undefined {
  if (texts.eventType !== 'system_event' || texts.actorType !== 'system' || !texts.metadata.includes(ERASE_EVENT))
    return undefined;
  const metadata = JSON.parse(texts.metadata) as { event?: unknown; erased_to?: unknown; retention_days?: unknown };
  const { event, erased_to: to, retention_days: days } = metadata;
  if (event !== ERASE_EVENT || typeof to !== 'number') return undefined;
  return { to, beforeHour: Math.floor((texts.timestamp - (typeof days === 'number' ? days : 0) * DAY_MS) / HOUR_MS) };
}

/** The hour before which entries were erased, as questions tell it; replaying shows whether that is all. */
export async function saidErasedBefore(source: Source, report: Report): Promise<number> {
  let hour = 0;
  for (let beforeSeq: number | undefined; ; ) {
    const page = { eventType: 'system_event', limit: 1000, ...(beforeSeq === undefined ? {} : { beforeSeq }) } as const;
    let entries: Awaited<ReturnType<Source['query']>>;
    try {
      entries = await source.query(page);
    } catch (error) {
      if (!isGgenError(error)) throw error;
      report(error.message);
      return 0;
    }
    for (const entry of entries) {
      const erasure = erasureIn({ seq: entry.seq, texts: entryTexts(entry), salt: NO_SALT });
      hour = Math.max(hour, erasure?.beforeHour ?? 0);
    }
    if (entries.length < page.limit) return hour;
    beforeSeq = entries.at(-1)!.seq;
  }
}
