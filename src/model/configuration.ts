/**
 * The configuration as the rest of the system reads it: every key of the guide, validated, defaults filled in.
 * `snake_case` in TOML is `camelCase` here. What each key does: docs/reference/configuration.md.
 */
import type { ApprovalStrategy } from './approval.ts';
import type { EnforcementMode } from './decision.ts';
import type { Access, OperationClass, TargetKind } from './operation.ts';

/** One entry of a rule list: a bare string in TOML, or a table with examples that are checked at load. */
export interface RuleEntry {
  readonly pattern: string;
  readonly match: readonly string[];
  readonly noMatch: readonly string[];
}

export interface GovernanceConfig {
  readonly policies: PoliciesConfig;
  /** `[operations.NAME]`: the user's own additions to the catalogue */
  readonly operations: Readonly<Record<string, CustomOperation>>;
  readonly approvals: ApprovalsConfig;
  readonly audit: AuditConfig;
  /** `[security.incident_response]`; undefined where no file has it */
  readonly security: { readonly incidentResponse: IncidentResponseConfig | undefined };
  readonly compliance: ComplianceConfig;
  /** `[gateway]` */
  readonly gateway: GatewayConfig;
}

export interface PoliciesConfig {
  readonly version: string;
  readonly enforcementMode: EnforcementMode;
  readonly security: SecurityPolicyConfig;
  readonly quality: QualityConfig;
  readonly resource: ResourceConfig;
  readonly operational: OperationalConfig;
  /** absent: no bounds table at all */
  readonly agents: Readonly<Record<string, AgentConfig>>;
  readonly network: NetworkConfig;
}

export interface SecurityPolicyConfig {
  readonly enabled: boolean;
  readonly inputValidation: boolean;
  readonly secretScanning: boolean;
  readonly pathTraversalProtection: boolean;
  readonly commandInjectionProtection: boolean;
  /** MiB of content in one action */
  readonly maxRequestSizeMb: number;
  readonly allowedCommands: { readonly commands: readonly RuleEntry[]; readonly requireApproval: readonly RuleEntry[] };
  /** lines of tables by program, in the notation of the built-in ones, which they come before */
  readonly programs: Readonly<Record<string, readonly string[]>>;
  /** variables that may be set for a command unasked, beside the built-in ones */
  readonly harmlessVariables: readonly string[];
  /** `action` may stand in `[policies.security]` or in `[policies.security.secret_patterns]` */
  readonly secretPatterns: { readonly patterns: readonly RuleEntry[]; readonly action: 'block' | 'warn' | 'log' };
}

export interface QualityConfig {
  readonly enabled: boolean;
  readonly minValidationScore: number;
  readonly maxIterations: number;
  readonly requireTests: boolean;
  readonly minTestCoverage: number;
  readonly codeStandards: {
    readonly maxFunctionLines: number;
    readonly maxFileLines: number;
    readonly maxCyclomaticComplexity: number;
    readonly requireDocumentation: boolean;
  };
}

export interface ResourceConfig {
  readonly enabled: boolean;
  readonly maxCpuPercent: number;
  readonly maxMemoryMb: number;
  readonly maxExecutionTimeSeconds: number;
  /** 0 = unlimited */
  readonly maxConcurrentAgents: number;
  /** by provider name, from the keys `<provider>_requests_per_minute`; 0 = unlimited */
  readonly rateLimits: Readonly<Record<string, number>>;
}

export interface OperationalConfig {
  readonly enabled: boolean;
  readonly requireApprovalForDestructive: boolean;
  readonly requireApprovalForExternalCalls: boolean;
  readonly autoApproveReadOnly: boolean;
  readonly auditAllOperations: boolean;
  readonly autoApproval: { readonly operations: readonly RuleEntry[] };
  readonly requireApproval: { readonly operations: readonly RuleEntry[] };
}

