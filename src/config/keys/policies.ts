import type {
  AgentConfig,
  NetworkConfig,
  OperationalConfig,
  PoliciesConfig,
  QualityConfig,
  ResourceConfig,
  SecurityPolicyConfig,
} from '../../model/configuration.ts';
import { boolean, found, integer, isTable, join, number, oneOf, record, type Spec, table } from '../spec.ts';
import { optionalRules, rules } from './rules.ts';

/** The guide's own patterns. */
const DEFAULT_SECRETS = [
  '(?i)(api[_-]?key|apikey)\\s*[:=]\\s*[\'"]?([a-zA-Z0-9_-]{20,})[\'"]?',
  '(?i)(password|passwd|pwd)\\s*[:=]\\s*[\'"]?([^\'"\\s]{8,})[\'"]?',
  '-----BEGIN (RSA |DSA )?PRIVATE KEY-----',
];

const QUALITY = 'quality measures are not judged yet';
const MEASURED = 'processes are not measured or stopped yet';

const security = table<SecurityPolicyConfig>('What is looked at in every action before rules apply.', {
  enabled: boolean('Whether the protections of this table are on.', { default: true }),
  inputValidation: boolean('Refuse control characters, lone surrogates and oversized input.', { default: true }),
  secretScanning: boolean('Look for secrets in targets, arguments and content.', { default: true }),
  pathTraversalProtection: boolean('Refuse paths that leave the workspace by .., encodings or links.', {
    default: true,
  }),
  commandInjectionProtection: boolean('Refuse commands that are more than one simple command of literal words.', {
    default: true,
  }),
  maxRequestSizeMb: integer('Largest content of one action, in MiB.', { default: 10, min: 1, max: 1024 }),
  allowedCommands: table('Commands that agents may run.', {
    commands: rules('Commands that may run: a program, or the words that a command begins with; * is any one word.'),
    requireApproval: rules('Commands that may run once a person approved.'),
  }),
  secretPatterns: secretPatterns(),
});

/** `[policies.security]` with `action` in either of the two places the guide shows. */
function secretPatterns(): SecurityPolicyConfigSpec {
  return table('Patterns of secrets.', {
    patterns: rules('Patterns in RE2 syntax, beside those built in.', DEFAULT_SECRETS),
    action: oneOf('What a secret in an action does to it.', ['block', 'warn', 'log'], { default: 'block' }),
  });
}
type SecurityPolicyConfigSpec = Spec<SecurityPolicyConfig['secretPatterns']>;

const securityWithAction: Spec<SecurityPolicyConfig> = {
  ...security,
  members: new Map([
    ...(security.members ?? []),
    ['action', oneOf('As secret_patterns.action.', ['block', 'warn', 'log'], { default: 'block' })],
  ]),
  schema: () => {
    const schema = security.schema() as { properties: Record<string, unknown> };
    return {
      ...schema,
      properties: {
        ...schema.properties,
        action: { type: 'string', enum: ['block', 'warn', 'log'], description: 'As secret_patterns.action.' },
      },
    } as ReturnType<typeof security.schema>;
  },
  read(value, path, report) {
    if (!isTable(value) || value.action === undefined) return security.read(value, path, report);
    const { action, ...others } = value;
    const inner = isTable(others.secret_patterns) ? others.secret_patterns : {};
    if (inner.action !== undefined && inner.action !== action) {
      report.error(join(path, 'action'), 'differs from secret_patterns.action', 'keep one of the two');
      return security.read(others, path, report);
    }
    const known = ['block', 'warn', 'log'];
    if (!known.includes(String(action))) {
      report.error(
        join(path, 'action'),
        `expected one of ${known.map((k) => JSON.stringify(k)).join(', ')}, found ${found(action)}`,
      );
      return security.read(others, path, report);
    }
    return security.read({ ...others, secret_patterns: { ...inner, action } }, path, report);
  },
};

const quality = table<QualityConfig>('What work must reach before it is published.', {
  enabled: boolean('Whether quality is judged.', { default: true, later: QUALITY }),
  minValidationScore: number('Lowest validation score to publish.', { default: 0.8, min: 0, max: 1, later: QUALITY }),
  maxIterations: integer('Most rounds of improvement.', { default: 5, min: 1, max: 1000, later: QUALITY }),
  requireTests: boolean('Whether tests must exist to publish.', { default: true, later: QUALITY }),
  minTestCoverage: number('Lowest share of lines tested to publish.', { default: 0.7, min: 0, max: 1, later: QUALITY }),
  codeStandards: table('Limits of size and complexity.', {
    maxFunctionLines: integer('Longest function, in lines.', { default: 50, min: 1, max: 100_000, later: QUALITY }),
    maxFileLines: integer('Longest file, in lines.', { default: 500, min: 1, max: 1_000_000, later: QUALITY }),
    maxCyclomaticComplexity: integer('Highest complexity of a function.', {
      default: 10,
      min: 1,
      max: 10_000,
      later: QUALITY,
    }),
    requireDocumentation: boolean('Whether public things must be documented.', { default: true, later: QUALITY }),
  }),
});

