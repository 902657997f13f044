import type { ComplianceConfig } from '../../model/configuration.ts';
import { boolean, integer, type Spec } from '../spec.ts';
import { optionalTable, record, table } from '../spec-tables.ts';

const REPORTS = 'compliance is not assessed yet';
const PRINCIPLES = ['security', 'availability', 'processing_integrity', 'confidentiality', 'privacy'];

const flags = (doc: string, known?: readonly string[]): Spec<Readonly<Record<string, boolean>>> =>
  record(doc, boolean('Whether it is assessed.', { default: true, later: REPORTS }), known ? { known } : {});

export const compliance = table<ComplianceConfig>('Standards to be assessed against.', {
  iso27001: optionalTable(
    table('ISO 27001.', {
      enabled: boolean('Whether it is assessed.', { default: true, later: REPORTS }),
      auditRetentionDays: integer('Retention it asks for, in days.', {
        default: 365,
        min: 1,
        max: 36_500,
      }),
      requireEncryptionAtRest: boolean('Encryption at rest.', { default: true, later: REPORTS }),
      requireEncryptionInTransit: boolean('Encryption in transit.', { default: true, later: REPORTS }),
      requireAccessLogs: boolean('Access logs.', { default: true, later: REPORTS }),
      requireChangeManagement: boolean('Whether somebody must approve before retention erases entries of the log.', {
        default: true,
      }),
      controls: flags('Controls, by name.'),
    }),
  ),
  soc2: optionalTable(
    table('SOC 2.', {
      enabled: boolean('Whether it is assessed.', { default: true, later: REPORTS }),
      trustPrinciples: flags(`Trust principles: ${PRINCIPLES.join(', ')}.`, PRINCIPLES),
      controls: flags('Controls, by name.'),
    }),
  ),
});
