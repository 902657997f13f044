import { sha256 } from '../kernel/digest.ts';
import type { AuditEntry, EventType } from '../model/audit-entry.ts';
import type { LeftOut } from './ports.ts';

/** What `[audit.filters]` says; a name is an event type, an operation, a class of operations, or a `metadata.event`. */
export interface RecordFilters {
  readonly alwaysLog: readonly string[];
  readonly neverLog: readonly string[];
  /** by name, the share that is recorded, 0 to 1 */
  readonly samplingRates: Readonly<Record<string, number>>;
}

/** Events of these types say who allowed what, and what went wrong: they are recorded whatever filters say. */
export const ALWAYS_RECORDED: readonly EventType[] = [
  'approval_request',
  'approval_decision',
  'policy_violation',
  'security_incident',
];

/** So are attempts, outcomes and what validators agreed on, by their `metadata.event`. */
const EVENTS: readonly unknown[] = ['attempt', 'outcome', 'consensus'];

/**
 * Whether an entry that a program or another system hands over is recorded. `always_log` beats `never_log`, which
 * beats sampling; where several rates match, the largest counts. The same id is always in or always out, and what is
 * in at one rate is in at every larger one.
 */
export function createRecordFilter(
  filters: RecordFilters,
  classesOf: (operation: string) => readonly string[],
): (entry: AuditEntry) => 'record' | LeftOut {
  const always = new Set(filters.alwaysLog);
  const never = new Set(filters.neverLog);
  const rates = new Map(Object.entries(filters.samplingRates));
  if (never.size === 0 && rates.size === 0) return () => 'record';
  return (entry) => {
    if (ALWAYS_RECORDED.includes(entry.eventType) || EVENTS.includes(entry.metadata.event)) return 'record';
    const names = namesOf(entry, classesOf);
    if (names.some((name) => always.has(name))) return 'record';
    if (names.some((name) => never.has(name))) return 'never_log';
    const matching = names.flatMap((name) => rates.get(name) ?? []);
    if (matching.length === 0) return 'record';
    return shareOf(entry.id) < Math.max(...matching) ? 'record' : 'sampled';
  };
}

/** All that an entry can be called in a filter. The guide writes classes with `_operation` behind them. */
function namesOf(entry: AuditEntry, classesOf: (operation: string) => readonly string[]): string[] {
  const { event } = entry.metadata;
  const classes = classesOf(entry.operation.name);
  return [
    entry.eventType,
    entry.operation.name,
    ...classes,
    ...classes.map((name) => `${name}_operation`),
    ...(typeof event === 'string' ? [event] : []),
  ];
}

/** A number in [0, 1) that is a function of the id alone. */
export function shareOf(id: string): number {
  return Number.parseInt(sha256(`ggen-governance/sample\n${id.toLowerCase()}`).slice(0, 12), 16) / 2 ** 48;
}
