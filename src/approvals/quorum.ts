import { isGrave, leastPeople, requiredOf, toleratedFaults, whyUnreachable } from '../config/index.ts';
import type { ApprovalStrategy, Quorum, RoleQuorum } from '../model/approval.ts';
import type { ApprovalsConfig, ApproverConfig, QuorumRule } from '../model/configuration.ts';
import type { OperationSpec } from '../model/operation.ts';
import type { ApproverKeys } from './approver-keys.ts';
import { eligibleAgents, eligibleUsers } from './eligibility.ts';
import { ruleFor } from './quorum-rule.ts';
import { isSameName } from './same-name.ts';

/** One approval, by whoever may give it: its one vote decides. */
export const ONE: Quorum = { required: 1, of: 1 };

export interface QuorumSettings
  extends Pick<ApprovalsConfig, 'multiApproval' | 'operations' | 'approvers' | 'escalation'> {
  readonly keys: Pick<ApproverKeys, 'has' | 'all'>;
}

/** What a request needs, or why nobody could ever give it. */
export type QuorumAnswer = { readonly quorum: Quorum } | { readonly obstacle: string };

/** The quorum of a request at `now` for all of `operations`; who asks may not vote, and neither may who can't sign. */
export function quorumFor(
  strategy: ApprovalStrategy,
  operations: readonly OperationSpec[],
  requester: string,
  settings: QuorumSettings,
  now: number,
): QuorumAnswer {
  const names = [...new Set(operations.map((operation) => operation.name))].join(' with ');
  const { approvers, keys, escalation } = settings;
  const users = eligibleUsers(approvers.user, operations) ?? keyHolders(settings);
  const others = users?.filter(({ id }) => !isSameName(id, requester));
  const people = others?.filter(({ id }) => keys.has(id, now));
  const agents = eligibleAgents(approvers.agent, operations).filter(
    ({ id }) => !isSameName(id, requester) && keys.has(id, now),
  );
  const withoutKey = (others ?? []).filter((one) => !people?.includes(one)).map(({ id }) => id);
  const keyless = withoutKey.length > 0 ? `; without a key: ${withoutKey.join(', ')} (ggen-mcp keys create)` : '';
  const grave = operations.some(isGrave);
  const byTimer = strategy === 'time-based-approval';

  if (people?.length === 0 && !byTimer && (agents.length === 0 || (strategy !== 'multi-approval' && grave))) {
    const domains = [...new Set(operations.map((operation) => operation.domain))].join(', ');
    const other = users!.length > 0 && !keyless;
    const who = agents.length > 0 ? 'no person' : `no configured approver${keyless ? ' with a key' : ''}`;
    return {
      obstacle: `${who}${other ? ' other than who asks' : ''} may decide on ${names} (domain ${domains})${keyless}`,
    };
  }
  const more = agents.length > 0 ? { agents: idsOf(agents) } : {};
  if (strategy !== 'multi-approval') {
    const least = agents.length > 0 && grave ? { people: 1 } : {};
    const late = people && lateOf(people, escalation, now, (first) => first.length > 0 || byTimer);
    return { quorum: { ...ONE, ...(people ? { eligible: idsOf(people) } : {}), ...more, ...late, ...least } };
  }
  if (people === undefined) {
    return { obstacle: `${names} needs multi-approval, and no approvers are configured: nobody can give it` };
  }
  const rule = ruleFor(operations, settings);
  const electorate = { people, agents, isGrave: grave };
  const why = whyUnreachable(rule, electorate);
  if (why !== undefined) return { obstacle: `${names} can't be approved: ${why}${keyless}` };
  const of = people.length + agents.length;
  const late = lateOf(people, escalation, now, (first) => {
    return whyUnreachable(rule, { ...electorate, people: first, of }) === undefined;
  });
  const least = leastPeople(rule, electorate);
  return {
    quorum: {
      required: requiredOf(rule, electorate),
      of,
      eligible: idsOf(people),
      ...(rule.byzantineTolerance ? { tolerates: toleratedFaults(of) } : {}),
      ...more,
      ...late,
      ...(least > 0 ? { people: least } : {}),
      ...rolesOf(rule, [...people, ...agents]),
    },
  };
}

/**
 * Who of these people is asked only later. They are counted from the beginning; where the others alone could not
 * approve it, everybody is asked at once.
 */
function lateOf(
  people: readonly ApproverConfig[],
  { afterSeconds, approvers }: ApprovalsConfig['escalation'],
  now: number,
  isEnough: (first: readonly ApproverConfig[]) => boolean,
): Pick<Quorum, 'escalation'> {
  const late = afterSeconds > 0 ? people.filter(({ id }) => approvers.includes(id)) : [];
  if (late.length === 0 || !isEnough(people.filter((one) => !late.includes(one)))) return {};
  return { escalation: { at: now + afterSeconds * 1000, eligible: idsOf(late) } };
}

function rolesOf({ roles }: QuorumRule, all: readonly ApproverConfig[]): Pick<Quorum, 'roles'> {
  const names = Object.entries(roles).filter(([, count]) => count > 0);
  if (names.length === 0) return {};
  const quorum = ([role, required]: [string, number]): [string, RoleQuorum] => [
    role,
    { required, eligible: idsOf(all.filter((one) => one.role === role)) },
  ];
  return { roles: Object.fromEntries(names.map(quorum)) };
}

/**
 * Whoever has a key, where no people are named but agents are.
 * THREAT: an agent that has a key would else be among those who need no name.
 */
function keyHolders({ approvers, keys }: QuorumSettings): ApproverConfig[] | undefined {
  if (approvers.agent.length === 0) return undefined;
  const holders = new Set(keys.all.map(({ approver }) => approver));
  for (const { id } of approvers.agent) holders.delete(id);
  return [...holders].map((id) => ({ id, role: '', canApprove: ['*'], autoApprove: false }));
}

function idsOf(approvers: readonly ApproverConfig[]): string[] {
  return approvers.map(({ id }) => id);
}
