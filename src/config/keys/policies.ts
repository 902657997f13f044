import type { JsonObject } from '../../kernel/json.ts';
import type {
  AgentConfig,
  NetworkConfig,
  OperationalConfig,
  PoliciesConfig,
  QualityConfig,
  ResourceConfig,
  SecurityPolicyConfig,
} from '../../model/configuration.ts';
import { join } from '../key-path.ts';
import { boolean, integer, isTable, number, oneOf, type Spec } from '../spec.ts';
import { record, table } from '../spec-tables.ts';
import { rateLimits } from './rate-limits.ts';
import { optionalRules, rules } from './rules.ts';
import { texts } from './texts.ts';

/** The guide's own patterns. */
const DEFAULT_SECRETS = [
  '(?i)(api[_-]?key|apikey)\\s*[:=]\\s*[\'"]?([a-zA-Z0-9_-]{20,})[\'"]?',
  '(?i)(password|passwd|pwd)\\s*[:=]\\s*[\'"]?([^\'"\\s]{8,})[\'"]?',
  '-----BEGIN (RSA |DSA )?PRIVATE KEY-----',
];

const QUALITY = 'quality measures are not judged yet';
const MEASURED = 'processes are not measured or stopped yet';

const ACTIONS = ['block', 'warn', 'log'] as const;

const secretPatterns = table<SecurityPolicyConfig['secretPatterns']>('Patterns of secrets.', {
  patterns: rules('Patterns in RE2 syntax, beside those built in.', DEFAULT_SECRETS),
  action: oneOf('What a secret in an action does to it.', ACTIONS, { default: 'block' }),
});

const actionBeside = oneOf('As secret_patterns.action.', ACTIONS, { default: 'block' });

const security = table<SecurityPolicyConfig>('What is looked at in every action before rules apply.', {
  enabled: boolean('Whether the protections of this table are on.', { default: true }),
  inputValidation: boolean('Refuse control characters, lone surrogates and oversized input.', { default: true }),
  secretScanning: boolean('Look for secrets in targets, arguments and content.', { default: true }),
  pathTraversalProtection: boolean('Refuse paths that leave the workspace by .., encodings or links.', {
    default: true,
  }),
  commandInjectionProtection: boolean('Refuse commands that run other code than they name, or can’t be known.', {
    default: true,
  }),
  maxRequestSizeMb: integer('Largest content of one action, in MiB.', { default: 10, min: 1, max: 1024 }),
  allowedCommands: table('Commands that agents may run.', {
    commands: rules('Commands that may run: a program, or the words that a command begins with; * is any one word.'),
    requireApproval: rules('Commands that may run once a person approved.'),
  }),
  harmlessVariables: texts('Environment variables that a command may be given unasked, beside the built-in ones.'),
  programs: record(
    'What a program’s subcommands, options and operands do, by its name: lines that come before the built-in ones.',
    texts('Lines such as "plan ok -out=WRITE", in the notation of docs/reference/programs.md.'),
  ),
  secretPatterns,
});

/** `[policies.security]`; the guide has `action` of the secrets there in one place and in its own table in another. */
function withActionBeside(base: Spec<SecurityPolicyConfig>): Spec<SecurityPolicyConfig> {
  return {
    ...base,
    members: new Map([...base.members!, ['action', actionBeside]]),
    schema: () => {
      const schema = base.schema();
      return { ...schema, properties: { ...(schema.properties as JsonObject), action: actionBeside.schema() } };
    },
    read(value, path, report) {
      if (!isTable(value) || value.action === undefined) return base.read(value, path, report);
      const { action: beside, ...others } = value;
      const read = base.read(others, path, report);
      const action = actionBeside.read(beside, join(path, 'action'), report);
      const inner = isTable(others.secret_patterns) ? others.secret_patterns.action : undefined;
      if (inner !== undefined && inner !== beside)
        report.error(join(path, 'action'), 'differs from secret_patterns.action', 'keep one of the two');
      return { ...read, secretPatterns: { ...read.secretPatterns, action } };
    },
  };
}

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
  security: withActionBeside(security),
  quality,
  resource,
  operational,
  agents: record('Bounds by agent name; default is for agents without a table.', agent),
  network,
});
