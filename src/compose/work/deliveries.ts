import { type Delivery, postWebhook, sendMail } from '../../adapters/notify/index.ts';
import {
  backoffMs,
  type Endpoint,
  endpointsOf,
  JOB,
  mailText,
  type NoticeEvent,
  noticeContext,
  slackMessage,
  webhookBody,
} from '../../approvals/index.ts';
import type { JobEnd, JobHandler } from '../../jobs/index.ts';
import { SYSTEM } from '../../model/actor.ts';
import type { ApprovalRecord, ApprovalStatus } from '../../model/approval.ts';
import type { AuditEntry } from '../../model/audit-entry.ts';
import type { LeasedJob } from '../../model/job.ts';
import { webhookForm } from '../../model/webhook-form.ts';
import { newId } from '../new-id.ts';
import type { WorkParts } from './parts.ts';
import { takesClicks } from './takes-clicks.ts';

const WIDTH = 8;
const TIMEOUT_MS = 10_000;
/** With full jitter from 5 s to 24 h: three days on average, as often as not a weekend. */
const MAX_TRIES = 20;

/** How the request stood when the event happened: by the time of a later try it may have gone on. */
const STATUS: Partial<Record<NoticeEvent, ApprovalStatus>> = {
  approval_required: 'pending',
  approval_reminder: 'pending',
  approval_escalated: 'pending',
  approval_granted: 'approved',
  approval_rejected: 'rejected',
  approval_expired: 'expired',
  approval_revoked: 'revoked',
};

/** Messages to those who are told: at least once, in no order, each with the same id at every try. */
export function deliveryHandlers(parts: WorkParts): JobHandler[] {
  return [
    { kind: JOB.notice, width: WIDTH, leaseMs: TIMEOUT_MS + 10_000, run: (job, signal) => deliver(parts, job, signal) },
  ];
}

async function deliver(parts: WorkParts, job: LeasedJob, signal: AbortSignal): Promise<JobEnd> {
  const { store, snapshot } = parts;
  const { approvals } = snapshot().loaded.config;
  const endpoint = endpointsOf(approvals).find(({ id }) => id === job.payload.endpoint);
  const record = await store.getRequest(job.subject);
  if (record === undefined) return { end: 'done' };
  const dead = (why: string): JobEnd => ({ end: 'dead', error: why, entry: failureEntry(record, job, why) });
  if (endpoint === undefined) return dead('the receiver is configured no more');
  const off = (await store.disabledEndpoints()).find((one) => one.endpoint === endpoint.id);
  if (off) return dead(`the receiver is off since ${new Date(off.disabledAt).toISOString()}: ${off.why}`);

  const result = await send(parts, endpoint, job, record, signal);
  switch (result.outcome) {
    case 'delivered':
      return { end: 'done' };
    case 'retry': {
      // Stopped in the middle: whoever goes on tries at once.
      if (signal.aborted) return { end: 'later', dueAt: Date.now(), error: 'interrupted', uncounted: true };
      if (job.attempts >= MAX_TRIES) return dead(`${result.why}; given up after ${job.attempts} tries`);
      const wait = Math.max(backoffMs(job.attempts, Math.random), result.retryAfterMs ?? 0);
      return { end: 'later', dueAt: Date.now() + wait, error: result.why };
    }
    case 'disable':
      await store.disableEndpoint(
        endpoint.id,
        result.why,
        failureEntry(record, job, result.why, 'notice_endpoint_disabled'),
      );
      return dead(result.why);
    case 'refused':
      return dead(result.why);
  }
}

async function send(
  parts: WorkParts,
  endpoint: Endpoint,
  job: LeasedJob,
  stored: ApprovalRecord,
  signal: AbortSignal,
): Promise<Delivery> {
  const event = String(job.payload.event) as NoticeEvent;
  const at = Number(job.payload.at);
  const record = asItWas(stored, STATUS[event]);
  const deepLink = noticeContext(parts.snapshot().loaded.config.approvals.link, record);
  const options = { timeoutMs: TIMEOUT_MS, signal };
  if (endpoint.kind === 'email') {
    const { smtpUrl = '', from, to, allowPrivate } = endpoint.email;
    const { subject, text } = mailText(event, record, deepLink);
    return sendMail({ smtpUrl, from, allowPrivate }, { id: job.id, to: [...to], subject, text }, options);
  }
  const { webhook } = endpoint;
  const body =
    webhookForm(webhook) === 'slack'
      ? JSON.stringify(slackMessage(event, record, { ...deepLink, buttons: takesClicks(parts, stored) }))
      : webhookBody(event, record, at, deepLink);
  const target = {
    url: webhook.url,
    headers: webhook.headers,
    allowPrivate: webhook.allowPrivate,
    ...(webhook.authToken === undefined ? {} : { authToken: webhook.authToken }),
    ...(webhook.secret === undefined ? {} : { signingSecret: webhook.secret }),
  };
  return postWebhook(target, { id: job.id, timestamp: Date.now(), body }, options);
}

/** A late message tells of its event, not of what came after. */
function asItWas(stored: ApprovalRecord, status: ApprovalStatus | undefined): ApprovalRecord {
  if (status !== 'pending') return { ...stored, status: status ?? stored.status };
  const { decidedAt: _, decidedBy: __, verified: ___, comment: ____, useBy: _____, ...rest } = stored;
  return { ...rest, status };
}

function failureEntry(record: ApprovalRecord, job: LeasedJob, why: string, event = 'notice_failed'): AuditEntry {
  return {
    id: newId(),
    timestamp: Date.now(),
    eventType: 'system_event',
    actor: SYSTEM,
    operation: { name: 'notify' },
    target: String(job.payload.endpoint),
    result: 'failure',
    metadata: { event, approval_id: record.id, notice: String(job.payload.event), job: job.id, error: why },
    correlationId: record.correlationId,
  };
}
