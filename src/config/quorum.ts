import type { ApprovalsConfig, ApproverConfig, QuorumRule } from '../model/configuration.ts';
import { graveClass, type OperationSpec } from '../model/operation.ts';

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

/** Whether an operation is of a class that nobody but people may approve of in the end. */
export function isGrave(operation: Pick<OperationSpec, 'classes'>): boolean {
  return graveClass(operation) !== undefined;
}

/** Who could give approvals to one request. */
export interface Electorate {
  readonly people: readonly ApproverConfig[];
  readonly agents: readonly ApproverConfig[];
  /** how many are counted, where these are not all of them */
  readonly of?: number;
  readonly isGrave: boolean;
}

/** How many approvals the rule takes of these. */
export function requiredOf(
  rule: QuorumRule,
  { people, agents, of = people.length + agents.length }: Electorate,
): number {
  const ofRoles = Object.values(rule.roles).reduce((sum, one) => sum + one, 0);
  return Math.max(requiredApprovals(rule, of), ofRoles);
}

/** How many of them must be people's, where agents may vote too. */
export function leastPeople(rule: Pick<QuorumRule, 'minPeople'>, { agents, isGrave: grave }: Electorate): number {
  return agents.length > 0 ? Math.max(rule.minPeople, grave ? 1 : 0) : 0;
}

/** Why these can't give what the rule takes, as a clause; undefined where they can. Said at load and when it is asked. */
export function whyUnreachable(rule: QuorumRule, electorate: Electorate): string | undefined {
  const { people, agents } = electorate;
  const all = [...people, ...agents];
  const required = requiredOf(rule, electorate);
  const names = (some: readonly ApproverConfig[]): string => some.map(({ id }) => id).join(', ') || 'nobody';
  if (required > all.length) return `${required} approvals are needed and ${all.length} may be given (${names(all)})`;
  const least = leastPeople(rule, electorate);
  if (least > people.length) return `${least} people must approve and ${people.length} may`;
  for (const [role, count] of Object.entries(rule.roles)) {
    const holders = all.filter((one) => one.role === role);
    if (count > holders.length)
      return `${count} approvals of role ${role} are needed and ${holders.length} may be given (${names(holders)})`;
  }
  return undefined;
}
