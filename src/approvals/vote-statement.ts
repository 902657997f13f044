import { canonicalJson } from '../kernel/canonical-json.ts';
import { digestOf } from '../kernel/digest.ts';
import { GgenError } from '../kernel/errors.ts';
import type { Json } from '../kernel/json.ts';
import type { ApprovalRecord, Quorum, RoleQuorum, Vote } from '../model/approval.ts';
import { reasonToJson } from '../model/decision-json.ts';
import { delegationDigest } from './delegations/statement.ts';

/** First line of what is signed: nothing else that an approver's key may sign begins like this. */
const HEADER = 'ggen-governance approval vote v1';

/** SHA-256 over everything of a request that never changes: what is asked, by whom, for how long, and what is shown of it. */
export function requestDigest(record: ApprovalRecord): string {
  return digestOf('ggen-approval-record-v1', {
    id: record.id,
    operation: { ...record.operation },
    target: record.target,
    requester: record.requester,
    justification: record.justification ?? null,
    metadata: record.metadata,
    action_digest: record.actionDigest,
    policy_set: record.policySet,
    strategy: record.strategy,
    quorum: quorumJson(record),
    reasons: record.reasons.map(reasonToJson),
    shown: record.shown,
    correlation_id: record.correlationId,
    created_at: record.createdAt,
    decide_by: record.decideBy,
    ...(record.approvesItselfAt === undefined ? {} : { approves_itself_at: record.approvesItselfAt }),
  });
}

/** What an approver signs: two lines, the second of them the vote in canonical JSON (RFC 8785). */
export function voteStatement(
  record: ApprovalRecord,
  vote: Pick<Vote, 'approved' | 'at' | 'comment' | 'delegation' | 'via' | 'unseen'> & { readonly approver: string },
): string {
  const { delegation } = vote;
  const text = canonicalJson({
    approval_id: record.id,
    action_digest: record.actionDigest,
    policy_set: record.policySet,
    request_digest: requestDigest(record),
    approver: vote.approver,
    approved: vote.approved,
    at: vote.at,
    comment: vote.comment ?? null,
    ...(delegation === undefined
      ? {}
      : { on_behalf_of: delegation.delegator, delegation_digest: delegationDigest(delegation) }),
    ...(vote.unseen ? { unseen: true } : {}),
    ...(vote.via ? { via: String(vote.via.relay), via_user: String(vote.via.user) } : {}),
  });
  return `${HEADER}\n${text}\n`;
}

function quorumJson({ quorum }: ApprovalRecord): Json {
  if (quorum === undefined) return null;
  const { required, of, eligible, tolerates, agents, people, roles, escalation } = quorum;
  return {
    required,
    of,
    eligible: eligible === undefined ? null : [...eligible],
    tolerates: tolerates ?? null,
    ...(agents === undefined ? {} : { agents: [...agents] }),
    ...(people === undefined ? {} : { people }),
    ...(roles === undefined ? {} : { roles: rolesJson(roles) }),
    ...(escalation === undefined ? {} : { escalation: { at: escalation.at, eligible: [...escalation.eligible] } }),
  };
}

function rolesJson(roles: NonNullable<Quorum['roles']>): Json {
  const json = ([role, { required, eligible }]: [string, RoleQuorum]): [string, Json] => [
    role,
    { required, eligible: [...eligible] },
  ];
  return Object.fromEntries(Object.entries(roles).map(json));
}

/** What a vote's statement says, so that one that was signed elsewhere can be handed in. */
export interface StatedVote {
  readonly approvalId: string;
  readonly approver: string;
  readonly approved: boolean;
  readonly at: number;
  readonly comment?: string;
  readonly onBehalfOf?: string;
  readonly unseen: boolean;
}

/** Reads a statement as `voteStatement` writes it; INPUT_INVALID for any other text. Nothing of it is believed unsigned. */
export function parseVoteStatement(text: string): StatedVote {
  const invalid = (): GgenError =>
    new GgenError('INPUT_INVALID', 'that is no statement of a vote', {
      hint: '`ggen-mcp approvals statement` prints one, to be signed byte by byte as it is',
    });
  const [header, json = '', end, ...more] = text.split('\n');
  if (header !== HEADER || end !== '' || more.length > 0) throw invalid();
  let said: unknown;
  try {
    said = JSON.parse(json);
  } catch {
    throw invalid();
  }
  const { approval_id, approver, approved, at, comment, on_behalf_of, unseen } = (said ?? {}) as Record<
    string,
    unknown
  >;
  if (typeof approval_id !== 'string' || typeof approver !== 'string') throw invalid();
  if (typeof approved !== 'boolean' || typeof at !== 'number') throw invalid();
  return {
    approvalId: approval_id,
    approver,
    approved,
    at,
    unseen: unseen === true,
    ...(typeof comment === 'string' ? { comment } : {}),
    ...(typeof on_behalf_of === 'string' ? { onBehalfOf: on_behalf_of } : {}),
  };
}
