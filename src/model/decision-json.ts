import type { JsonObject } from '../kernel/json.ts';
import type { Decision, Reason } from './decision.ts';

/** The JSON form of a decision: `{outcome, reasons, warnings, policy_set, action_digest, mode, strict?}`. */
export function decisionToJson(decision: Decision, actionDigest: string): JsonObject {
  return {
    outcome: decision.outcome,
    reasons: decision.reasons.map(reasonToJson),
    warnings: decision.warnings.map(reasonToJson),
    policy_set: decision.policySet,
    action_digest: actionDigest,
    mode: decision.mode,
    ...(decision.strict
      ? { strict: { outcome: decision.strict.outcome, reasons: decision.strict.reasons.map(reasonToJson) } }
      : {}),
  };
}

export function reasonToJson({ rule, message, file, line }: Reason): JsonObject {
  return { rule, message, file, line };
}
