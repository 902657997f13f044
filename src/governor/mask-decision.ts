import type { Decision, Reason } from '../model/decision.ts';

/**
 * The decision with secrets masked in every message. Policy names targets in its reasons as they are; whatever leaves
 * the governor has passed through here. An allowing decision without warnings says nothing of its target.
 */
export function maskDecision(decision: Decision, mask: (text: string) => string): Decision {
  if (decision.outcome === 'allowed' && decision.warnings.length === 0) return decision;
  const masked = (reasons: readonly Reason[]): Reason[] =>
    reasons.map((reason) => ({ ...reason, message: mask(reason.message) }));
  return {
    ...decision,
    reasons: masked(decision.reasons),
    warnings: masked(decision.warnings),
    ...(decision.strict
      ? { strict: { outcome: decision.strict.outcome, reasons: masked(decision.strict.reasons) } }
      : {}),
  };
}