/** Bounds of one agent. An absent list and an empty one differ: DESIGN.md §5. */
export interface AgentConfig {
  readonly canRead: readonly RuleEntry[] | undefined;
  readonly cannotRead: readonly RuleEntry[];
  readonly canWrite: readonly RuleEntry[] | undefined;
  readonly cannotWrite: readonly RuleEntry[];
  readonly canExecute: readonly RuleEntry[] | undefined;
  readonly cannotExecute: readonly RuleEntry[];
  /** names: tools, templates; absent: the operation lists alone */
  readonly canCall: readonly RuleEntry[] | undefined;
  readonly cannotCall: readonly RuleEntry[];
}

export interface NetworkConfig {
  readonly allowOutbound: boolean;
  readonly allowedDomains: readonly RuleEntry[];
  readonly blockedDomains: readonly RuleEntry[];
  readonly requireTls: boolean;
  readonly minTlsVersion: '1.2' | '1.3';
}

export interface CustomOperation {
  readonly target: TargetKind;
  readonly access: Access;
  readonly classes: readonly OperationClass[];
  readonly domain: string;
}

export interface ApprovalsConfig {
  readonly enabled: boolean;
  readonly defaultTimeoutSeconds: number;
  /** time-based approval: undecided for so long, a timer approves; undefined: defaultTimeoutSeconds */
  readonly autoApproveAfterSeconds: number | undefined;
  /** how long an approval may lie unused */
  readonly useWithinSeconds: number;
  /** without it a timer may not approve destructive or high-risk operations */
  readonly acceptTimerForDestructive: boolean;
  readonly strategies: {
    readonly destructiveOperations: ApprovalStrategy;
    readonly externalCalls: ApprovalStrategy;
    readonly highRiskOperations: ApprovalStrategy;
    readonly readOnlyOperations: ApprovalStrategy;
  };
  readonly multiApproval: QuorumRule;
  /** `[approvals.operations.NAME]`: what holds for one operation instead */
  readonly operations: Readonly<Record<string, OperationApproval>>;
  readonly escalation: { readonly afterSeconds: number; readonly approvers: readonly string[] };
  readonly reminders: { readonly everySeconds: number };
  /** how many requests of one requester may wait at a time */
  readonly maxPendingPerRequester: number;
  /** how long an approver may lend another the vote; 0: nobody may */
  readonly delegation: { readonly maxSeconds: number };
  /** where people see a request, with `{id}` for its id */
  readonly link: string | undefined;
  /** from `[[approvers.user]]` and `[[approvals.approvers.user]]` alike */
  readonly approvers: { readonly user: readonly ApproverConfig[]; readonly agent: readonly ApproverConfig[] };
  readonly webhooks: { readonly enabled: boolean; readonly endpoint: readonly WebhookConfig[] };
  readonly email: EmailConfig;
  readonly slack: SlackConfig;
}

/** How many must approve where several must. */
export interface QuorumRule {
  readonly minApprovers: number;
  readonly quorumPercentage: number;
  readonly byzantineTolerance: boolean;
  /** how many of them must be people */
  readonly minPeople: number;
  /** approvals that it takes of each role */
  readonly roles: Readonly<Record<string, number>>;
}

export type OperationApproval = {
  readonly [K in keyof QuorumRule]: QuorumRule[K] | undefined;
} & { readonly strategy: ApprovalStrategy | undefined };

export interface ApproverConfig {
  readonly id: string;
  readonly role: string;
  /** domains, classes, operations, or `*` */
  readonly canApprove: readonly string[];
  readonly autoApprove: boolean;
  /** agents: what decides, as program and arguments */
  readonly command?: readonly string[];
  /** agents: what decides, behind HTTP */
  readonly url?: string | undefined;
  readonly authToken?: string | undefined;
  readonly allowPrivate?: boolean;
  /** agents: how long a decision may take */
  readonly timeoutSeconds?: number;
}

export interface WebhookConfig {
  readonly url: string;
  readonly events: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly authToken: string | undefined;
  /** signs what is sent (Standard Webhooks): one `whsec_…`, or several between blanks */
  readonly secret: string | undefined;
  readonly format: 'json' | 'slack' | undefined;
  readonly allowPrivate: boolean;
}

