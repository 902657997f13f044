import type { ApprovalStrategy } from '../../model/approval.ts';
import type {
  ApprovalsConfig,
  ApproverConfig,
  AuditConfig,
  ComplianceConfig,
  CustomOperation,
  GatewayConfig,
  IncidentResponseConfig,
  ToolMapping,
  WebhookConfig,
} from '../../model/configuration.ts';
import {
  boolean,
  found,
  integer,
  list,
  number,
  oneOf,
  optionalTable,
  optionalText,
  record,
  type Spec,
  table,
  text,
} from '../spec.ts';

const STRATEGIES = ['auto-approval', 'single-approval', 'multi-approval', 'time-based-approval'] as const;
const QUORUM = 'requests that need more than one person are refused until quorum comes';
const WEBHOOKS = 'nothing is sent yet';
const REPORTS = 'compliance is not assessed yet';
const INCIDENTS = 'incidents are recorded, but not answered yet';

const texts = (doc: string, later?: string): Spec<readonly string[]> =>
  list(doc, text(doc, { default: '' }), {
    absent: (): readonly string[] => [],
    ...(later === undefined ? {} : { later }),
  });

function strategy(doc: string, otherwise: ApprovalStrategy): Spec<ApprovalStrategy> {
  return oneOf(doc, STRATEGIES, { default: otherwise });
}

const approver = table<ApproverConfig>('One approver.', {
  id: text('Name, as given to --as.', { default: '', nonEmpty: true }),
  role: text('Role, shown with its decisions.', { default: '' }),
  canApprove: texts('Domains, classes, operations, or "*".'),
  autoApprove: boolean('Whether this agent decides by itself.', { default: false }),
});

const webhook = table<WebhookConfig>('One endpoint.', {
  url: text('Where to.', { default: '', nonEmpty: true }),
  events: texts('Which events.'),
  headers: record('Headers to send.', text('A header.', { default: '' })),
  authToken: optionalText('Bearer token; ${NAME} is an environment variable.'),
  allowPrivate: boolean('Whether the address may be private or loopback.', { default: false }),
});

