import { type AuditQuery, auditEntryFromParts, HANDED_OVER, queryAll } from '../audit/index.ts';
import { buildSnapshot, configError, createIntake, type Intake } from '../compose/index.ts';
import { GgenError } from '../kernel/errors.ts';
import type { JsonObject } from '../kernel/json.ts';
import type { RecordedEntry, AuditEntry as StoredEntry } from '../model/audit-entry.ts';
import { type SourceOptions, sourceOf } from './config-source.ts';
import { type LazyStore, lazyStore } from './lazy-store.ts';

/** The guide's AuditEntry. */
export interface AuditEntry extends Omit<StoredEntry, 'timestamp'> {
  readonly timestamp: Date;
}

/** Writes and reads the audit trail. Entries can't be changed or removed through it. */
export class AuditLogger {
  readonly #store: LazyStore;
  readonly #intake: Intake;

  private constructor(store: LazyStore, intake: Intake) {
    this.#store = store;
    this.#intake = intake;
  }

  /** From `config/audit.toml` and the files beside it. Throws CONFIG_MISSING or CONFIG_INVALID. */
  static fromConfig(path: string | URL, options: SourceOptions = {}): AuditLogger {
    const source = sourceOf(path, options);
    const built = buildSnapshot(source.read(), source.places, source.env);
    if (!built.ok) throw configError(built.problems);
    const { loaded } = built.snapshot;
    return new AuditLogger(
      lazyStore(() => loaded.config.audit, source.places),
      createIntake(built.snapshot, HANDED_OVER),
    );
  }

  /**
   * Resolves once the entry is durable, as `[audit] durability` says, or once it is counted where `[audit.filters]`
   * leave it out. Secrets are masked on the way in; what could be taken for a decision of ours gets `metadata.source`
   * "library". INPUT_INVALID for what is no entry, and for events that only
   * the system itself records; STORE_UNAVAILABLE where it could not be written.
   */
  async log(entry: AuditEntry): Promise<void> {
    const stored = toStored(entry);
    await this.#intake(this.#store.opened() ?? (await this.#store.get()), stored);
  }

  /** Newest first. */
  async query(query: AuditQuery): Promise<AuditEntry[]> {
    return (await (await this.#store.get()).query(query.toFilter())).map(fromStored);
  }

  /** Everything that belongs to one operation, newest first. */
  async queryByCorrelationId(correlationId: string): Promise<AuditEntry[]> {
    const found: AuditEntry[] = [];
    for await (const page of queryAll(await this.#store.get(), { correlationId })) found.push(...page.map(fromStored));
    return found;
  }

  /** Everything that the query asks for, its limit aside, oldest first, some at a time in memory. */
  async *stream(query: AuditQuery): AsyncGenerator<AuditEntry> {
    const { limit: _, ...filter } = query.toFilter();
    for await (const entries of (await this.#store.get()).read(filter)) {
      for (const { salt: _salt, ...entry } of entries) yield fromStored(entry);
    }
  }

  async close(): Promise<void> {
    await this.#store.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function toStored(entry: AuditEntry): StoredEntry {
  if (!(entry.timestamp instanceof Date) || Number.isNaN(entry.timestamp.getTime())) {
    throw new GgenError('INPUT_INVALID', 'timestamp must be a valid Date');
  }
  // The strict reader of the JSON form checks the rest, so that both doors accept exactly the same entries.
  const parts: JsonObject = {
    id: entry.id,
    event_type: entry.eventType,
    actor: {
      actor_type: entry.actor.actorType,
      id: entry.actor.id,
      name: entry.actor.name,
      ...(entry.actor.ipAddress === undefined ? {} : { ip_address: entry.actor.ipAddress }),
    },
    operation: {
      name: entry.operation.name,
      ...(entry.operation.parameters === undefined ? {} : { parameters: entry.operation.parameters }),
    },
    ...(entry.target === undefined ? {} : { target: entry.target }),
    result: entry.result,
    metadata: entry.metadata,
    ...(entry.correlationId === undefined ? {} : { correlation_id: entry.correlationId }),
  };
  return auditEntryFromParts(parts, entry.timestamp.getTime());
}

function fromStored({ seq: _seq, timestamp, ...entry }: RecordedEntry): AuditEntry {
  return { ...entry, timestamp: new Date(timestamp) };
}
