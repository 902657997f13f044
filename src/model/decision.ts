/** What policy says of one action: a value, never an exception. */

export type Outcome = 'allowed' | 'requires_approval' | 'denied';
export type EnforcementMode = 'strict' | 'permissive' | 'audit-only';

export interface Reason {
  /** the rule's path in the configuration, e.g. `policies.agents.writer.cannot_write[0]`, or `builtin.…` */
  readonly rule: string;
  readonly message: string;
  /** where a person would change it; line 0 where the value is a default that no file names */
  readonly file: string;
  readonly line: number;
}

export interface Decision {
  readonly outcome: Outcome;
  readonly reasons: readonly Reason[];
  readonly warnings: readonly Reason[];
  /** digest of the policy set that decided */
  readonly policySet: string;
  readonly mode: EnforcementMode;
  /** audit-only and permissive: what strict would have decided, where that differs from `outcome` */
  readonly strict?: { readonly outcome: Outcome; readonly reasons: readonly Reason[] };
}

/** What the deciding machinery must know of the shared store; absent counts as nothing used. */
export interface AgentState {
  /** requests in the last 60 s, by provider */
  readonly providerRequests?: Readonly<Record<string, number>>;
  /** other agents active now, this one not counted */
  readonly otherActiveAgents?: number;
  /** why the agent is isolated, where it is */
  readonly isolated?: string;
}
