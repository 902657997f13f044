import type { IncidentAction, IncidentResponseConfig } from '../../model/configuration.ts';
import { boolean, integer, oneOf, optionalText, type Spec, text, withVariables } from '../spec.ts';
import { list, optionalTable, table, withoutUnset } from '../spec-tables.ts';
import { isWebAddress } from './texts.ts';

const INCIDENTS = 'incidents are recorded, but not answered yet';
const ACTIONS = ['log', 'log_and_block', 'log_block_and_alert', 'log_and_isolate'] as const;

const action = (doc: string, otherwise: IncidentAction): Spec<IncidentAction> =>
  oneOf(doc, ACTIONS, { default: otherwise, later: INCIDENTS });

const address = withVariables(text('An address.', { default: '', nonEmpty: true }));

/** `[security]`, which holds `[security.incident_response]` alone. */
export const security = table<{ incidentResponse: IncidentResponseConfig | undefined }>('How incidents are answered.', {
  incidentResponse: optionalTable(
    table<IncidentResponseConfig>('How incidents are answered.', {
      enabled: boolean('Whether incidents are answered.', { default: true, later: INCIDENTS }),
      actions: table('What happens on which incident.', {
        onPolicyViolation: action('On a policy violation.', 'log_and_block'),
        onSecurityIncident: action('On a security incident.', 'log_block_and_alert'),
        onByzantineFault: action('On a proven Byzantine fault.', 'log_and_isolate'),
      }),
      alerts: table('Who is alerted.', {
        email: {
          ...withoutUnset(list('Addresses.', address, { absent: (): readonly string[] => [] })),
          later: INCIDENTS,
        },
        slackWebhook: withVariables(optionalText('Slack webhook.', { later: INCIDENTS }), isWebAddress),
        pagerdutyKey: withVariables(optionalText('PagerDuty key.', { later: INCIDENTS })),
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
