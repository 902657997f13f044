import type { ApprovalStore, ApproverKeys, EndpointStore, StandingGrantStore } from '../approvals/index.ts';
import type { AuditStore } from '../audit/index.ts';
import type { JobStore } from '../jobs/index.ts';
import type { Action } from '../model/action.ts';
import type { AuditEntry } from '../model/audit-entry.ts';
import type { ApprovalsConfig } from '../model/configuration.ts';
import type { AgentState } from '../model/decision.ts';
import type { Evidence } from '../model/evidence.ts';
import type { PolicySet, StateNeeds } from '../policy/index.ts';

/** Looks at an action before it is judged: resolves its targets and reports what is wrong with them. */
export interface Inspector {
  /** Never throws for what an agent wrote: what is wrong becomes a finding. */
  inspect(action: Action): Evidence;
  /** SHA-256 of the files that the action names and whose content its approval must cover, by path. */
  references(evidence: Evidence, action: Action): Readonly<Record<string, string>>;
  maskSecrets(text: string): string;
  /** false only where nothing in `text`, nor in any stretch of it taken by itself, would be masked */
  mayHoldSecret(text: string): boolean;
}

/** Resolves after `ms`, or as soon as `signal` aborts. */
export type Sleep = (ms: number, signal?: AbortSignal) => Promise<void>;

/** What must still hold at the moment the attempt is written; checked and taken in that same transaction. */
export interface AttemptGuards {
  /** an approved request to use up: approved → consumed, once */
  readonly grant?: { readonly approvalId: string; readonly entry: AuditEntry };
  /** a standing grant to count a use of: neither over nor revoked nor used up */
  readonly standing?: { readonly grantId: string; readonly entry: AuditEntry };
  /** at most `limit` requests by `provider` in 60 s, this one counted */
  readonly rate?: { readonly provider: string; readonly limit: number };
  /** at most `limit` agents active in the last 60 s, this one counted */
  readonly concurrency?: { readonly agent: string; readonly limit: number };
}

export type AttemptResult =
  | { readonly ok: true; readonly seq?: number }
  /** nothing was written: another process was faster; decide again on fresh state */
  | { readonly ok: false; readonly lost: 'grant' | 'standing' | 'rate' | 'concurrency' };

/** The one durable store of a governor: audit log, approvals, work for later and counters in one database. */
export interface GovernanceStore extends AuditStore, ApprovalStore, JobStore, EndpointStore, StandingGrantStore {
  /** Writes the attempt and takes its guards in one durable transaction, or nothing at all. */
  attempt(entry: AuditEntry, guards: AttemptGuards): Promise<AttemptResult>;
  /** What policy needs to know of the shared counters; reads only what `needs` names. */
  agentState(needs: StateNeeds): Promise<AgentState>;
  close(): Promise<void>;
}

/**
 * Everything of one configuration load that judging an action needs. A reload swaps the whole of it, and an action
 * is judged by one snapshot from beginning to end: never by a mixture.
 */
export interface PolicySnapshot {
  readonly set: PolicySet;
  readonly inspector: Inspector;
  readonly approvals: ApprovalSettings;
  /** what the agent may do instead, in one sentence, or nothing */
  alternatives(action: Action): string;
  /** false: successful read-only operations get no outcome entry; their attempts always stand */
  readonly recordReadOnlyOutcomes: boolean;
}

export interface ApprovalSettings {
  readonly config: ApprovalsConfig;
  readonly keys: ApproverKeys;
}
