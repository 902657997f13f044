import type { WebhookConfig } from './configuration.ts';

/** The form of what is sent to an endpoint: Slack takes no other than its own. */
export function webhookForm({ format, url }: Pick<WebhookConfig, 'format' | 'url'>): 'json' | 'slack' {
  const host = URL.parse(url)?.hostname ?? '';
  return format ?? (host === 'slack.com' || host.endsWith('.slack.com') ? 'slack' : 'json');
}
