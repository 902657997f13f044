import type { EmailConfig, WebhookConfig } from '../../model/configuration.ts';
import { boolean, oneOf, optional, optionalText, type Spec, text, withVariables } from '../spec.ts';
import { list, record, table, withoutUnset } from '../spec-tables.ts';
import { isMailServer, isWebAddress, texts } from './texts.ts';

const EVENTS = [
  'approval_required',
  'approval_granted',
  'approval_rejected',
  'approval_expired',
  'approval_cancelled',
  'approval_revoked',
  'approval_reminder',
  'approval_escalated',
] as const;

const events = list('Which events are sent.', oneOf('An event.', EVENTS, { default: 'approval_required' }), {
  absent: (): readonly string[] => [],
}) as Spec<readonly string[]>;

const webhook = table<WebhookConfig>('One endpoint.', {
  url: withVariables(
    text('Where to: an http or https URL.', { default: '', nonEmpty: true, required: true }),
    isWebAddress,
  ),
  events,
  headers: record('Headers to send.', withVariables(text('A header.', { default: '' }))),
  authToken: withVariables(optionalText('Bearer token.')),
  secret: withVariables(
    optionalText('Signs what is sent, as in "whsec_…" (Standard Webhooks); two of them while it is changed.'),
  ),
  format: optional(
    oneOf('The form of what is sent; "slack" for addresses of slack.com, else "json".', ['json', 'slack'], {
      default: 'json',
    }),
  ),
  allowPrivate: boolean('Whether the address may be private or loopback.', { default: false }),
});

/** `[approvals.webhooks]` */
export const webhooks = table('Who is told, over HTTP.', {
  enabled: boolean('Whether anything is sent.', { default: false }),
  endpoint: withoutUnset(list('Endpoints.', webhook, { absent: (): readonly WebhookConfig[] => [] })),
});

/** `[approvals.email]` */
export const email = table<EmailConfig>('Who is told, by mail.', {
  enabled: boolean('Whether anything is sent.', { default: false }),
  smtpUrl: withVariables(
    optionalText('The mail server, as in "smtps://user:${SMTP_PASSWORD}@host:465".'),
    isMailServer,
  ),
  from: text('The sender.', { default: '' }),
  to: texts('The receivers.'),
  events,
  allowPrivate: boolean('Whether the server may be private or loopback.', { default: false }),
});
