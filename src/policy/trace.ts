import type { Action } from '../model/action.ts';
import type { Decision, Outcome, Reason } from '../model/decision.ts';
import type { Finding, PartEvidence } from '../model/evidence.ts';
import type { OperationSpec } from '../model/operation.ts';
import type { PartVerdict } from './judge-part.ts';
import type { TraceStep } from './policy-set.ts';
import { allowReasons } from './verdict.ts';

/**
 * The steps behind a decision, told from the very verdicts that it is made of: nothing is judged a second time, so
 * what is explained is what was decided.
 */
export function tracePart(part: PartEvidence, verdict: PartVerdict, spec: OperationSpec | undefined): TraceStep[] {
  const subject = part.path ?? part.argv?.join(' ') ?? part.url?.host ?? part.target;
  const step = (name: string, outcome: TraceStep['verdict'], reasons: readonly Reason[]): TraceStep => ({
    step: name,
    part: subject,
    verdict: outcome,
    reasons,
  });
  const known: TraceStep = {
    step: 'classify',
    part: `${part.actionType} ${part.target}`,
    verdict: spec ? 'pass' : 'denied',
    reasons: spec || verdict.kind !== 'deny' ? [] : verdict.reasons,
  };
  if (!spec) return [known];
  const asks = verdict.kind === 'deny' && verdict.asks ? [step('approval', 'requires_approval', verdict.asks)] : [];
  if (verdict.kind === 'deny' && verdict.at === 'bounds') {
    return [known, step('bounds', 'denied', verdict.reasons), ...asks];
  }
  const bounds = step('bounds', 'pass', verdict.bound ? [verdict.bound.reason] : []);
  switch (verdict.kind) {
    case 'deny':
      return [known, bounds, step('permit', 'denied', verdict.reasons), ...asks];
    case 'allow':
      return [known, bounds, step('permit', 'allowed', allowReasons(undefined, verdict.permit))];
    case 'ask': {
      const permit = step('permit', 'pass', verdict.permit ? [verdict.permit] : []);
      return [known, bounds, permit, step('approval', 'requires_approval', verdict.reasons)];
    }
  }
}

export function traceFinding(action: Action, { severity }: Finding, reason: Reason): TraceStep {
  return { step: 'inspect', part: action.target, verdict: severity === 'warn' ? 'pass' : 'denied', reasons: [reason] };
}

export function traceLimits(action: Action, reached: readonly Reason[]): TraceStep {
  return { step: 'limits', part: action.requester, verdict: reached.length ? 'denied' : 'pass', reasons: reached };
}

/** What became of all that in the enforcement mode. */
export function traceMode({ mode, outcome, reasons }: Decision): TraceStep {
  const verdict: Outcome = outcome;
  return { step: 'mode', part: mode, verdict, reasons };
}
