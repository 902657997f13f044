import type { IncidentResponseConfig } from '../../model/configuration.ts';
import { boolean, integer, oneOf, optionalTable, optionalText, table } from '../spec.ts';
import { texts } from './texts.ts';

const INCIDENTS = 'incidents are recorded, but not answered yet';

const incidentAction = (doc: string, otherwise: 'log' | 'log_and_block' | 'log_block_and_alert' | 'log_and_isolate') =>
  oneOf(doc, ['log', 'log_and_block', 'log_block_and_alert', 'log_and_isolate'], {
    default: otherwise,
    later: INCIDENTS,
  });

export const security = table<{ incidentResponse: IncidentResponseConfig | undefined }>('How incidents are answered.', {
  incidentResponse: optionalTable(
    table<IncidentResponseConfig>('How incidents are answered.', {
      enabled: boolean('Whether incidents are answered.', { default: true, later: INCIDENTS }),
      actions: table('What happens on which incident.', {
        onPolicyViolation: incidentAction('On a policy violation.', 'log_and_block'),
        onSecurityIncident: incidentAction('On a security incident.', 'log_block_and_alert'),
        onByzantineFault: incidentAction('On a proven Byzantine fault.', 'log_and_isolate'),
      }),
      alerts: table('Who is alerted.', {
        email: texts('Addresses.', INCIDENTS),
        slackWebhook: optionalText('Slack webhook.', { later: INCIDENTS }),
        pagerdutyKey: optionalText('PagerDuty key.', { later: INCIDENTS }),
      }),
      autoRemediation: table('What is mended by itself.', {
        enabled: boolean('Whether anything is.', { default: false, later: INCIDENTS }),
        isolateFaultyAgents: boolean('Isolate agents proven faulty.', { default: true, later: INCIDENTS }),
        rollbackOnFailure: boolean('Run registered compensations.', { default: true, later: INCIDENTS }),
        escalateAfterAttempts: integer('Failed attempts before a person is asked.', {
          default: 3,
          min: 1,
          max: 1000,
          later: INCIDENTS,
        }),
      }),
    }),
  ),
});
