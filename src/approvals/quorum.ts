import { requiredApprovals, toleratedFaults } from '../config/index.ts';
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
  const grave = operations.some(({ classes }) => classes.includes('destructive') || classes.includes('high_risk'));
  const byTimer = strategy === 'time-based-approval';

  if (people?.length === 0 && !byTimer && (agents.length === 0 || (strategy !== 'multi-approval' && grave))) {
    const domains = [...new Set(operations.map((operation) => operation.domain))].join(', ');
    const other = users!.length > 0 && !keyless;
    const who = agents.length > 0 ? 'no person' : `no configured approver${keyless ? ' with a key' : ''}`;
    return {
      obstacle: `${who}${other ? ' other than who asks' : ''} may decide on ${names} (domain ${domains})${keyless}`,
    };
  }
  const late = escalation.afterSeconds > 0 ? (people ?? []).filter(({ id }) => escalation.approvers.includes(id)) : [];
  const first = people?.filter((one) => !late.includes(one));
  const at = now + escalation.afterSeconds * 1000;
  const reach = (asked: typeof people, then: readonly ApproverConfig[]): QuorumAnswer => {
    const more = {
      ...(agents.length > 0 ? { agents: idsOf(agents) } : {}),
      ...(then.length > 0 ? { escalation: { at, eligible: idsOf(then) } } : {}),
    };
    if (strategy !== 'multi-approval') {
      const least = agents.length > 0 && grave ? { people: 1 } : {};
      return { quorum: { ...ONE, ...(asked ? { eligible: idsOf(asked) } : {}), ...more, ...least } };
    }
    if (asked === undefined) {
      return { obstacle: `${names} needs multi-approval, and no approvers are configured: nobody can give it` };
    }
    return several(ruleFor(operations, settings), asked, agents, { names, keyless, grave, more });
  };
  // Who is asked later is asked at once where the others alone could not approve it.
  if (first?.length === 0 && late.length > 0 && !byTimer) return reach(people, []);
  const reached = reach(first, late);
  return 'obstacle' in reached && late.length > 0 ? reach(people, []) : reached;
}

interface Wording {
  readonly names: string;
  readonly keyless: string;
  readonly grave: boolean;
  readonly more: Partial<Quorum>;
}

function several(
  rule: QuorumRule,
  people: readonly ApproverConfig[],
  agents: readonly ApproverConfig[],
  { names, keyless, grave, more }: Wording,
): QuorumAnswer {
  const all = [...people, ...agents];
  const ofRoles = Object.values(rule.roles).reduce((sum, one) => sum + one, 0);
  const required = Math.max(requiredApprovals(rule, all.length), ofRoles);
  const cant = (why: string): QuorumAnswer => ({ obstacle: `${names} can't be approved: ${why}${keyless}` });
  if (required > all.length) {
    return cant(`${required} approvals are needed and ${all.length} may be given (${idsOf(all).join(', ')})`);
  }
  const least = agents.length > 0 ? Math.max(rule.minPeople, grave ? 1 : 0) : 0;
  if (least > people.length) return cant(`${least} people must approve and ${people.length} may`);
  const roles: Record<string, RoleQuorum> = {};
  for (const [role, count] of Object.entries(rule.roles)) {
    const eligible = idsOf(all.filter((one) => one.role === role));
    if (count > eligible.length) {
      const who = eligible.length > 0 ? ` (${eligible.join(', ')})` : '';
      return cant(`${count} approvals of role ${role} are needed and ${eligible.length} may be given${who}`);
    }
    roles[role] = { required: count, eligible };
  }
  return {
    quorum: {
      required,
      of: all.length,
      eligible: idsOf(people),
      ...(rule.byzantineTolerance ? { tolerates: toleratedFaults(all.length) } : {}),
      ...more,
      ...(least > 0 ? { people: least } : {}),
      ...(ofRoles > 0 ? { roles } : {}),
    },
  };
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
