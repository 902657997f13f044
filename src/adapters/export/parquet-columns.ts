import type { SchemaElement } from 'hyparquet';
import type { ColumnSource } from 'hyparquet-writer';
import { type LoggedEntry, loggedEntryFromJson } from '../../audit/index.ts';
import { canonicalJson } from '../../kernel/canonical-json.ts';
import type { Json } from '../../kernel/json.ts';
import { parseJson } from '../../kernel/json-scan.ts';

type Kind = 'number' | 'time' | 'text' | 'uuid' | 'bytes';

interface Column {
  readonly name: string;
  readonly kind: Kind;
  readonly optional?: boolean;
  value(entry: LoggedEntry): string | bigint | Uint8Array | undefined;
}

/** The columns of an export, with the names that CSV has too. Parameters and metadata are canonical JSON. */
const COLUMNS: readonly Column[] = [
  { name: 'seq', kind: 'number', value: ({ seq }) => BigInt(seq) },
  { name: 'id', kind: 'uuid', value: ({ id }) => uuidBytes(id) },
  { name: 'timestamp', kind: 'time', value: ({ timestamp }) => BigInt(Math.trunc(timestamp)) },
  { name: 'event_type', kind: 'text', value: ({ eventType }) => eventType },
  { name: 'actor_type', kind: 'text', value: ({ actor }) => actor.actorType },
  { name: 'actor_id', kind: 'text', value: ({ actor }) => actor.id },
  { name: 'actor_name', kind: 'text', value: ({ actor }) => actor.name },
  { name: 'ip_address', kind: 'text', optional: true, value: ({ actor }) => actor.ipAddress },
  { name: 'operation', kind: 'text', value: ({ operation }) => operation.name },
  {
    name: 'operation_parameters',
    kind: 'text',
    optional: true,
    value: ({ operation: { parameters } }) => (parameters === undefined ? undefined : canonicalJson(parameters)),
  },
  { name: 'target', kind: 'text', optional: true, value: ({ target }) => target },
  { name: 'result', kind: 'text', value: ({ result }) => result },
  { name: 'metadata', kind: 'text', value: ({ metadata }) => canonicalJson(metadata) },
  { name: 'correlation_id', kind: 'uuid', optional: true, value: ({ correlationId: id }) => id && uuidBytes(id) },
  { name: 'salt', kind: 'bytes', value: ({ salt }) => Buffer.from(salt, 'hex') },
];

const TYPES: Readonly<Record<Kind, Partial<SchemaElement>>> = {
  number: { type: 'INT64' },
  time: {
    type: 'INT64',
    converted_type: 'TIMESTAMP_MILLIS',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
  },
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  uuid: { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 16, logical_type: { type: 'UUID' } },
  bytes: { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 16 },
};

export const PARQUET_SCHEMA: SchemaElement[] = [
  { name: 'audit', num_children: COLUMNS.length },
  ...COLUMNS.map(
    ({ name, kind, optional }): SchemaElement => ({
      name,
      repetition_type: optional ? 'OPTIONAL' : 'REQUIRED',
      ...TYPES[kind],
    }),
  ),
];

/** Entries as columns. */
export function parquetColumns(entries: readonly LoggedEntry[]): ColumnSource[] {
  return COLUMNS.map(({ name, kind, value }) => ({
    name,
    data: entries.map(value),
    ...(kind === 'number' || kind === 'time' ? { encoding: 'PLAIN' as const } : {}),
    // What is random has no bounds that a reader could skip by.
    ...(kind === 'bytes' || kind === 'uuid' ? { statistics: false } : {}),
  }));
}

/** The entry of a row as hyparquet reads it. INPUT_INVALID where it is none. */
export function entryFromRow(row: Readonly<Record<string, unknown>>): LoggedEntry {
  const text = (name: string): Json => (row[name] as Json | undefined) ?? null;
  const json = (name: string): Json => (row[name] == null ? null : (parseJson(String(row[name])) as Json));
  const { timestamp, salt } = row;
  return loggedEntryFromJson({
    seq: Number(row.seq),
    id: text('id'),
    timestamp: timestamp instanceof Date && !Number.isNaN(timestamp.getTime()) ? timestamp.toISOString() : null,
    event_type: text('event_type'),
    actor: {
      actor_type: text('actor_type'),
      id: text('actor_id'),
      name: text('actor_name'),
      ip_address: text('ip_address'),
    },
    operation: { name: text('operation'), parameters: json('operation_parameters') },
    target: text('target'),
    result: text('result'),
    metadata: json('metadata'),
    correlation_id: text('correlation_id'),
    salt: salt instanceof Uint8Array ? Buffer.from(salt).toString('hex') : null,
  });
}

function uuidBytes(id: string): Uint8Array {
  return Buffer.from(id.replaceAll('-', ''), 'hex');
}
