import type { ApprovalStrategy } from '../../model/approval.ts';
import type { ApprovalsConfig, OperationApproval } from '../../model/configuration.ts';
import { boolean, integer, number, oneOf, optional, optionalText, type Spec } from '../spec.ts';
import { record, table } from '../spec-tables.ts';
import { approvers } from './approvers.ts';
import { email, webhooks } from './notices.ts';
import { slack } from './slack.ts';
import { texts } from './texts.ts';

const STRATEGIES = ['auto-approval', 'single-approval', 'multi-approval', 'time-based-approval'] as const;
function strategy(doc: string, otherwise: ApprovalStrategy): Spec<ApprovalStrategy> {
  return oneOf(doc, STRATEGIES, { default: otherwise });
}

const roles = record(
  'Approvals that it takes of each role, all of them.',
  integer('Least number.', { default: 1, min: 1, max: 1000 }),
  { keys: /^[A-Za-z][A-Za-z0-9_-]{0,63}$/, keysAre: 'role (letters, digits, - and _)' },
);
const rule = {
  minApprovers: integer('Least number of approvals.', { default: 2, min: 1, max: 1000 }),
  quorumPercentage: number('Share of the eligible approvers that must approve.', {
    default: 0.67,
    min: 0,
    max: 1,
  }),
  byzantineTolerance: boolean('Tolerate faulty approvers: with N eligible, (N - 1) / 3 of them.', {
    default: false,
  }),
  minPeople: integer('How many of the approvals must be people’s, where agents approve too.', {
    default: 1,
    min: 0,
    max: 1000,
  }),
  roles,
};

const operation = table<OperationApproval>('What holds for one operation instead.', {
  strategy: optional(strategy('Kind of approval.', 'single-approval')),
  minApprovers: optional(rule.minApprovers),
  quorumPercentage: optional(rule.quorumPercentage),
  byzantineTolerance: optional(rule.byzantineTolerance),
  minPeople: optional(rule.minPeople),
  roles: optional(roles),
});

const plainLink = optionalText('Where people see a request, with {id} for its id; sent along.');
/** What it is once `{id}` is filled in is judged at load (cross-check-receivers.ts). */
const link: typeof plainLink = {
  ...plainLink,
  schema: () => ({ ...plainLink.schema(), pattern: '^[Hh][Tt][Tt][Pp][Ss]?://' }),
};

export const approvals = table<ApprovalsConfig>(
  'How people are asked.',
  {
    enabled: boolean('Whether people are asked; otherwise what needs approval is denied.', { default: true }),
    defaultTimeoutSeconds: integer('Undecided past this, a request expires.', { default: 300, min: 1, max: 2_592_000 }),
    autoApproveAfterSeconds: optional(
      integer('time-based-approval: undecided past this, a timer approves; without it, default_timeout_seconds.', {
        default: 300,
        min: 1,
        max: 2_592_000,
      }),
    ),
    useWithinSeconds: integer('Unused past this, an approval expires.', { default: 3600, min: 1, max: 2_592_000 }),
    acceptTimerForDestructive: boolean(
      'Accept time-based-approval for destructive and high-risk operations: nobody needs to have looked.',
      { default: false },
    ),
    strategies: table('Which kind of approval a class of operations needs; of several classes the strictest.', {
      destructiveOperations: strategy('For class destructive.', 'single-approval'),
      externalCalls: strategy('For class external_call.', 'single-approval'),
      highRiskOperations: strategy('For class high_risk.', 'single-approval'),
      readOnlyOperations: strategy('For class read_only.', 'auto-approval'),
    }),
    multiApproval: table('Quorum of multi-approval.', rule),
    operations: record('Approval by operation: [approvals.operations.NAME].', operation),
    escalation: table('Who is asked as well, when nobody decides.', {
      afterSeconds: integer('After how long; 0 is never.', { default: 0, min: 0, max: 2_592_000 }),
      approvers: texts('Ids of people under [[approvers.user]] who are left in peace until then.'),
    }),
    reminders: table('Telling again that a request waits.', {
      everySeconds: integer('How often approval_reminder is sent; 0 is never.', { default: 0, min: 0, max: 2_592_000 }),
    }),
    maxPendingPerRequester: integer('How many requests of one requester may wait at a time; more are refused.', {
      default: 100,
      min: 1,
      max: 10_000,
    }),
    delegation: table('Approvers who lend each other their votes: ggen-mcp approvals delegate.', {
      maxSeconds: integer('For how long at the most; 0: nobody may.', { default: 604_800, min: 0, max: 2_592_000 }),
    }),
    link,
    approvers,
    webhooks,
    email,
    slack,
  },
  { multiApproval: 'multi-approval' },
);
