import type { ApprovalsConfig, QuorumRule } from '../model/configuration.ts';

/** max(min_approvers, ⌈p·N⌉, and with Byzantine tolerance ⌊(N+f)/2⌋+1), in exact arithmetic over p's decimal digits. */
export function requiredApprovals(
  rule: Pick<QuorumRule, 'minApprovers' | 'quorumPercentage' | 'byzantineTolerance'>,
  eligible: number,
): number {
  const [numerator, denominator] = exactFraction(rule.quorumPercentage);
  const share = Number((numerator * BigInt(eligible) + denominator - 1n) / denominator);
  const byzantine = rule.byzantineTolerance ? Math.floor((eligible + toleratedFaults(eligible)) / 2) + 1 : 0;
  return Math.max(rule.minApprovers, share, byzantine);
}

/** How many of N approvers may be faulty where people or models judge: f = ⌊(N−1)/3⌋. */
export function toleratedFaults(eligible: number): number {
  return Math.max(0, Math.floor((eligible - 1) / 3));
}

/** 0.67 is 67/100 as its author wrote it, not the nearest binary fraction; tiny shares are printed as 1e-7. */
function exactFraction(share: number): [numerator: bigint, denominator: bigint] {
  const [digits = '0', exponent = '0'] = String(share).split('e');
  const [whole = '0', fraction = ''] = digits.split('.');
  const scale = fraction.length - Number(exponent);
  return [BigInt(whole + fraction), 10n ** BigInt(Math.max(0, scale))];
}

/** The rule for one operation: what is said of it, else of all. */
export function ruleOf(
  { multiApproval, operations }: Pick<ApprovalsConfig, 'multiApproval' | 'operations'>,
  name: string,
): QuorumRule {
  const own = Object.hasOwn(operations, name) ? operations[name]! : undefined;
  return {
    minApprovers: own?.minApprovers ?? multiApproval.minApprovers,
    quorumPercentage: own?.quorumPercentage ?? multiApproval.quorumPercentage,
    byzantineTolerance: own?.byzantineTolerance ?? multiApproval.byzantineTolerance,
    minPeople: own?.minPeople ?? multiApproval.minPeople,
    roles: own?.roles ?? multiApproval.roles,
  };
}
