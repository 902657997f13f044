import type { Clock } from '../kernel/ports.ts';
import type { Actor } from '../model/actor.ts';
import type { ApprovalRecord, ApprovalStatus, Vote } from '../model/approval.ts';
import type { AuditEntry } from '../model/audit-entry.ts';

/** What goes on record of a signed word: anybody can check it from there. */
export interface Said extends Pick<Vote, 'comment' | 'delegation' | 'via'> {
  readonly statement?: string;
  readonly signature?: string;
}

interface EntryParts {
  readonly clock: Clock;
  readonly newId: () => string;
}

/** The entry of a step of a request that somebody took. */
export function decisionEntry(
  { clock, newId }: EntryParts,
  record: ApprovalRecord,
  to: ApprovalStatus,
  actor: Actor,
  { delegation, via, ...said }: Said = {},
  useBy?: number,
): AuditEntry {
  const kind = actor.actorType === 'agent' ? 'agent' : 'person';
  return {
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
      verified: said.signature !== undefined,
      ...(said.signature === undefined ? {} : { decided_by_kind: kind }),
      ...(delegation === undefined ? {} : { on_behalf_of: delegation.delegator, delegation_id: delegation.id }),
      ...(via === undefined ? {} : { via: via.relay, via_user: via.user }),
      ...(useBy === undefined ? {} : { use_by: useBy }),
      ...said,
    },
    correlationId: record.correlationId,
  };
}

/** The entry of one vote among several, with how far the count is. */
export function voteEntry(
  parts: EntryParts,
  record: ApprovalRecord,
  vote: Vote,
  votes: readonly Vote[],
  said: Said,
): AuditEntry {
  const yes = votes.filter(({ approved }) => approved).length;
  const entry = decisionEntry(parts, record, vote.approved ? 'approved' : 'rejected', vote.approver, said);
  const { required = 1, of = 1 } = record.quorum ?? {};
  return {
    ...entry,
    result: 'pending',
    metadata: {
      ...entry.metadata,
      event: 'approval_vote',
      approved: vote.approved,
      votes: { approved: yes, rejected: votes.length - yes, required, of },
    },
  };
}