/** `[approvers]`, which may also stand as `[approvals.approvers]`. */
export const approvers = table<ApprovalsConfig['approvers']>('Who may decide.', {
  user: list('People.', approver, { absent: (): readonly ApproverConfig[] => [] }),
  agent: list('Agents that decide.', approver, {
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
    strategies: table('Which kind of approval a class of operations needs.', {
      destructiveOperations: strategy('For class destructive.', 'single-approval'),
      externalCalls: strategy('For class external_call.', 'single-approval'),
      highRiskOperations: strategy('For class high_risk.', 'single-approval'),
      readOnlyOperations: strategy('For class read_only.', 'auto-approval'),
    }),
    multiApproval: table('Quorum of multi-approval.', {
      minApprovers: integer('Least number of approvals.', { default: 2, min: 1, max: 1000, later: QUORUM }),
      quorumPercentage: number('Share of the eligible approvers that must approve.', {
        default: 0.67,
        min: 0,
        max: 1,
        later: QUORUM,
      }),
      byzantineTolerance: boolean('Tolerate faulty approvers.', { default: false, later: QUORUM }),
    }),
    approvers,
    webhooks: table('Who is told.', {
      enabled: boolean('Whether anything is sent.', { default: false, later: WEBHOOKS }),
      endpoint: list('Endpoints.', webhook, { absent: (): readonly WebhookConfig[] => [], later: WEBHOOKS }),
    }),
  },
  { multiApproval: 'multi-approval' },
);

export const audit = table<AuditConfig>('What is recorded, where, for how long.', {
  enabled: boolean('Only audit-only mode may do without.', { default: true }),
  durability: oneOf('disk survives a power cut, os survives kill -9 and is faster.', ['disk', 'os'], {
    default: 'disk',
  }),
  retentionDays: integer('How long entries are kept, in days.', {
    default: 90,
    min: 1,
    max: 36_500,
    later: 'entries are never removed yet',
  }),
  compressionEnabled: boolean('Whether entries are compressed.', {
    default: true,
    later: 'entries are stored as they are',
  }),
  storage: table('Where.', {
    backend: oneOf('Kind of store.', ['sqlite', 'postgres', 's3'], { default: 'sqlite' }),
    path: text('File of the sqlite store, relative to the workspace.', { default: '.ggen/audit.db', nonEmpty: true }),
    connectionString: optionalText('Of the postgres store.', { later: 'the postgres store comes later' }),
  }),
  filters: table('What is left out.', {
    alwaysLog: texts('Never sampled.', 'everything is recorded'),
    neverLog: texts('Never recorded.', 'everything is recorded'),
    samplingRates: record('Share recorded, by name.', number('A share.', { default: 1, min: 0, max: 1 }), {
      later: 'everything is recorded',
    }),
  }),
  export: table('Copies for other systems.', {
    enabled: boolean('Whether copies are made.', { default: false, later: 'nothing is exported yet' }),
    format: oneOf('Form of the copies.', ['json', 'csv', 'parquet'], {
      default: 'json',
      later: 'nothing is exported yet',
    }),
    intervalHours: integer('How often, in hours.', {
      default: 24,
      min: 1,
      max: 8760,
      later: 'nothing is exported yet',
    }),
    destination: text('Folder, relative to the workspace.', {
      default: '.ggen/audit-exports/',
      later: 'nothing is exported yet',
    }),
  }),
});

const incidentAction = (doc: string, otherwise: 'log' | 'log_and_block' | 'log_block_and_alert' | 'log_and_isolate') =>
  oneOf(doc, ['log', 'log_and_block', 'log_block_and_alert', 'log_and_isolate'], {
    default: otherwise,
    later: INCIDENTS,
  });

export const security = table<{ incidentResponse: IncidentResponseConfig | undefined }>('How incidents are answered.', {
  incidentResponse: optionalTable(
    table<IncidentResponseConfig>('How incidents are answered.', {
      enabled: boolean('Whether incidents are answered.', { default: true, later: INCIDENTS }),
      actions: table('What happens on which incident.', {
        onPolicyViolation: incidentAction('On a policy violation.', 'log_and_block'),
        onSecurityIncident: incidentAction('On a security incident.', 'log_block_and_alert'),
        onByzantineFault: incidentAction('On a proven Byzantine fault.', 'log_and_isolate'),
      }),
      alerts: table('Who is alerted.', {
        email: texts('Addresses.', INCIDENTS),
        slackWebhook: optionalText('Slack webhook.', { later: INCIDENTS }),
        pagerdutyKey: optionalText('PagerDuty key.', { later: INCIDENTS }),
      }),
      autoRemediation: table('What is mended by itself.', {
        enabled: boolean('Whether anything is.', { default: false, later: INCIDENTS }),
        isolateFaultyAgents: boolean('Isolate agents proven faulty.', { default: true, later: INCIDENTS }),
        rollbackOnFailure: boolean('Run registered compensations.', { default: true, later: INCIDENTS }),
        escalateAfterAttempts: integer('Failed attempts before a person is asked.', {
          default: 3,
          min: 1,
          max: 1000,
          later: INCIDENTS,
        }),
      }),
    }),
  ),
});

const flags = (doc: string): Spec<Readonly<Record<string, boolean>>> =>
  record(doc, boolean('Whether it is assessed.', { default: true, later: REPORTS }));

export const compliance = table<ComplianceConfig>('Standards to be assessed against.', {
  iso27001: optionalTable(
    table('ISO 27001.', {
      enabled: boolean('Whether it is assessed.', { default: true, later: REPORTS }),
      auditRetentionDays: integer('Retention it asks for, in days.', {
        default: 365,
        min: 1,
        max: 36_500,
        later: REPORTS,
      }),
      requireEncryptionAtRest: boolean('Encryption at rest.', { default: true, later: REPORTS }),
      requireEncryptionInTransit: boolean('Encryption in transit.', { default: true, later: REPORTS }),
      requireAccessLogs: boolean('Access logs.', { default: true, later: REPORTS }),
      requireChangeManagement: boolean('Change management.', { default: true, later: REPORTS }),
      controls: flags('Controls, by name.'),
    }),
  ),
  soc2: optionalTable(
    table('SOC 2.', {
      enabled: boolean('Whether it is assessed.', { default: true, later: REPORTS }),
      trustPrinciples: flags('Trust principles, by name.'),
      controls: flags('Controls, by name.'),
    }),
  ),
});

const customOperation = table<CustomOperation>('An operation of your own.', {
  target: oneOf('What its target is.', ['path', 'command', 'url', 'name'], { default: 'name' }),
  access: oneOf('Which bounds it needs.', ['read', 'write', 'execute', 'connect', 'call'], { default: 'call' }),
  classes: list(
    'Its classes.',
    oneOf('A class.', ['read_only', 'destructive', 'external_call', 'high_risk'], { default: 'high_risk' }),
    { absent: (): CustomOperation['classes'] => [] },
  ),
  domain: text('Its domain, for approvers.', { default: 'custom' }),
});
export const operations = record('Operations of your own, by name.', customOperation, {
  keys: /^[a-z][a-z0-9_]{0,63}$/,
  keysAre: 'operation name (lower case, digits and _)',
});

/** One name or a list of names. */
const names = (doc: string): Spec<readonly string[]> => ({
  ...texts(doc),
  accepts: 'a text or a list of texts',
  schema: () => ({ oneOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }], description: doc }),
  read(value, path, report) {
    if (typeof value === 'string') return [value];
    if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value as string[];
    report.error(path, `expected a text or a list of texts, found ${found(value)}`);
    return [];
  },
});

const tool = table<ToolMapping>('Which operation a call of an MCP tool is.', {
  server: text('Short name of the server, or *.', { default: '*' }),
  tool: text('Name of the tool.', { default: '', nonEmpty: true }),
  operation: text('Name of the operation.', { default: 'call_tool', nonEmpty: true }),
  target: names('Arguments that hold targets; the first is the main one.'),
  alsoOperation: optionalText('Operation of the targets in also.'),
  also: names('Arguments that hold further targets.'),
  content: optionalText('Argument that holds the content written.'),
});
export const gateway = table<GatewayConfig>('The doors.', {
  claudeCode: table('Claude Code.', {
    interactiveAsk: boolean('Put a single approval to the person at the client’s own prompt; recorded as unverified.', {
      default: false,
    }),
  }),
  mcp: table('MCP proxy.', {
    approvalWaitSeconds: integer('How long a call waits for a decision.', { default: 300, min: 0, max: 86_400 }),
  }),
  tool: list('Tools.', tool, { absent: (): readonly ToolMapping[] => [] }),
});
