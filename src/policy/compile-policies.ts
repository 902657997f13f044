import type { Position } from '../kernel/errors.ts';
import type { Action, ActionPart } from '../model/action.ts';
import type { GovernanceConfig } from '../model/configuration.ts';
import type { AgentState, Decision, Reason } from '../model/decision.ts';
import type { Evidence, Finding, PartEvidence } from '../model/evidence.ts';
import { compileBounds } from './bounds.ts';
import { warnContradictions } from './contradictions.ts';
import { judgePart, type PartRules } from './judge-part.ts';
import { lexicalPart } from './lexical-target.ts';
import { limitsOf, reachedLimits } from './limits.ts';
import { compileOperations, strategyFor } from './operation-rules.ts';
import type { PolicySet, TraceStep } from './policy-set.ts';
import { type Compilation, compileDomainList, compileWordList, type Rule } from './rule-list.ts';
import { addFinding, addPart, allowReasons, decideFrom, noVerdicts } from './verdict.ts';

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

export type CompileResult =
  | { readonly ok: true; readonly set: PolicySet }
  /** patterns that can't be used and examples that don't hold: all of them, each with its place */
  | { readonly ok: false; readonly problems: readonly Reason[] };

/** Compiles a configuration into a set that decides in about a microsecond. */
export function compilePolicies(input: PolicyInput): CompileResult {
  const { config, digest, workspace } = input;
  const compilation: Compilation = { ...input, rules: [], problems: [], warnings: [] };
  const place = (rule: string, message: string): Reason => {
    const { file, line } = input.locate(rule);
    return { rule, message, file, line };
  };
  const { allowedCommands } = config.policies.security;
  const says = (what: string) => (pattern: string) => `${JSON.stringify(pattern)} ${what}`;
  const bounds = compileBounds(compilation, config);
  const rules: PartRules = {
    config,
    operations: compileOperations(compilation, config),
    bounds,
    defaultBounds: bounds.get('default'),
    commands: compileWordList(
      compilation,
      allowedCommands.commands,
      'policies.security.allowed_commands.commands',
      says('is an allowed command'),
    ),
    askedCommands: compileWordList(
      compilation,
      allowedCommands.requireApproval,
      'policies.security.allowed_commands.require_approval',
      says('is a command that requires approval'),
    ),
    allowedDomains: compileDomainList(
      compilation,
      config.policies.network.allowedDomains,
      'policies.network.allowed_domains',
      says('is an allowed domain'),
    ),
    blockedDomains: compileDomainList(
      compilation,
      config.policies.network.blockedDomains,
      'policies.network.blocked_domains',
      says('is a blocked domain'),
    ),
    place,
  };
  warnContradictions(compilation, rules);
  if (compilation.problems.length) return { ok: false, problems: compilation.problems };
  return { ok: true, set: createSet(input, compilation, rules, place, digest, workspace) };
}

function createSet(
  { config }: PolicyInput,
  compilation: Compilation,
  rules: PartRules,
  place: PartRules['place'],
  digest: string,
  workspace: string,
): PolicySet {
  const mode = config.policies.enforcementMode;
  const unbound = new Map<Reason | undefined, Decision>();

  /** An allowing decision is made once for each pair of reasons, then shared: the common case allocates nothing. */
  const allowed = (bound: Rule | undefined, permit: Reason): Decision => {
    const known = bound?.decisions ?? unbound;
    let decision = known.get(permit);
    if (!decision) {
      const reasons = Object.freeze(allowReasons(bound?.reason, permit));
      decision = Object.freeze({ outcome: 'allowed', reasons, warnings: NONE, policySet: digest, mode });
      known.set(permit, decision);
    }
    return decision;
  };

  const decide = (action: Action, evidence?: Evidence, state?: AgentState): Decision => {
    if (!state) {
      const findings: Finding[] | readonly Finding[] = evidence ? evidence.findings : [];
      const parts = evidence ? evidence.parts : undefined;
      if (findings.length === 0 && (parts ? parts.length === 1 : action.parts === undefined)) {
        const part = parts ? parts[0]! : lexical(action, findings as Finding[]);
        if (findings.length === 0) {
          const verdict = judgePart(rules, action.requester, part);
          if (verdict.kind === 'allow') return allowed(verdict.bound, verdict.permit);
        }
      }
    }
    return judgeFully(action, evidence, state);
  };

  const lexical = (part: ActionPart, findings: Finding[]): PartEvidence => {
    const operation = rules.operations.get(part.actionType);
    return operation ? lexicalPart(operation.spec, part.target, workspace, findings) : part;
  };

  const judgeFully = (action: Action, evidence?: Evidence, state?: AgentState, trace?: TraceStep[]): Decision => {
    const verdicts = noVerdicts();
    const own: Finding[] = [];
    const parts = evidence?.parts ?? [action, ...(action.parts ?? [])].map((part) => lexical(part, own));
    const findings = evidence?.findings ?? own.filter((finding) => isOn(config, finding));
    for (const finding of findings) {
      const reason = addFinding(verdicts, finding, place);
      trace?.push({
        step: 'inspect',
        part: action.target,
        verdict: finding.severity === 'warn' ? 'pass' : 'denied',
        reasons: [reason],
      });
    }
    for (const part of parts) {
      const verdict = judgePart(rules, action.requester, part);
      const spec = rules.operations.get(part.actionType)?.spec;
      trace?.push({
        step: 'classify',
        part: `${part.actionType} ${part.target}`,
        verdict: spec ? 'pass' : 'denied',
        reasons: [],
      });
      const reasons = addPart(verdicts, verdict);
      trace?.push({
        step: 'judge',
        part: part.path ?? part.argv?.join(' ') ?? part.url?.host ?? part.target,
        verdict: OUTCOMES[verdict.kind],
        reasons,
      });
    }
    if (state?.isolated !== undefined)
      verdicts.always.push(place('builtin.isolated', `the agent is isolated: ${state.isolated}`));
    if (state) {
      const reached = reachedLimits(limitsOf(config, action), state, place);
      verdicts.deny.push(...reached);
      trace?.push({
        step: 'limits',
        part: action.requester,
        verdict: reached.length ? 'denied' : 'pass',
        reasons: reached,
      });
    }
    if (verdicts.ask.length && !config.approvals.enabled) {
      verdicts.deny.push(place('approvals.enabled', 'approval is required, and approvals are off'));
    }
    const decision = decideFrom(verdicts, mode, digest);
    trace?.push({ step: 'mode', part: mode, verdict: decision.outcome, reasons: decision.reasons });
    return decision;
  };

  return {
    digest,
    mode,
    rules: compilation.rules.map(({ id, pattern, file, line }) => ({ id, text: pattern, file, line })),
    warnings: compilation.warnings,
    decide,
    explain: (action, evidence, state) => {
      const trace: TraceStep[] = [];
      return { decision: judgeFully(action, evidence, state, trace), trace };
    },
    operation: (name) => rules.operations.get(name)?.spec,
    operations: function* operations() {
      for (const { spec } of rules.operations.values()) yield spec;
    },
    stateNeeds: (action) => limitsOf(config, action),
    approvalStrategy: (operation) => strategyFor(operation, config),
  };
}

const NONE: readonly Reason[] = Object.freeze([]);
const OUTCOMES = { allow: 'allowed', ask: 'requires_approval', deny: 'denied' } as const;

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
