import { GgenError } from '../kernel/errors.ts';
import type { Clock } from '../kernel/ports.ts';
import { printable } from '../kernel/text.ts';
import type { ApprovalRecord, VoteVia } from '../model/approval.ts';
import type { ApprovalsConfig, ApproverConfig } from '../model/configuration.ts';
import type { OperationSpec } from '../model/operation.ts';
import { eligibleAgents, eligibleUsers } from './eligibility.ts';
import { slackButtonsOf, whyNotByClick } from './relayed-votes.ts';
import { isSameName } from './same-name.ts';

export interface DeciderParts {
  readonly clock: Clock;
  readonly config: () => ApprovalsConfig;
  readonly operation: (name: string) => OperationSpec | undefined;
}

/** How a vote is cast. */
export interface CastBy {
  /** to whom the approver lent it */
  readonly voter?: string;
  /** who passes it on */
  readonly via?: VoteVia | undefined;
}

/**
 * Throws NOT_PERMITTED where `approver` has no vote on the request, or where it may not be cast in this way.
 */
export function assertMayDecide(
  parts: DeciderParts,
  record: ApprovalRecord,
  approver: string,
  { voter = approver, via }: CastBy = {},
): void {
  // DESIGN §6 rule 3: no requester votes on its own request, however it spells its name
  const asker = [voter, approver].find((one) => isSameName(one, record.requester));
  if (asker !== undefined) throw new GgenError('NOT_PERMITTED', `${asker} asked for this and can't decide it`);
  const { eligible: first, agents = [], escalation } = record.quorum ?? {};
  const { user, agent } = parts.config().approvers;
  if (voter !== approver && [voter, approver].some((one) => agent.some(({ id }) => isSameName(id, one)))) {
    throw new GgenError('NOT_PERMITTED', 'only people lend each other their votes');
  }
  const isLate = escalation?.eligible.includes(approver) === true;
  if (isLate && parts.clock() < escalation!.at) {
    const at = new Date(escalation!.at).toISOString();
    throw new GgenError('NOT_PERMITTED', `${approver} is asked only at ${at}, if nobody has decided by then`);
  }
  const eligible = eligibleFor(parts, record);
  const isAgent = agent.some(({ id }) => id === approver);
  if (via && voter !== approver) throw new GgenError('NOT_PERMITTED', 'a vote that was lent is signed in person');
  if (via) assertRelayed(parts, record, approver, via, isAgent || agents.includes(approver));
  // Who was not counted when it was asked has no vote, and who may not any more has none either.
  const counted = isAgent ? agents.includes(approver) : isLate || (first?.includes(approver) ?? true);
  const may = isAgent
    ? agentsFor(parts, record).some(({ id }) => id === approver)
    : eligible === undefined || eligible.some(({ id }) => id === approver);
  if (counted && may) return;
  const known = isAgent || user.some(({ id }) => id === approver);
  const who = eligible?.map(({ id }) => id).join(', ') || 'nobody';
  throw new GgenError(
    'NOT_PERMITTED',
    known
      ? `${approver} may not decide on ${operationNames(record).join(' with ')}: can_approve covers neither it nor its domain`
      : `${approver} is not a configured approver`,
    { hint: `eligible: ${who}; choose with --as` },
  );
}

/** A relay passes on what a person said, and only on what may be decided so. */
function assertRelayed(
  parts: DeciderParts,
  record: ApprovalRecord,
  approver: string,
  { user }: VoteVia,
  isAgent: boolean,
): void {
  const refuse = (why: string): never => {
    throw new GgenError('NOT_PERMITTED', why, { hint: `ggen-mcp approvals show ${record.id}` });
  };
  if (isAgent) refuse(`${approver} is an agent, and a click is a person's`);
  if (slackButtonsOf(parts.config())?.users.get(user) !== approver)
    refuse(`[approvals.slack.users] does not say that ${printable(user, 50)} is ${approver}`);
  const why = whyNotByClick(record, operationsOf(parts, record));
  if (why !== undefined) refuse(`a click is not enough: ${why}`);
}

/** Who may decide on the request, as in eligibleUsers. */
export function eligibleFor(parts: DeciderParts, record: ApprovalRecord): readonly ApproverConfig[] | undefined {
  return eligibleUsers(parts.config().approvers.user, operationsOf(parts, record));
}

function agentsFor(parts: DeciderParts, record: ApprovalRecord): readonly ApproverConfig[] {
  return eligibleAgents(parts.config().approvers.agent, operationsOf(parts, record));
}

/** The operations of all parts of the action that was asked about; NOT_PERMITTED where one isn't known any more. */
export function operationsOf(parts: Pick<DeciderParts, 'operation'>, record: ApprovalRecord): OperationSpec[] {
  return operationNames(record).map((name) => {
    const operation = parts.operation(name);
    if (!operation) throw new GgenError('NOT_PERMITTED', `operation ${name} isn't known any more`);
    return operation;
  });
}

function operationNames(record: ApprovalRecord): string[] {
  const { operations } = record.metadata;
  const names = Array.isArray(operations) ? operations.filter((name) => typeof name === 'string') : [];
  return [...new Set([record.operation.name, ...names])];
}
