import type { ApprovalDesk, ApproverKeys, DelegationDesk, GrantDesk } from '../approvals/index.ts';
import type { Environment, LoadedConfig } from '../config/index.ts';
import type { GovernanceStore, Governor } from '../governor/index.ts';
import type { PolicySet } from '../policy/index.ts';
import type { Places } from './places.ts';
import type { PolicyHolder } from './policy-holder.ts';
import type { AgentDecider, Work } from './work/index.ts';

export interface SystemOptions {
  /** folder of governance.toml, approvals.toml and audit.toml */
  readonly configDir: string;
  readonly workspace: string;
  /** default process.env */
  readonly env?: Environment;
  /** default the user's home directory */
  readonly home?: string;
  /**
   * for a program that stays: watches the configuration files and swaps the whole set when they change, keeps house, and
   * does timers, deliveries and agents' decisions; default false
   */
  readonly watch?: boolean;
  /** agents under [[approvers.agent]] with auto_approve that decide in this process, by id; they need a key here */
  readonly approverAgents?: Readonly<Record<string, AgentDecider>>;
  /** told after changed files took force */
  readonly onReload?: () => Promise<void>;
  /** told when a changed file can't be used; the old set stays in force and the audit log has it too */
  readonly onReloadError?: (error: unknown) => void;
  /** told of faults in background work, a line each, without secrets; what failed is tried again, or given up and kept */
  readonly onWorkFault?: (line: string) => void;
}

/** A governor with everything behind it, opened from a configuration folder. */
export interface GovernedSystem {
  readonly governor: Governor;
  readonly store: GovernanceStore;
  /** where people decide on pending requests */
  readonly desk: ApprovalDesk;
  /** where they permit an agent ahead what they would else be asked about */
  readonly grants: GrantDesk;
  /** where they lend each other their votes for a time */
  readonly delegations: DelegationDesk;
  readonly policyHolder: PolicyHolder;
  readonly places: Places;
  /** the configuration in force */
  loaded(): LoadedConfig;
  /** the policy set in force */
  policies(): PolicySet;
  /** the keys that approvers sign with */
  approverKeys(): ApproverKeys;
  /** masks what the secret patterns match */
  maskSecrets(text: string): string;
  /** Does work that is due, until it is stopped: for programs that don't stay (`watch` begins it by itself). */
  startWork(): Promise<Work>;
  close(): Promise<void>;
}
