import type { AuditConfig } from '../../model/configuration.ts';
import { boolean, integer, number, oneOf, optionalText, text, withVariables } from '../spec.ts';
import { record, table } from '../spec-tables.ts';
import { texts } from './texts.ts';

export const audit = table<AuditConfig>('What is recorded, where, for how long.', {
  enabled: boolean('Only audit-only mode may do without.', { default: true }),
  durability: oneOf('disk survives a power cut, os survives kill -9 and is faster.', ['disk', 'os'], {
    default: 'disk',
  }),
  retentionDays: integer('How long entries are kept, in days.', {
    default: 90,
    min: 1,
    max: 36_500,
  }),
  compressionEnabled: boolean('Whether entries are compressed.', {
    default: true,
  }),
  witnesses: texts('Further files that keep the signed checkpoints of the log, relative to the workspace.'),
  storage: table('Where.', {
    backend: oneOf('Kind of store.', ['sqlite', 'postgres', 's3'], {
      default: 'sqlite',
      laterFor: {
        s3: 'the s3 store comes later: nothing starts with it',
      },
    }),
    path: text('File of the sqlite store, relative to the workspace.', { default: '.ggen/audit.db', nonEmpty: true }),
    connectionString: withVariables(
      optionalText('Of the postgres store: postgresql://user:${PGPASSWORD}@host/database?sslmode=verify-full.'),
    ),
  }),
  filters: table('What is left out.', {
    alwaysLog: texts(
      'Recorded whatever the other two say: event types, operations, classes of operations, metadata.event.',
    ),
    neverLog: texts(
      'Not recorded, only counted; attempts, outcomes, approvals, violations and incidents are recorded all the same.',
    ),
    samplingRates: record(
      'Share recorded, by name; the rest is counted.',
      number('A share.', { default: 1, min: 0, max: 1 }),
    ),
  }),
  export: table('Copies for other systems.', {
    enabled: boolean('Whether copies are made.', { default: false }),
    format: oneOf('Form of the copies.', ['json', 'csv', 'parquet'], { default: 'json' }),
    intervalHours: integer('How often, in hours.', { default: 24, min: 1, max: 8760 }),
    destination: text('Folder, relative to the workspace.', { default: '.ggen/audit-exports/' }),
  }),
});
