import { nearest } from '../kernel/text.ts';
import type { ApprovalsConfig } from '../model/configuration.ts';
import { webhookForm } from '../model/webhook-form.ts';
import { parseListenAddress } from './listen-address.ts';
import type { Report } from './spec.ts';

/** Buttons in Slack: who stands behind which user there, and what it takes that any are shown. */
export function slackButtons(
  { slack, approvers, webhooks }: ApprovalsConfig,
  unset: readonly { readonly path: string }[],
  report: Report,
): void {
  whoIsWho(slack.users, approvers, report);
  if (!slack.buttons) return;
  const path = 'approvals.slack.buttons';
  const isUnset = unset.some((one) => one.path === 'approvals.slack.signing_secret');
  if (slack.signingSecret === undefined && !isUnset) {
    const hint = 'signing_secret = "${SLACK_SIGNING_SECRET}", from Basic Information of the Slack app';
    report.error(path, 'needs signing_secret: without it nobody knows who sent a click', hint);
  }
  if (Object.keys(slack.users).length === 0) {
    const hint = '[approvals.slack.users] U0123ABC = "ann"';
    report.warning(path, 'has no effect: users names nobody who may click', hint);
  }
  if (!webhooks.enabled || !webhooks.endpoint.some((one) => webhookForm(one) === 'slack')) {
    report.warning(path, 'has no effect: no [[approvals.webhooks.endpoint]] that is on is Slack’s');
  }
  if (parseListenAddress(slack.listen)?.isLoopback === false) {
    const hint = 'put a proxy that speaks TLS in front';
    report.warning('approvals.slack.listen', 'listens beyond this machine, and speaks no TLS', hint);
  }
}

function whoIsWho(
  users: ApprovalsConfig['slack']['users'],
  { user, agent }: ApprovalsConfig['approvers'],
  report: Report,
): void {
  const holders = new Map<string, string>();
  for (const [slackUser, id] of Object.entries(users)) {
    const path = `approvals.slack.users.${slackUser}`;
    const named = JSON.stringify(id);
    // Empty is an error already.
    if (id === '') continue;
    if (agent.some((one) => one.id === id)) {
      report.error(path, `${named} is an agent, and a click is a person’s`);
    } else if (!user.some((one) => one.id === id)) {
      const ids = user.map((one) => one.id);
      const near = nearest(id, ids);
      const hint = near === undefined ? 'name them under [[approvers.user]] first' : `did you mean ${near}?`;
      report.error(path, `${named} is no [[approvers.user]]`, hint);
    }
    // One person, one account: who clicked must be told apart for ever.
    const other = holders.get(id);
    if (other !== undefined) report.error(path, `${named} is ${other} already: one approver has one Slack user`);
    holders.set(id, slackUser);
  }
}
