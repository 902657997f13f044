import type { ApprovalStrategy } from '../../model/approval.ts';
import type { ApprovalsConfig, ApproverConfig, WebhookConfig } from '../../model/configuration.ts';
import { boolean, integer, number, oneOf, optionalText, type Spec, text, withVariables } from '../spec.ts';
import { list, record, table, withoutUnset } from '../spec-tables.ts';
import { isWebAddress, texts } from './texts.ts';

const STRATEGIES = ['auto-approval', 'single-approval', 'multi-approval', 'time-based-approval'] as const;
const TIMER = 'requests under a timer are refused until timers come';
const WEBHOOKS = 'nothing is sent yet';
const EVENTS = [
  'approval_required',
  'approval_granted',
  'approval_rejected',
  'approval_expired',
  'approval_cancelled',
] as const;

function strategy(doc: string, otherwise: ApprovalStrategy): Spec<ApprovalStrategy> {
  return oneOf(doc, STRATEGIES, { default: otherwise, laterFor: { 'time-based-approval': TIMER } });
}

const common = {
  id: text('Name, as given to --as.', { default: '', nonEmpty: true, required: true }),
  role: text('Role, shown with its decisions.', { default: '' }),
  canApprove: texts('Domains, classes, operations, or "*"; empty: nothing.'),
};

const agent = table<ApproverConfig>('One agent that approves.', {
  ...common,
  autoApprove: boolean('Whether this agent decides by itself.', { default: false }),
});

/** A person always decides in person. */
const person = table<Omit<ApproverConfig, 'autoApprove'>>('One person who approves.', common);
const user: Spec<ApproverConfig> = {
  ...person,
  absent: () => ({ ...person.absent(), autoApprove: false }),
  read: (value, path, report) => ({ ...person.read(value, path, report), autoApprove: false }),
};

const webhook = table<WebhookConfig>('One endpoint.', {
  url: withVariables(
    text('Where to: an http or https URL.', { default: '', nonEmpty: true, required: true }),
    isWebAddress,
  ),
  events: list('Which events are sent.', oneOf('An event.', EVENTS, { default: 'approval_required' }), {
    absent: (): readonly string[] => [],
  }) as Spec<readonly string[]>,
  headers: record('Headers to send.', withVariables(text('A header.', { default: '' }))),
  authToken: withVariables(optionalText('Bearer token.')),
  allowPrivate: boolean('Whether the address may be private or loopback.', { default: false }),
});

/** `[approvers]`, which may also stand as `[approvals.approvers]`. */
export const approvers = table<ApprovalsConfig['approvers']>('Who may decide.', {
  user: list('People; none: whoever has a key decides.', user, {
    absent: (): readonly ApproverConfig[] => [],
  }),
  agent: list('Agents that decide.', agent, {
    absent: (): readonly ApproverConfig[] => [],
    later: 'agents can not approve yet',
  }),
});

export const approvals = table<ApprovalsConfig>(
  'How people are asked.',
  {
    enabled: boolean('Whether people are asked; otherwise what needs approval is denied.', { default: true }),
    defaultTimeoutSeconds: integer('Undecided past this, a request expires.', { default: 300, min: 1, max: 2_592_000 }),
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
    multiApproval: table('Quorum of multi-approval.', {
      minApprovers: integer('Least number of approvals.', { default: 2, min: 1, max: 1000 }),
      quorumPercentage: number('Share of the eligible approvers that must approve.', {
        default: 0.67,
        min: 0,
        max: 1,
      }),
      byzantineTolerance: boolean('Tolerate faulty approvers: with N eligible, (N - 1) / 3 of them.', {
        default: false,
      }),
    }),
    approvers,
    webhooks: table('Who is told.', {
      enabled: boolean('Whether anything is sent.', { default: false, later: WEBHOOKS }),
      endpoint: {
        ...withoutUnset(list('Endpoints.', webhook, { absent: (): readonly WebhookConfig[] => [] })),
        later: WEBHOOKS,
      },
    }),
  },
  { multiApproval: 'multi-approval' },
);
