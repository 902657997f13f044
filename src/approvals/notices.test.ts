import { describe, expect, it } from 'vitest';
import { parseConfig } from '../config/index.ts';
import type { ApprovalRecord } from '../model/approval.ts';
import type { ApprovalsConfig } from '../model/configuration.ts';
import { createJobMaker, endpointsOf } from './notices.ts';

const NOW = 1_790_000_000_000;
const configOf = (text: string, env: Record<string, string> = {}): ApprovalsConfig => {
  const parsed = parseConfig([{ name: 'approvals.toml', text }], env);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.loaded.config.approvals;
};
const record: ApprovalRecord = {
  id: 'r',
  status: 'pending',
  operation: { name: 'write_file' },
  target: 'a',
  requester: 'writer',
  metadata: {},
  actionDigest: 'd',
  policySet: 'p',
  strategy: 'single-approval',
  quorum: { required: 1, of: 1, eligible: ['ann'], agents: ['bot', 'idle'] },
  reasons: [],
  shown: {},
  correlationId: 'c',
  createdAt: NOW,
  decideBy: NOW + 300_000,
};
const jobsOf = (config: ApprovalsConfig) =>
  createJobMaker({ config: () => config, clock: () => NOW, newId: () => 'id' });
const hook = (enabled: boolean, ...events: string[]): string => `[approvals.webhooks]
enabled = ${enabled}
[[approvals.webhooks.endpoint]]
url = "https://hooks.example.com/services/secret"
events = ${JSON.stringify(events)}
`;

describe('messages', () => {
  it('go to the receivers that are on, for the events that they want', () => {
    const two = `${hook(true, 'approval_required')}[[approvals.webhooks.endpoint]]
url = "https://other.example.com"
events = ["approval_granted", "approval_required"]
[approvals.email]
enabled = true
smtp_url = "smtps://mail.example.com"
from = "a@example.com"
to = ["b@example.com"]
events = ["approval_rejected"]
`;
    const config = configOf(two);
    const kinds = endpointsOf(config).map(({ kind }) => kind);
    expect(kinds).toEqual(['webhook', 'webhook', 'email']);
    expect(jobsOf(config).notices('approval_required', record)).toHaveLength(2);
    expect(jobsOf(config).notices('approval_granted', record)).toHaveLength(1);
    expect(jobsOf(config).notices('approval_rejected', record)).toHaveLength(1);
    expect(jobsOf(config).notices('approval_expired', record)).toEqual([]);
    expect(endpointsOf(configOf(hook(false, 'approval_required')))).toEqual([]);
    expect(endpointsOf(configOf(two.replace('smtp_url', '# smtp_url')))).toHaveLength(2);
  });

  it('name their receiver without its address, which may be a secret', () => {
    const [job] = jobsOf(configOf(hook(true, 'approval_required'))).notices('approval_required', record);
    expect(job).toMatchObject({
      kind: 'approval_notice',
      subject: 'r',
      dueAt: NOW,
      payload: { event: 'approval_required', at: NOW },
    });
    expect(JSON.stringify(job)).not.toMatch(/example|secret/);
  });
});

describe('a new request', () => {
  it('brings a decision for each agent that decides by itself, and for no other', () => {
    const agents = ['bot', 'idle', 'other']
      .map(
        (id) =>
          `[[approvers.agent]]\nid = "${id}"\ncan_approve = ["*"]\ncommand = ["x"]\nauto_approve = ${id !== 'idle'}\n`,
      )
      .join('');
    const kinds = jobsOf(configOf(agents))
      .asked(record)
      .map(({ kind }) => kind);
    expect(kinds).toEqual(['approval_timer', 'approval_agent_vote bot']);
  });

  it('brings its timers: its end or the timer’s approval, those who are asked later, being told again', () => {
    const config = configOf('[approvals.reminders]\nevery_seconds = 60\n');
    const due = (one: ApprovalRecord) =>
      jobsOf(config)
        .asked(one)
        .map(({ kind, dueAt }) => [kind, dueAt - NOW]);
    expect(due(record)).toEqual([
      ['approval_timer', 300_000],
      ['approval_reminder', 60_000],
    ]);
    const escalation = { at: NOW + 120_000, eligible: ['ben'] };
    expect(due({ ...record, approvesItselfAt: NOW + 5000, quorum: { required: 1, of: 1, escalation } })).toEqual([
      ['approval_timer', 5000],
      ['approval_escalation', 120_000],
      ['approval_reminder', 60_000],
    ]);
  });

  it('that is approved brings the end of the time to use it, and one that ends nothing but messages', () => {
    const jobs = jobsOf(configOf(hook(true, 'approval_granted', 'approval_expired', 'approval_cancelled')));
    const kinds = (status: ApprovalRecord['status'], from: ApprovalRecord = record) =>
      jobs.became(from, status).map(({ kind, payload }) => payload.event ?? kind);
    expect(kinds('approved', { ...record, useBy: NOW + 1 })).toEqual(['approval_granted', 'approval_timer']);
    expect(kinds('expired')).toEqual(['approval_expired']);
    expect(kinds('expired', { ...record, status: 'approved' })).toEqual([]);
    expect(kinds('superseded')).toEqual(['approval_cancelled']);
    expect(kinds('revoked')).toEqual([]);
    expect(kinds('rejected')).toEqual([]);
  });
});
