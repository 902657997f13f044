import { whyRefusedUrl } from '../adapters/notify/index.ts';
import type { ApprovalsConfig } from '../model/configuration.ts';

interface Target {
  readonly rule: string;
  readonly url: string | undefined;
  readonly allowPrivate: boolean | undefined;
}

/** Targets that nothing would ever be sent to: on this machine or in its networks, as their URL says, without allow_private. */
export function privateTargets({
  webhooks,
  email,
  approvers,
}: Pick<ApprovalsConfig, 'webhooks' | 'email' | 'approvers'>): { readonly rule: string; readonly message: string }[] {
  const targets: Target[] = [
    ...(webhooks.enabled ? webhooks.endpoint : []).map((one, index) => ({
      ...one,
      rule: `approvals.webhooks.endpoint[${index}].url`,
    })),
    ...approvers.agent.map((one, index) => ({
      rule: `approvals.approvers.agent[${index}].url`,
      url: one.autoApprove ? one.url : undefined,
      allowPrivate: one.allowPrivate,
    })),
    {
      rule: 'approvals.email.smtp_url',
      url: email.enabled ? email.smtpUrl : undefined,
      allowPrivate: email.allowPrivate,
    },
  ];
  return targets.flatMap(({ rule, url, allowPrivate }) => {
    const why = url === undefined || allowPrivate ? undefined : whyRefusedUrl(url);
    return why === undefined ? [] : [{ rule, message: `is never connected to: ${why} beside it` }];
  });
}
