import type { JsonObject } from '../kernel/json.ts';
import type { ApprovalRecord, Quorum, RoleQuorum, Vote } from '../model/approval.ts';
import { reasonToJson } from '../model/decision-json.ts';

/** Whose word it is. */
const KIND = { user: 'person', agent: 'agent', system: 'timer' } as const;

/** A request as `approvals show --json` prints it, programs that decide get it, and webhooks carry it. */
export function recordToJson(record: ApprovalRecord): JsonObject {
  return {
    id: record.id,
    status: record.status,
    operation: { ...record.operation },
    target: record.target,
    requester: record.requester,
    ...(record.justification === undefined ? {} : { justification: record.justification }),
    metadata: record.metadata,
    action_digest: record.actionDigest,
    policy_set: record.policySet,
    strategy: record.strategy,
    ...(record.quorum === undefined ? {} : { quorum: quorumToJson(record.quorum) }),
    ...(record.votes === undefined ? {} : { votes: record.votes.map(voteToJson) }),
    reasons: record.reasons.map(reasonToJson),
    shown: record.shown,
    correlation_id: record.correlationId,
    created_at: new Date(record.createdAt).toISOString(),
    decide_by: new Date(record.decideBy).toISOString(),
    ...(record.approvesItselfAt === undefined
      ? {}
      : { approves_itself_at: new Date(record.approvesItselfAt).toISOString() }),
    ...(record.useBy === undefined ? {} : { use_by: new Date(record.useBy).toISOString() }),
    ...(record.decidedAt === undefined ? {} : { decided_at: new Date(record.decidedAt).toISOString() }),
    ...(record.decidedBy === undefined
      ? {}
      : { decided_by: record.decidedBy.id, decided_by_kind: KIND[record.decidedBy.actorType] }),
    ...(record.verified === undefined ? {} : { verified: record.verified }),
    ...(record.comment === undefined ? {} : { comment: record.comment }),
  };
}

function quorumToJson({ required, of, eligible, tolerates, agents, people, roles, escalation }: Quorum): JsonObject {
  const role = ([name, { required: least, eligible: holders }]: [string, RoleQuorum]): [string, JsonObject] => [
    name,
    { required: least, eligible: [...holders] },
  ];
  return {
    required,
    of,
    ...(eligible === undefined ? {} : { eligible: [...eligible] }),
    ...(tolerates === undefined ? {} : { tolerates }),
    ...(agents === undefined ? {} : { agents: [...agents] }),
    ...(people === undefined ? {} : { people }),
    ...(roles === undefined ? {} : { roles: Object.fromEntries(Object.entries(roles).map(role)) }),
    ...(escalation === undefined
      ? {}
      : { escalation: { at: new Date(escalation.at).toISOString(), eligible: [...escalation.eligible] } }),
  };
}

function voteToJson({ approver, approved, at, comment, verified, delegation, via }: Vote): JsonObject {
  return {
    approver: approver.id,
    kind: approver.actorType === 'agent' ? 'agent' : 'person',
    ...(delegation === undefined ? {} : { on_behalf_of: delegation.delegator, delegation_id: delegation.id }),
    approved,
    at: new Date(at).toISOString(),
    verified,
    ...(comment === undefined ? {} : { comment }),
    ...(via === undefined ? {} : { via: via.relay, via_user: via.user }),
  };
}
