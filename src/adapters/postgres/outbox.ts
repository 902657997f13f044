import { randomBytes } from 'node:crypto';
import type { AuditEntry } from '../../model/audit-entry.ts';
import type { Session } from './connections.ts';
import type { PreparedEntry } from './entry-values.ts';
import type { LastStatement } from './write-last.ts';

/** What is counted by hour of an event that filters left out. */
export interface LeftOutCount {
  readonly hour: number;
  readonly eventType: string;
  readonly operation: string;
  readonly actorId: string;
  readonly result: string;
  count: number;
}

/**
 * One statement, so that a batch is there or not. The ids come first and sorted: two batches that hold the same ids
 * wait for each other in the same order. What is known already is left out, and so are its rows.
 */
const APPEND = `
  WITH given AS (
    SELECT * FROM unnest($1::bytea[], $2::bigint[], $3::bytea[], $4::text[], $5::text[], $6::text[], $7::text[],
      $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[]) WITH ORDINALITY
      AS given (id, timestamp, correlation_id, event_type, actor_type, actor_id, actor_name, ip_address, operation,
        parameters, target, result, metadata, place)
  ), fresh AS (
    INSERT INTO audit_ids (id, batch) SELECT id, $14 FROM given ORDER BY id ON CONFLICT DO NOTHING RETURNING id
  )
  INSERT INTO audit_outbox (id, timestamp, correlation_id, event_type, actor_type, actor_id, actor_name, ip_address,
    operation, parameters, target, result, metadata)
  SELECT id, timestamp, correlation_id, event_type, actor_type, actor_id, actor_name, ip_address, operation,
    parameters, target, result, metadata
  FROM given JOIN fresh USING (id) ORDER BY place`;

const OURS = 'SELECT id FROM audit_ids WHERE id = ANY ($1) AND batch = $2';

const LEAVE_OUT = `
  INSERT INTO audit_left_out (hour, event_type, operation, actor_id, result, left_out)
  SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[])`;

/** Names a batch of entries among all that were ever written. */
export function newBatch(): string {
  return randomBytes(8).readBigInt64BE().toString();
}

/**
 * Puts entries with different ids into the outbox, in their order; how many were written. Where some are missing,
 * `idsOf` says which are there through this batch.
 */
export function appendEntries(session: Session, entries: readonly PreparedEntry[], batch: string): Promise<number> {
  return session.write(APPEND, valuesOf(entries, batch), 'append');
}

/** The same as plain data, for another process. */
export function appendStatement(entries: readonly PreparedEntry[], batch: string): LastStatement {
  const plain = (value: unknown): unknown => (Buffer.isBuffer(value) ? `\\x${value.toString('hex')}` : value);
  const values = valuesOf(entries, batch).map((value) => (Array.isArray(value) ? value.map(plain) : value));
  return { sql: APPEND, values };
}

function valuesOf(entries: readonly PreparedEntry[], batch: string): readonly unknown[] {
  const texts = entries.map((entry) => entry.texts);
  return [
    entries.map((entry) => entry.id),
    texts.map((one) => one.timestamp),
    entries.map((entry) => entry.correlationId),
    texts.map((one) => one.eventType),
    texts.map((one) => one.actorType),
    texts.map((one) => one.actorId),
    texts.map((one) => one.actorName),
    texts.map((one) => one.ipAddress),
    texts.map((one) => one.operation),
    texts.map((one) => one.parameters),
    texts.map((one) => one.target),
    texts.map((one) => one.result),
    texts.map((one) => one.metadata),
    batch,
  ];
}

/** Which of these ids this batch has written, in hex. */
export async function idsOf(session: Session, ids: readonly Buffer[], batch: string): Promise<ReadonlySet<string>> {
  const rows = await session.query(OURS, [ids, batch]);
  return new Set(rows.map((row) => (row.id as Buffer).toString('hex')));
}

/**
 * True where this batch has written the entry. A transaction of it that is still under way somewhere is waited for:
 * afterwards it is settled.
 */
export async function isWritten(session: Session, id: Buffer, batch: string): Promise<boolean> {
  await session.query('BEGIN');
  await session.query('INSERT INTO audit_ids (id, batch) VALUES ($1, $2) ON CONFLICT DO NOTHING', [id, newBatch()]);
  const written = await session.query('SELECT 1 FROM audit_ids WHERE id = $1 AND batch = $2', [id, batch]);
  await session.query('ROLLBACK');
  return written.length > 0;
}

export async function appendLeftOut(session: Session, counts: readonly LeftOutCount[]): Promise<void> {
  await session.query(LEAVE_OUT, [
    counts.map((one) => one.hour),
    counts.map((one) => one.eventType),
    counts.map((one) => one.operation),
    counts.map((one) => one.actorId),
    counts.map((one) => one.result),
    counts.map((one) => one.count),
  ]);
}

/** What an event that is left out counts for. */
export function leftOutCount(entry: AuditEntry): LeftOutCount {
  return {
    hour: Math.floor(entry.timestamp / 3_600_000),
    eventType: entry.eventType,
    operation: entry.operation.name,
    actorId: entry.actor.id,
    result: entry.result,
    count: 1,
  };
}
