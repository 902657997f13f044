import type { Position } from '../kernel/errors.ts';
import type { Action } from '../model/action.ts';
import type { ApprovalStrategy } from '../model/approval.ts';
import type { GovernanceConfig } from '../model/configuration.ts';
import type { AgentState, Decision, EnforcementMode, Outcome, Reason } from '../model/decision.ts';
import type { Evidence } from '../model/evidence.ts';
import type { OperationSpec } from '../model/operation.ts';
import type { TargetPattern } from './target-pattern.ts';

/** What a set is compiled from. */
export interface PolicyInput {
  readonly config: GovernanceConfig;
  /** where the value at a configuration path stands */
  locate(path: string): Position;
  readonly digest: string;
  /** absolute; what `~` stands for in patterns */
  readonly home: string;
  /** absolute, symlinks resolved */
  readonly workspace: string;
}

/** One rule of a compiled set, for coverage, explanation and warnings. */
export interface RuleInfo {
  /** its path in the configuration: `policies.agents.writer.can_write[0]` */
  readonly id: string;
  /** what it says, for a person: `templates/*` */
  readonly text: string;
  readonly file: string;
  readonly line: number;
}

/** Which shared counters an action's decision reads. */
export interface StateNeeds {
  readonly agent: string;
  /** set where a rate limit applies */
  readonly rate?: { readonly provider: string; readonly limit: number };
  /** set where the number of agents at once is limited */
  readonly concurrency?: { readonly limit: number };
}

/** One step of the reasoning behind a decision, for `policy explain`. */
export interface TraceStep {
  /** `classify`, `inspect`, `bounds`, `permit`, `limits`, `approval`, `mode` */
  readonly step: string;
  /** which part of the action: its target */
  readonly part: string;
  readonly verdict: Outcome | 'pass' | 'none';
  readonly reasons: readonly Reason[];
}

/** All policies of one configuration load, compiled once; immutable and safe to share. */
export interface PolicySet {
  /** SHA-256 over the canonical configuration that it was compiled from */
  readonly digest: string;
  readonly mode: EnforcementMode;
  readonly rules: readonly RuleInfo[];
  /** legal rules that can't do what their author hopes: dead, shadowed, unreachable */
  readonly warnings: readonly Reason[];
  /**
   * Judges one action: pure, synchronous, about a microsecond. Without `evidence` the target is taken as it stands
   * (normalised lexically, no symlink resolved, a command split into literal words): the governor always inspects.
   */
  decide(action: Action, evidence?: Evidence, state?: AgentState): Decision;
  /** The same judgement with every step spelt out; `decide` and `explain` never disagree. */
  explain(action: Action, evidence?: Evidence, state?: AgentState): { decision: Decision; trace: TraceStep[] };
  /** Catalogue entry of an operation, built in or the user's own. */
  operation(name: string): OperationSpec | undefined;
  operations(): Iterable<OperationSpec>;
  /** undefined where the action's decision needs no shared state: the common case, and free */
  stateNeeds(action: Action): StateNeeds | undefined;
  /** Which approval strategy the operation's classes ask for. */
  approvalStrategy(operation: OperationSpec): ApprovalStrategy;
  /** A pattern for an operation's targets, in the dialect of its lists: for what is permitted outside the configuration. */
  targetPattern(operation: OperationSpec, pattern: string): TargetPattern;
}
