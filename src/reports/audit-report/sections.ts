import type { AuditStore } from '../../audit/index.ts';
import type { JsonObject } from '../../kernel/json.ts';
import type { EventType, RecordedEntry } from '../../model/audit-entry.ts';
import type { Period } from './period.ts';
import type { ApprovalSection, EntrySection, PolicyChangeSection, RefusalSection, ShownEntry, Tally } from './types.ts';

/** Where a report looks, and how far. */
export interface SectionScope {
  readonly source: Pick<AuditStore, 'query'>;
  readonly period: Period;
  /** how many entries are listed one by one */
  readonly listed: number;
  /** how many entries of one event type are looked into: bounds the time that a report takes */
  readonly examined: number;
}

/** How many entries are in memory at once. */
const PAGE = 1000;

const NO_RULE = '(no rule named)';

/** Refused actions: `policy_violation` or `security_incident`. `total` is the log's own count of them. */
export async function refusals(scope: SectionScope, eventType: EventType, total: number): Promise<RefusalSection> {
  const byRule = new Map<string, number>();
  const byActor = new Map<string, number>();
  const section = await walk(scope, [eventType], total, (entry) => {
    const rules = new Set(rulesOf(entry.metadata).map(withoutPlace));
    for (const rule of rules.size > 0 ? rules : [NO_RULE]) add(byRule, rule);
    add(byActor, entry.actor.id);
    return true;
  });
  return { ...section, byRule: tallied(byRule), byActor: tallied(byActor) };
}

/** What became of requests for approval; `total` counts the entries of both event types. */
export async function approvals(scope: SectionScope, total: number): Promise<ApprovalSection> {
  const events = new Map<string, number>();
  const deciders = new Map<string, { approved: number; rejected: number }>();
  const section = await walk(scope, ['approval_decision', 'approval_request'], total, (entry) => {
    const event = eventOf(entry) ?? '';
    add(events, event);
    const decision =
      event === 'approval_approved' ? 'approved' : event === 'approval_rejected' ? 'rejected' : undefined;
    if (decision === undefined) return false;
    const person = deciders.get(entry.actor.id) ?? { approved: 0, rejected: 0 };
    person[decision] += 1;
    deciders.set(entry.actor.id, person);
    return true;
  });
  const count = (event: string): number => events.get(`approval_${event}`) ?? 0;
  return {
    ...section,
    requested: count('requested'),
    approved: count('approved'),
    rejected: count('rejected'),
    expired: count('expired'),
    consumed: count('consumed'),
    deciders: [...deciders]
      .map(([key, counts]) => ({ key, ...counts }))
      .sort((a, b) => b.approved + b.rejected - a.approved - a.rejected || compare(a.key, b.key)),
  };
}

/** Changes of what is allowed: `system_event` entries whose `metadata.event` begins with `policy_`. */
export async function policyChanges(scope: SectionScope, total: number): Promise<PolicyChangeSection> {
  const byEvent = new Map<string, number>();
  const section = await walk(scope, ['system_event'], total, (entry) => {
    const event = eventOf(entry);
    if (event === undefined || !event.startsWith('policy_')) return false;
    add(byEvent, event);
    return true;
  });
  return { ...section, byEvent: tallied(byEvent) };
}

/** Looks at the newest entries of some event types, a page at a time; lists the newest that `take` says yes to. */
async function walk(
  { source, period, listed, examined }: SectionScope,
  eventTypes: readonly EventType[],
  total: number,
  take: (entry: RecordedEntry) => boolean,
): Promise<EntrySection> {
  let seen = 0;
  const newest: ShownEntry[] = [];
  for (const eventType of eventTypes) {
    let left = examined;
    let beforeSeq: number | undefined;
    while (left > 0) {
      const limit = Math.min(PAGE, left);
      const page = await source.query({
        ...period,
        eventType,
        limit,
        ...(beforeSeq === undefined ? {} : { beforeSeq }),
      });
      let kept = 0;
      for (const entry of page) {
        if (take(entry) && kept < listed) {
          newest.push(shown(entry));
          kept += 1;
        }
      }
      newest.sort((a, b) => b.seq - a.seq).splice(listed);
      seen += page.length;
      left -= page.length;
      if (page.length < limit) break;
      beforeSeq = page.at(-1)!.seq;
    }
  }
  // Entries that came while the report was made are in one of the two counts only.
  return { total: Math.max(total, seen), examined: seen, newest };
}

function shown(entry: RecordedEntry): ShownEntry {
  return {
    seq: entry.seq,
    id: entry.id,
    timestamp: entry.timestamp,
    actor: entry.actor.id,
    actorName: entry.actor.name,
    operation: entry.operation.name,
    target: entry.target,
    event: eventOf(entry),
    reason: reasonOf(entry.metadata),
  };
}

function eventOf(entry: RecordedEntry): string | undefined {
  return textAt(entry.metadata, 'event');
}

function rulesOf(metadata: JsonObject): string[] {
  const { rules } = metadata;
  return Array.isArray(rules) ? rules.filter((rule) => typeof rule === 'string') : [];
}

/** `policies.agents.writer.cannot_write[0]` of `policies.agents.writer.cannot_write[0] config/governance.toml:12`. */
function withoutPlace(rule: string): string {
  return rule.replace(/ \S+:\d{1,9}$/, '');
}

/** What people wrote comes before the rules that decided. */
function reasonOf(metadata: JsonObject): string {
  const said = ['comment', 'reason', 'message'].map((key) => textAt(metadata, key)).find((text) => text !== undefined);
  return said ?? rulesOf(metadata).join('; ');
}

function textAt(metadata: JsonObject, key: string): string | undefined {
  const value = metadata[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function tallied(counts: ReadonlyMap<string, number>): Tally[] {
  return [...counts].map(([key, count]) => ({ key, count })).sort((a, b) => b.count - a.count || compare(a.key, b.key));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
