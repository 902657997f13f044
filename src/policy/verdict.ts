import type { Decision, EnforcementMode, Outcome, Reason } from '../model/decision.ts';
import type { Finding } from '../model/evidence.ts';
import type { PartVerdict } from './judge-part.ts';

/** Everything that speaks for or against one action, before the enforcement mode is applied. */
export interface Verdicts {
  /** hold in every mode: rule 8 and isolation */
  readonly always: Reason[];
  /** hold in strict and permissive: their own setting says block */
  readonly block: Reason[];
  /** hold in strict; warnings in permissive */
  readonly deny: Reason[];
  readonly ask: Reason[];
  readonly allow: Reason[];
  readonly warn: Reason[];
}

export function noVerdicts(): Verdicts {
  return { always: [], block: [], deny: [], ask: [], allow: [], warn: [] };
}

export function addFinding(
  verdicts: Verdicts,
  finding: Finding,
  place: (rule: string, message: string) => Reason,
): Reason {
  const reason = place(finding.rule, finding.message);
  verdicts[finding.severity].push(reason);
  return reason;
}

export function addPart(verdicts: Verdicts, verdict: PartVerdict): readonly Reason[] {
  const reasons = verdict.kind === 'allow' ? allowReasons(verdict.bound?.reason, verdict.permit) : verdict.reasons;
  verdicts[verdict.kind].push(...reasons);
  if (verdict.kind === 'deny' && verdict.asks) verdicts.ask.push(...verdict.asks);
  return reasons;
}

export function allowReasons(bound: Reason | undefined, permit: Reason): Reason[] {
  return bound === undefined || bound === permit ? [permit] : [bound, permit];
}

/** Deny beats approval, approval beats allow; the order in which reasons came never matters to the outcome. */
export function decideFrom(verdicts: Verdicts, mode: EnforcementMode, policySet: string): Decision {
  const strict = strictOutcome(verdicts);
  const strictReasons = reasonsFor(strict, verdicts);
  const warnings = once(verdicts.warn);
  if (mode === 'strict') return { outcome: strict, reasons: strictReasons, warnings, policySet, mode };
  const enforced = mode === 'permissive' ? [...verdicts.always, ...verdicts.block] : verdicts.always;
  const outcome: Outcome = enforced.length
    ? 'denied'
    : mode === 'permissive' && verdicts.ask.length
      ? 'requires_approval'
      : 'allowed';
  const lifted = mode === 'permissive' ? verdicts.deny : [...verdicts.block, ...verdicts.deny, ...verdicts.ask];
  const reasons = outcome === 'denied' ? enforced : outcome === 'requires_approval' ? verdicts.ask : verdicts.allow;
  return {
    outcome,
    reasons: once(reasons),
    warnings: once([...warnings, ...lifted]),
    policySet,
    mode,
    ...(strict === outcome ? {} : { strict: { outcome: strict, reasons: strictReasons } }),
  };
}

function strictOutcome(verdicts: Verdicts): Outcome {
  if (verdicts.always.length || verdicts.block.length || verdicts.deny.length) return 'denied';
  return verdicts.ask.length ? 'requires_approval' : 'allowed';
}

function reasonsFor(outcome: Outcome, verdicts: Verdicts): Reason[] {
  return once(reasonsOf(outcome, verdicts));
}

/** Parts of one action are often judged by the same rule, which is said once. */
function once(reasons: readonly Reason[]): Reason[] {
  const said = new Set<string>();
  return reasons.filter(({ rule, message }) => {
    const known = said.size;
    return said.add(`${rule}\n${message}`).size > known;
  });
}

function reasonsOf(outcome: Outcome, verdicts: Verdicts): Reason[] {
  if (outcome === 'denied') return [...verdicts.always, ...verdicts.block, ...verdicts.deny];
  return outcome === 'requires_approval' ? verdicts.ask : verdicts.allow;
}
