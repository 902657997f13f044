import { printable } from '../kernel/text.ts';
import type { AuditEntry, RecordedEntry } from '../model/audit-entry.ts';
import { renderTime } from './time.ts';

const MAX_RULES = 3;
/** What `audit ingest` writes into metadata.source: nothing that the governor saw itself. */
export const INGESTED = 'ingest';
/** And AuditLogger, where an entry could be taken for our own. */
export const HANDED_OVER = 'library';

/** True for an entry that somebody handed over: it may look like one of our own, and is believed for none. */
export function isHandedOver({ metadata: { source } }: Pick<AuditEntry, 'metadata'>): boolean {
  return source === INGESTED || source === HANDED_OVER;
}

/**
 * An entry as one line for a terminal: time, result, what happened, who, the operation and its target, and the rules
 * that decided. Whatever an agent could have put into it is spelt out, so that it can't write to the terminal.
 */
export function renderEntryLine(entry: AuditEntry | RecordedEntry): string {
  const event = typeof entry.metadata.event === 'string' ? entry.metadata.event : entry.eventType;
  const parts = [
    renderTime(entry.timestamp),
    entry.result.padEnd(7),
    printable(event, 40).padEnd(18),
    printable(entry.actor.id, 60),
    printable(entry.operation.name, 60),
  ];
  if (entry.target !== undefined) parts.push(printable(entry.target, 120));
  const rules = rulesOf(entry);
  if (rules !== '') parts.push(`[${rules}]`);
  if (entry.metadata.source === INGESTED) parts.push('(ingested)');
  if (entry.metadata.source === HANDED_OVER) parts.push('(handed over)');
  if ('seq' in entry) parts.push(`#${entry.seq}`);
  return parts.join('  ');
}

function rulesOf({ metadata }: AuditEntry): string {
  if (!Array.isArray(metadata.rules)) return '';
  const rules = metadata.rules.filter((rule) => typeof rule === 'string');
  const shown = rules.slice(0, MAX_RULES).map((rule) => printable(rule, 120));
  return rules.length > MAX_RULES ? `${shown.join('; ')}; …` : shown.join('; ');
}
