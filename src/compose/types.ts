import type { ApprovalDesk, ApproverKeys } from '../approvals/index.ts';
import type { Environment, LoadedConfig } from '../config/index.ts';
import type { GovernanceStore, Governor } from '../governor/index.ts';
import type { PolicySet } from '../policy/index.ts';
import type { Places } from './places.ts';
import type { PolicyHolder } from './policy-holder.ts';

export interface SystemOptions {
  /** folder of governance.toml, approvals.toml and audit.toml */
  readonly configDir: string;
  readonly workspace: string;
  /** default process.env */
  readonly env?: Environment;
  /** default the user's home directory */
  readonly home?: string;
  /** watch the configuration files and swap the whole set when they change; default false */
  readonly watch?: boolean;
  /** told when a changed file can't be used; the old set stays in force and the audit log has it too */
  readonly onReloadError?: (error: unknown) => void;
}

/** A governor with everything behind it, opened from a configuration folder. */
export interface GovernedSystem {
  readonly governor: Governor;
  readonly store: GovernanceStore;
  /** where people decide on pending requests */
  readonly desk: ApprovalDesk;
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
  close(): Promise<void>;
}