/** `<provider>_requests_per_minute` keys, by provider. */
const rateLimits: Spec<Readonly<Record<string, number>>> = {
  doc: 'Requests per minute and provider, as <provider>_requests_per_minute; 0 is unlimited.',
  accepts: 'a table of <provider>_requests_per_minute = whole number',
  absent: () => ({}),
  schema: () => ({
    type: 'object',
    description: rateLimits.doc,
    patternProperties: { _requests_per_minute$: { type: 'integer', minimum: 0, maximum: 1_000_000 } },
    additionalProperties: false,
  }),
  read(value, path, report) {
    if (!isTable(value)) {
      report.error(path, `expected a table, found ${found(value)}`);
      return {};
    }
    const limits: Record<string, number> = {};
    const limit = integer('', { default: 0, min: 0, max: 1_000_000 });
    for (const [key, one] of Object.entries(value)) {
      const provider = /^([a-z0-9][a-z0-9_-]*)_requests_per_minute$/.exec(key)?.[1];
      if (provider === undefined)
        report.error(join(path, key), `unknown key ${JSON.stringify(key)}`, 'as in anthropic_requests_per_minute');
      else limits[provider] = limit.read(one, join(path, key), report);
    }
    return limits;
  },
};

const resource = table<ResourceConfig>('How much agents may use.', {
  enabled: boolean('Whether limits apply.', { default: true }),
  maxCpuPercent: integer('Most processor time of one action, in percent of a core.', {
    default: 80,
    min: 1,
    max: 100_000,
    later: MEASURED,
  }),
  maxMemoryMb: integer('Most memory of one action, in MiB.', {
    default: 4096,
    min: 1,
    max: 16_777_216,
    later: MEASURED,
  }),
  maxExecutionTimeSeconds: integer('Longest run of one action, in seconds.', {
    default: 300,
    min: 1,
    max: 604_800,
    later: MEASURED,
  }),
  maxConcurrentAgents: integer('Most agents active within a minute; 0 is unlimited.', {
    default: 0,
    min: 0,
    max: 1_000_000,
  }),
  rateLimits,
});

const operational = table<OperationalConfig>('What runs by itself and what people are asked about.', {
  enabled: boolean('Whether the lists and switches of this table apply.', { default: true }),
  requireApprovalForDestructive: boolean('Ask people about operations of class destructive.', { default: true }),
  requireApprovalForExternalCalls: boolean('Ask people about operations of class external_call.', { default: false }),
  autoApproveReadOnly: boolean('Permit operations of class read_only inside the agent’s bounds.', { default: true }),
  auditAllOperations: boolean(
    'Record the outcome of successful read-only operations too; attempts are always recorded.',
    { default: true },
  ),
  autoApproval: table('Operations that nothing else needs to permit.', { operations: rules('Names of operations.') }),
  requireApproval: table('Operations that people are asked about.', { operations: rules('Names of operations.') }),
});

const agent = table<AgentConfig>('Bounds of one agent.', {
  canRead: optionalRules('Paths it may read; absent: none.'),
  cannotRead: rules('Paths it may not read, whatever can_read says.'),
  canWrite: optionalRules('Paths it may write, delete in and move from; absent: none.'),
  cannotWrite: rules('Paths it may not write, whatever can_write says.'),
  canExecute: optionalRules('Commands it may run; absent: the global lists alone; empty: none.'),
  cannotExecute: rules('Commands it may not run, whatever else allows them.'),
  canCall: optionalRules('Tools and other names it may call; absent: the operation lists alone.'),
  cannotCall: rules('Tools it may not call, whatever can_call says.'),
});

const network = table<NetworkConfig>('Where agents may connect to.', {
  allowOutbound: boolean('Whether agents may connect anywhere at all.', { default: true }),
  allowedDomains: rules('Hosts, or *.example.com for everything below one.'),
  blockedDomains: rules('Hosts that are refused even where allowed_domains has them.'),
  requireTls: boolean('Refuse http and ws, but to listed loopback hosts.', { default: true }),
  minTlsVersion: oneOf('Lowest TLS version.', ['1.2', '1.3'], {
    default: '1.2',
    later: 'connections are not opened by us yet',
  }),
});

export const policies = table<PoliciesConfig>('What agents may do.', {
  version: oneOf('Version of this format.', ['1.0'], { default: '1.0' }),
  enforcementMode: oneOf(
    'strict enforces every verdict, permissive warns, audit-only records.',
    ['strict', 'permissive', 'audit-only'],
    { default: 'strict' },
  ),
  security: securityWithAction,
  quality,
  resource,
  operational,
  agents: record('Bounds by agent name; default is for agents without a table.', agent),
  network,
});
