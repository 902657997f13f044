import { GgenError } from '../kernel/errors.ts';
import type { Clock } from '../kernel/ports.ts';
import { printable } from '../kernel/text.ts';
import type { Actor } from '../model/actor.ts';
import type { ApprovalRecord, ApprovalStatus } from '../model/approval.ts';
import type { AuditEntry } from '../model/audit-entry.ts';
import type { ApprovalsConfig, ApproverConfig } from '../model/configuration.ts';
import type { OperationSpec } from '../model/operation.ts';
import { eligibleUsers } from './eligibility.ts';
import { recordExpiry } from './expiry.ts';
import type { ApprovalStore } from './ports.ts';
import { statusAt } from './state-machine.ts';

export interface DeskDecision {
  readonly approvalId: string;
  readonly approved: boolean;
  readonly comment?: string;
  /** who decides: a configured approver's id, or the name of the user at the terminal */
  readonly approver: string;
  /** who the machine says is deciding, e.g. the operating system's user; recorded beside the approver */
  readonly via: string;
}

export interface ApprovalDesk {
  /** How a request stands now, expiry included; NOT_FOUND where there is none. */
  show(id: string): Promise<ApprovalRecord>;
  list(filter: { pending: boolean; limit: number }): Promise<ApprovalRecord[]>;
  /** Who may decide on the request, as in eligibleUsers. NOT_PERMITTED where an operation isn't known any more. */
  eligible(record: ApprovalRecord): readonly ApproverConfig[] | undefined;
  /** Records one person's decision; the request's new state. Throws NOT_PERMITTED, CONFLICT, NOT_FOUND. */
  decide(decision: DeskDecision): Promise<ApprovalRecord>;
  /** Takes back a pending request (its requester gave up) or revokes an approved one. */
  withdraw(id: string, to: 'cancelled' | 'revoked', actor: Actor): Promise<boolean>;
}

export interface DeskParts {
  readonly store: ApprovalStore;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly config: () => ApprovalsConfig;
  readonly operation: (name: string) => OperationSpec | undefined;
  /** masks what the secret patterns match, in what people write */
  readonly mask: (text: string) => string;
}

/** Where people decide on pending requests. */
export function createApprovalDesk(parts: DeskParts): ApprovalDesk {
  const { store, clock, newId } = parts;

  const show = async (id: string): Promise<ApprovalRecord> => {
    const record = await store.getRequest(id);
    if (!record)
      throw new GgenError('NOT_FOUND', `no approval request ${id}`, { hint: 'see `ggen-mcp approvals list`' });
    return { ...record, status: statusAt(record, clock()) };
  };

  const entryFor = (record: ApprovalRecord, to: ApprovalStatus, actor: Actor, comment?: string): AuditEntry => ({
    id: newId(),
    timestamp: clock(),
    eventType: 'approval_decision',
    actor,
    operation: record.operation,
    target: record.target,
    result: to === 'approved' ? 'success' : 'denied',
    metadata: {
      event: `approval_${to}`,
      approval_id: record.id,
      action_digest: record.actionDigest,
      policy_set: record.policySet,
      requester: record.requester,
      verified: false,
      ...(comment === undefined ? {} : { comment }),
    },
    correlationId: record.correlationId,
  });

  const decide = async (decision: DeskDecision): Promise<ApprovalRecord> => {
    const stored = await store.getRequest(decision.approvalId);
    if (stored) await recordExpiry(parts, stored);
    const record = await show(decision.approvalId);
    if (record.status !== 'pending') {
      throw new GgenError('CONFLICT', `request ${record.id} is ${record.status}, not pending`, {
        hint: 'the agent can ask again: a new request is made',
      });
    }
    assertMayDecide(parts, record, decision.approver);
    const now = clock();
    const comment = decision.comment === undefined ? undefined : printable(parts.mask(decision.comment), 2000);
    const to = decision.approved ? 'approved' : 'rejected';
    const actor: Actor = { actorType: 'user', id: decision.approver, name: decision.via };
    const changed = await store.changeRequest({
      id: record.id,
      from: 'pending',
      to,
      set: {
        decidedAt: now,
        decidedBy: actor,
        verified: false,
        ...(comment === undefined ? {} : { comment }),
        ...(decision.approved ? { useBy: now + parts.config().useWithinSeconds * 1000 } : {}),
      },
      entry: entryFor(record, to, actor, comment),
    });
    if (!changed) throw new GgenError('CONFLICT', `request ${record.id} was decided by someone else meanwhile`);
    return await show(record.id);
  };

  const withdraw = async (id: string, to: 'cancelled' | 'revoked', actor: Actor): Promise<boolean> => {
    const record = await show(id);
    const from = to === 'cancelled' ? 'pending' : 'approved';
    if (record.status !== from) return false;
    return store.changeRequest({ id, from, to, set: {}, entry: entryFor(record, to, actor) });
  };

  const list = async ({ pending, limit }: { pending: boolean; limit: number }): Promise<ApprovalRecord[]> => {
    const now = clock();
    const records = await store.listRequests(pending ? { status: 'pending', undecidedAt: now, limit } : { limit });
    const standing = records.map((record) => ({ ...record, status: statusAt(record, now) }));
    return pending ? standing.filter((record) => record.status === 'pending') : standing;
  };

  return { show, list, eligible: (record) => eligibleFor(parts, record), decide, withdraw };
}

function assertMayDecide(parts: DeskParts, record: ApprovalRecord, approver: string): void {
  // DESIGN §6 rule 3: no requester votes on its own request, however it spells its name
  if (fold(approver) === fold(record.requester)) {
    throw new GgenError('NOT_PERMITTED', `${approver} asked for this and can't decide it`);
  }
  const eligible = eligibleFor(parts, record);
  if (eligible === undefined || eligible.some((user) => user.id === approver)) return;
  const known = parts.config().approvers.user.some((user) => user.id === approver);
  const who = eligible.map((user) => user.id).join(', ') || 'nobody';
  throw new GgenError(
    'NOT_PERMITTED',
    known
      ? `${approver} may not decide on ${operationNames(record).join(' with ')}: can_approve covers neither it nor its domain`
      : `${approver} is not a configured approver`,
    { hint: `eligible: ${who}; choose with --as` },
  );
}

function eligibleFor(parts: DeskParts, record: ApprovalRecord): readonly ApproverConfig[] | undefined {
  const operations = operationNames(record).map((name) => {
    const operation = parts.operation(name);
    if (!operation) throw new GgenError('NOT_PERMITTED', `operation ${name} isn't known any more`);
    return operation;
  });
  return eligibleUsers(parts.config().approvers.user, operations);
}

/** The operations of all parts of the action that was asked about. */
function operationNames(record: ApprovalRecord): string[] {
  const { operations } = record.metadata;
  const names = Array.isArray(operations) ? operations.filter((name) => typeof name === 'string') : [];
  return [...new Set([record.operation.name, ...names])];
}

function fold(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}