export interface SlackConfig {
  /** whether messages in Slack have buttons that decide */
  readonly buttons: boolean;
  /** whose clicks count, as in `T0123ABC`; undefined: whoever's Slack signs */
  readonly team: string | undefined;
  /** proves that Slack sent a click */
  readonly signingSecret: string | undefined;
  /** where clicks come in, as `host:port` */
  readonly listen: string;
  /** ids of approvers by ids of Slack users */
  readonly users: Readonly<Record<string, string>>;
}

export interface EmailConfig {
  readonly enabled: boolean;
  /** `smtps://user:password@host:465`, `smtp://host:587` */
  readonly smtpUrl: string | undefined;
  readonly from: string;
  readonly to: readonly string[];
  readonly events: readonly string[];
  readonly allowPrivate: boolean;
}

export interface AuditConfig {
  readonly enabled: boolean;
  readonly durability: 'disk' | 'os';
  readonly retentionDays: number;
  readonly compressionEnabled: boolean;
  /** further files that keep the log's checkpoints, relative to the workspace */
  readonly witnesses: readonly string[];
  readonly storage: {
    readonly backend: 'sqlite' | 'postgres' | 's3';
    /** relative to the workspace */
    readonly path: string;
    readonly connectionString: string | undefined;
  };
  readonly filters: {
    readonly alwaysLog: readonly string[];
    readonly neverLog: readonly string[];
    readonly samplingRates: Readonly<Record<string, number>>;
  };
  readonly export: {
    readonly enabled: boolean;
    readonly format: 'json' | 'csv' | 'parquet';
    readonly intervalHours: number;
    readonly destination: string;
  };
}

export type IncidentAction = 'log' | 'log_and_block' | 'log_block_and_alert' | 'log_and_isolate';

export interface IncidentResponseConfig {
  readonly enabled: boolean;
  readonly actions: {
    readonly onPolicyViolation: IncidentAction;
    readonly onSecurityIncident: IncidentAction;
    readonly onByzantineFault: IncidentAction;
  };
  readonly alerts: {
    readonly email: readonly string[];
    readonly slackWebhook: string | undefined;
    readonly pagerdutyKey: string | undefined;
  };
  readonly autoRemediation: {
    readonly enabled: boolean;
    readonly isolateFaultyAgents: boolean;
    readonly rollbackOnFailure: boolean;
    readonly escalateAfterAttempts: number;
  };
}

export interface ComplianceConfig {
  readonly iso27001:
    | {
        readonly enabled: boolean;
        readonly auditRetentionDays: number;
        readonly requireEncryptionAtRest: boolean;
        readonly requireEncryptionInTransit: boolean;
        readonly requireAccessLogs: boolean;
        readonly requireChangeManagement: boolean;
        readonly controls: Readonly<Record<string, boolean>>;
      }
    | undefined;
  readonly soc2:
    | {
        readonly enabled: boolean;
        readonly trustPrinciples: Readonly<Record<string, boolean>>;
        readonly controls: Readonly<Record<string, boolean>>;
      }
    | undefined;
}

export interface GatewayConfig {
  /** `[gateway.claude_code]` */
  readonly claudeCode: { readonly interactiveAsk: boolean };
  /** `[gateway.mcp]`: how long a call waits at the proxy for a decision before it is refused with the request's id */
  readonly mcp: { readonly approvalWaitSeconds: number };
  /** `[[gateway.tool]]`: how an MCP tool's call maps to an operation; first match wins, then the ready-made tables */
  readonly tool: readonly ToolMapping[];
}

/** One line of the tool table: which call of which server is which operation. */
export interface ToolMapping {
  /** server's short name as given by `--server` or known from its command: `filesystem`; `*` for any */
  readonly server: string;
  readonly tool: string;
  readonly operation: string;
  /** names of the arguments that hold targets: a string or a list of strings each; the first is the main target */
  readonly target: readonly string[];
  /** operation of the second and further targets, where it differs (the source of a move is deleted) */
  readonly alsoOperation: string | undefined;
  readonly also: readonly string[];
  /** name of the argument whose value is the content written */
  readonly content: string | undefined;
}
