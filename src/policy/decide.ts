import type { Action, ActionPart } from '../model/action.ts';
import type { GovernanceConfig } from '../model/configuration.ts';
import type { AgentState, Decision, Reason } from '../model/decision.ts';
import type { Evidence, Finding, PartEvidence } from '../model/evidence.ts';
import { judgePart, type PartRules, type PartVerdict } from './judge-part.ts';
import { lexicalPart, type Place } from './lexical-target.ts';
import { limitsOf, reachedLimits } from './limits.ts';
import { strategyFor } from './operation-rules.ts';
import type { PolicyInput, PolicySet, TraceStep } from './policy-set.ts';
import type { Compilation, Rule } from './rule-list.ts';
import { compileTargetPattern } from './target-pattern.ts';
import { traceFinding, traceLimits, traceMode, tracePart } from './trace.ts';
import { addFinding, addPart, allowReasons, decideFrom, noVerdicts } from './verdict.ts';

const NONE: readonly Reason[] = Object.freeze([]);

/** The set itself: everything in it was made by now, and nothing in it changes but what it remembers of allowing. */
export function createPolicySet(input: PolicyInput, compilation: Compilation, rules: PartRules): PolicySet {
  const { config, digest } = input;
  const mode = config.policies.enforcementMode;
  const home: Place = { workspace: input.workspace, home: input.home };
  const remembered = rememberDecisions(digest, mode);

  const lexical = (part: ActionPart, action: Action, findings: Finding[]): PartEvidence => {
    const operation = rules.operations.get(part.actionType);
    const cwd = action.context?.cwd;
    return operation
      ? lexicalPart(operation.spec, part.target, cwd === undefined ? home : { ...home, cwd }, findings)
      : part;
  };

  const inspectLexically = (action: Action): Pick<Evidence, 'parts' | 'findings'> => {
    const findings: Finding[] = [];
    const parts = [action, ...(action.parts ?? [])].map((part) => lexical(part, action, findings));
    return { parts, findings: findings.filter((finding) => isOn(config, finding)) };
  };

  /** One part, nothing found, no counters: the common case. Undefined where the whole judgement is needed. */
  const decideSimply = (action: Action, evidence: Evidence | undefined): Decision | undefined => {
    if (action.parts !== undefined) return undefined;
    let part: PartEvidence;
    if (evidence === undefined) {
      const findings: Finding[] = [];
      part = lexical(action, action, findings);
      if (findings.length > 0) return undefined;
    } else {
      if (evidence.findings.length > 0 || evidence.parts.length !== 1) return undefined;
      part = evidence.parts[0]!;
    }
    const verdict = judgePart(rules, action.requester, part);
    if (verdict.kind === 'allow') return remembered.allowed(verdict.bound, verdict.permit);
    if (mode !== 'strict') return undefined;
    if (verdict.kind === 'ask') return config.approvals.enabled ? remembered.asked(verdict.reasons) : undefined;
    if (verdict.asks) return undefined;
    return { outcome: 'denied', reasons: verdict.reasons, warnings: NONE, policySet: digest, mode };
  };

  /** The whole judgement; `decideSimply` may only answer what this one answers. */
  const judge = (action: Action, evidence?: Evidence, state?: AgentState, trace?: TraceStep[]): Decision => {
    const verdicts = noVerdicts();
    const { parts, findings } = evidence ?? inspectLexically(action);
    if (parts.length < 1 + (action.parts?.length ?? 0)) {
      verdicts.always.push(rules.place('builtin.no-evidence', 'not every part of the action was looked at'));
    }
    for (const finding of findings) {
      const reason = addFinding(verdicts, finding, rules.place);
      trace?.push(traceFinding(action, finding, reason));
    }
    for (const part of parts) {
      const verdict: PartVerdict = judgePart(rules, action.requester, part);
      addPart(verdicts, verdict);
      trace?.push(...tracePart(part, verdict, rules.operations.get(part.actionType)?.spec));
    }
    if (state?.isolated !== undefined) {
      verdicts.always.push(rules.place('builtin.isolated', `the agent is isolated: ${state.isolated}`));
    }
    if (state) {
      const reached = reachedLimits(limitsOf(config, action), state, rules.place);
      verdicts.deny.push(...reached);
      trace?.push(traceLimits(action, reached));
    }
    if (verdicts.ask.length && !config.approvals.enabled) {
      // Permissive still asks, and here nobody can be asked: so this is no denial that it could lift.
      verdicts.block.push(rules.place('approvals.enabled', 'approval is required, and approvals are off'));
    }
    const decision = decideFrom(verdicts, mode, digest);
    trace?.push(traceMode(decision));
    return decision;
  };

  return {
    digest,
    mode,
    rules: compilation.rules.map(({ id, pattern, file, line }) => ({ id, text: pattern, file, line })),
    warnings: compilation.warnings,
    decide: (action, evidence, state) =>
      (state === undefined ? decideSimply(action, evidence) : undefined) ?? judge(action, evidence, state),
    explain(action, evidence, state) {
      const trace: TraceStep[] = [];
      return { decision: judge(action, evidence, state, trace), trace };
    },
    operation: (name) => rules.operations.get(name)?.spec,
    operations: function* operations() {
      for (const { spec } of rules.operations.values()) yield spec;
    },
    stateNeeds: (action) => limitsOf(config, action),
    targetPattern: (operation, pattern) => compileTargetPattern(operation, pattern, home),
    approvalStrategy: (operation) => {
      const strategy = strategyFor(operation, config);
      // Asked for by name: the list is explicit, so a person decides rather than nobody.
      const listed = rules.operations.get(operation.name)?.listed !== undefined;
      return strategy === 'auto-approval' && listed ? 'single-approval' : strategy;
    },
  };
}

/** Decisions without anything of the action in them are made once, then shared: the common case allocates nothing. */
function rememberDecisions(policySet: string, mode: Decision['mode']) {
  const make = (outcome: Decision['outcome'], reasons: readonly Reason[]): Decision =>
    Object.freeze({ outcome, reasons: Object.freeze(reasons), warnings: NONE, policySet, mode });
  const unbound = new Map<Reason | undefined, Decision>();
  const asking = new WeakMap<readonly Reason[], Decision>();
  return {
    allowed(bound: Rule | undefined, permit: Reason): Decision {
      const known = bound?.decisions ?? unbound;
      let decision = known.get(permit);
      if (!decision) {
        decision = make('allowed', allowReasons(bound?.reason, permit));
        known.set(permit, decision);
      }
      return decision;
    },
    asked(reasons: readonly Reason[]): Decision {
      let decision = asking.get(reasons);
      if (!decision) {
        decision = make('requires_approval', reasons);
        asking.set(reasons, decision);
      }
      return decision;
    },
  };
}

/** Findings of the engine's own lexical look are subject to the same switches as the inspectors'. */
function isOn({ policies: { security } }: GovernanceConfig, finding: Finding): boolean {
  if (!security.enabled) return false;
  switch (finding.kind) {
    case 'input':
      return security.inputValidation;
    case 'path':
      return security.pathTraversalProtection;
    case 'command':
      return security.commandInjectionProtection;
    default:
      return true;
  }
}
