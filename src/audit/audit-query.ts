import { GgenError } from '../kernel/errors.ts';
import { isUuid } from '../kernel/ids.ts';
import { nearest, printable } from '../kernel/text.ts';
import { EVENT_TYPES, type EventType, OPERATION_RESULTS, type OperationResult } from '../model/audit-entry.ts';
import type { AuditFilter } from './ports.ts';

/** How many entries a query returns that names no limit. */
const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000_000;

/**
 * The guide's query: which entries of the audit trail a reader wants, newest first. Each call narrows and returns a
 * new query, so that one can be kept and narrowed further. INPUT_INVALID for a value that can't match anything.
 */
export class AuditQuery {
  readonly #filter: AuditFilter;

  constructor(filter: AuditFilter = { limit: DEFAULT_LIMIT }) {
    this.#filter = filter;
  }

  /** Entries of this instant or later; a number is milliseconds since 1970. */
  from(time: Date | number): AuditQuery {
    return this.#with({ from: instant('from', time) });
  }

  /** Entries before this instant; a number is milliseconds since 1970. */
  to(time: Date | number): AuditQuery {
    return this.#with({ to: instant('to', time) });
  }

  eventType(eventType: EventType): AuditQuery {
    return this.#with({ eventType: oneOf('event type', eventType, EVENT_TYPES) });
  }

  /** Entries by the actor with this id. */
  actor(id: string): AuditQuery {
    return this.#with({ actor: word('actor', id) });
  }

  /** Entries about the operation with this name. */
  operation(name: string): AuditQuery {
    return this.#with({ operation: word('operation', name) });
  }

  result(result: OperationResult): AuditQuery {
    return this.#with({ result: oneOf('result', result, OPERATION_RESULTS) });
  }

  correlationId(id: string): AuditQuery {
    const wanted = word('correlation id', id);
    // UUIDs are recorded in lower case.
    return this.#with({ correlationId: isUuid(wanted) ? wanted.toLowerCase() : wanted });
  }

  /** Entries that hold this text in target, parameters, metadata or the actor's name; ASCII letters in either case. */
  text(text: string): AuditQuery {
    return this.#with({ text: word('text', text) });
  }

  /** At most this many entries, 1 to 1,000,000; 100 where nothing is said. */
  limit(count: number): AuditQuery {
    if (!Number.isInteger(count) || count < 1 || count > MAX_LIMIT) {
      throw new GgenError('INPUT_INVALID', `limit takes a whole number from 1 to ${MAX_LIMIT}, not ${count}`);
    }
    return this.#with({ limit: count });
  }

  /** The page after one that ended with the entry of this sequence number. */
  cursor(seq: number): AuditQuery {
    if (!Number.isSafeInteger(seq) || seq < 1) {
      throw new GgenError('INPUT_INVALID', `cursor takes the sequence number where the last page ended, not ${seq}`);
    }
    return this.#with({ beforeSeq: seq });
  }

  toFilter(): AuditFilter {
    return this.#filter;
  }

  #with(more: Partial<AuditFilter>): AuditQuery {
    return new AuditQuery({ ...this.#filter, ...more });
  }
}

function instant(what: string, time: Date | number): number {
  const ms = typeof time === 'number' ? time : time.getTime();
  if (Number.isFinite(ms)) return ms;
  throw new GgenError('INPUT_INVALID', `${what} is no instant`, { hint: 'a valid Date, or milliseconds since 1970' });
}

function word(what: string, value: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new GgenError('INPUT_INVALID', `${what} must be a string that is not empty`);
}

function oneOf<T extends string>(what: string, value: string, known: readonly T[]): T {
  const found = known.find((candidate) => candidate === value);
  if (found !== undefined) return found;
  const shown = printable(String(value), 64);
  const near = nearest(shown, known);
  throw new GgenError('INPUT_INVALID', `${what} ${JSON.stringify(shown)} is none of ${known.join(', ')}`, {
    ...(near ? { hint: `did you mean ${near}?` } : {}),
  });
}
