import type { ApprovalsConfig } from '../model/configuration.ts';

/** max(min_approvers, ⌈p·N⌉, and with Byzantine tolerance ⌊(N+f)/2⌋+1), in exact arithmetic over p's decimal digits. */
export function requiredApprovals(rule: ApprovalsConfig['multiApproval'], eligible: number): number {
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
