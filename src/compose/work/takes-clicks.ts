import { SLACK_NAMESPACE, slackButtonsOf, statusAt } from '../../approvals/index.ts';
import { isGgenError } from '../../kernel/errors.ts';
import type { ApprovalRecord } from '../../model/approval.ts';
import type { WorkParts } from './parts.ts';

/** True where somebody's click in Slack would decide on the request now: buttons that do nothing are shown to nobody. */
export function takesClicks({ snapshot, desk }: WorkParts, record: ApprovalRecord): boolean {
  const { loaded, keys } = snapshot();
  const now = Date.now();
  const users = slackButtonsOf(loaded.config.approvals)?.users ?? new Map<string, string>();
  if (statusAt(record, now) !== 'pending') return false;
  return [...users].some(([user, approver]) => {
    if (!keys.has(approver, now, SLACK_NAMESPACE)) return false;
    try {
      desk.assertMayDecide(record, approver, { via: { relay: 'slack', user } });
      return true;
    } catch (error) {
      if (isGgenError(error) && error.code === 'NOT_PERMITTED') return false;
      throw error;
    }
  });
}
