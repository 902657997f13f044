import { sha256 } from '../kernel/digest.ts';
import type { Clock } from '../kernel/ports.ts';
import type { ApprovalRecord, ApprovalStatus } from '../model/approval.ts';
import type { ApprovalsConfig, EmailConfig, WebhookConfig } from '../model/configuration.ts';
import type { NewJob } from '../model/job.ts';

export type NoticeEvent =
  | 'approval_required'
  | 'approval_granted'
  | 'approval_rejected'
  | 'approval_expired'
  | 'approval_cancelled'
  | 'approval_revoked'
  | 'approval_reminder'
  | 'approval_escalated';

/** What kinds of jobs approvals bring. */
export const JOB = {
  /** what time does to the request: approves, expires */
  timer: 'approval_timer',
  escalation: 'approval_escalation',
  reminder: 'approval_reminder',
  /** one message to one receiver */
  notice: 'approval_notice',
} as const;

/** One agent's decision: a kind of its own, since only who has the agent's key can do it. */
export function agentVoteJob(agent: string): string {
  return `approval_agent_vote ${agent}`;
}

/** What no message and no decision is: it has no receiver. */
export const TIMER_JOBS: readonly string[] = [JOB.timer, JOB.escalation, JOB.reminder];

/** One receiver of messages. `id` names it without telling its address, which may hold a secret. */
export type Endpoint = { readonly id: string; readonly events: readonly string[] } & (
  | { readonly kind: 'webhook'; readonly webhook: WebhookConfig }
  | { readonly kind: 'email'; readonly email: EmailConfig }
);

/** The receivers that are configured and on. */
export function endpointsOf({ webhooks, email }: Pick<ApprovalsConfig, 'webhooks' | 'email'>): Endpoint[] {
  const overHttp = webhooks.enabled ? webhooks.endpoint : [];
  const byMail = email.enabled && email.smtpUrl !== undefined ? [email] : [];
  return [
    ...overHttp.map((webhook) => ({
      kind: 'webhook' as const,
      id: sha256(`webhook ${webhook.url}`).slice(0, 12),
      events: webhook.events,
      webhook,
    })),
    ...byMail.map((one) => ({
      kind: 'email' as const,
      id: sha256(`email ${one.to.join(' ')}`).slice(0, 12),
      events: one.events,
      email: one,
    })),
  ];
}

export interface JobMaker {
  /** Everything that a new request brings: its messages, timers, and the agents that decide. */
  asked(record: ApprovalRecord): NewJob[];
  /** What a step of it brings: messages, and the end of the time to use it. */
  became(record: ApprovalRecord, status: ApprovalStatus): NewJob[];
  /** The messages of one event. */
  notices(event: NoticeEvent, record: ApprovalRecord): NewJob[];
  reminder(record: ApprovalRecord): NewJob[];
}

const EVENT_OF: Partial<Record<ApprovalStatus, NoticeEvent>> = {
  approved: 'approval_granted',
  rejected: 'approval_rejected',
  expired: 'approval_expired',
  cancelled: 'approval_cancelled',
  superseded: 'approval_cancelled',
  revoked: 'approval_revoked',
};

/** What people are told of a request that stands so. */
export function noticeOf(status: ApprovalStatus): NoticeEvent {
  if (status === 'consumed') return 'approval_granted';
  return EVENT_OF[status] ?? (status === 'pending' ? 'approval_required' : 'approval_cancelled');
}

/** Makes the jobs of requests, to be put in by the transactions that make or change these. */
export function createJobMaker(parts: {
  readonly config: () => ApprovalsConfig;
  readonly clock: Clock;
  readonly newId: () => string;
}): JobMaker {
  const { config, clock, newId } = parts;
  const job = (kind: string, record: ApprovalRecord, dueAt: number, payload: NewJob['payload'] = {}): NewJob => ({
    id: newId(),
    kind,
    dueAt,
    subject: record.id,
    payload,
  });

  const notices = (event: NoticeEvent, record: ApprovalRecord): NewJob[] =>
    endpointsOf(config())
      .filter(({ events }) => events.includes(event))
      .map(({ id }) => job(JOB.notice, record, clock(), { endpoint: id, event, at: clock() }));

  const reminder = (record: ApprovalRecord): NewJob[] => {
    const { everySeconds } = config().reminders;
    const at = clock() + everySeconds * 1000;
    return everySeconds > 0 && at < record.decideBy ? [job(JOB.reminder, record, at)] : [];
  };

  return {
    notices,
    reminder,
    asked: (record) => {
      const agents = config().approvers.agent.filter(
        ({ id, autoApprove }) => autoApprove && record.quorum?.agents?.includes(id),
      );
      const at = record.quorum?.escalation?.at;
      return [
        job(JOB.timer, record, record.approvesItselfAt ?? record.decideBy),
        ...(at === undefined ? [] : [job(JOB.escalation, record, at)]),
        ...reminder(record),
        ...agents.map(({ id }) => job(agentVoteJob(id), record, clock())),
        ...notices('approval_required', record),
      ];
    },
    became: (record, status) => {
      const event = EVENT_OF[status];
      // An approval that nobody used in time had its end told already.
      const told =
        event === undefined || (status === 'expired' && record.status !== 'pending') ? [] : notices(event, record);
      return status === 'approved' && record.useBy !== undefined
        ? [...told, job(JOB.timer, record, record.useBy)]
        : told;
    },
  };
}
