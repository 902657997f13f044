import { postJson } from '../../adapters/notify/index.ts';
import type { JsonObject } from '../../kernel/json.ts';
import type { ApprovalsConfig } from '../../model/configuration.ts';
import { webhookForm } from '../../model/webhook-form.ts';

const TIMEOUT_MS = 5000;

/** Has Slack show one message where the button was pressed; why it does not. */
export type SlackAnswer = (message: JsonObject) => Promise<string | undefined>;

/**
 * How Slack is told, at the address that came with a click; undefined where it may not be used.
 * THREAT: an address from outside. Only the origin of a configured endpoint of Slack's form counts: messages go there anyway.
 */
export function slackAnswer(
  { webhooks }: Pick<ApprovalsConfig, 'webhooks'>,
  responseUrl: string | undefined,
): SlackAnswer | undefined {
  const origin = URL.parse(responseUrl ?? '')?.origin;
  const endpoints = webhooks.enabled ? webhooks.endpoint : [];
  const endpoint = endpoints.find((one) => webhookForm(one) === 'slack' && URL.parse(one.url)?.origin === origin);
  if (endpoint === undefined || responseUrl === undefined) return undefined;
  const target = { url: responseUrl, headers: {}, allowPrivate: endpoint.allowPrivate };
  return async (message) => {
    const answer = await postJson(target, JSON.stringify(message), {}, { timeoutMs: TIMEOUT_MS });
    if ('fault' in answer) return answer.fault;
    return answer.status < 300 ? undefined : `${origin} answered ${answer.status}`;
  };
}
