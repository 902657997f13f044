import { GgenError } from '../kernel/errors.ts';
import { printable } from '../kernel/text.ts';
import type { Actor } from '../model/actor.ts';
import type { ApprovalRecord, ApprovalStatus, Vote, VoteVia } from '../model/approval.ts';
import type { AuditEntry } from '../model/audit-entry.ts';
import type { ApproverConfig } from '../model/configuration.ts';
import { type ApproverKeys, isLive } from './approver-keys.ts';
import { createJobMaker } from './notices.ts';
import type { ApprovalStore, Cast } from './ports.ts';
import { ONE } from './quorum.ts';
import { settle } from './settle.ts';
import { checkVote, type VoteSigner } from './signed-votes.ts';
import { statusAt } from './state-machine.ts';
import { tally } from './tally.ts';
import { requestDigest, voteStatement } from './vote-statement.ts';
import { assertMayDecide, type DeciderParts, eligibleFor } from './who-may-decide.ts';

export interface DeskDecision {
  readonly approvalId: string;
  readonly approved: boolean;
  readonly comment?: string;
  /** who decides, and signs that; nobody else's word counts */
  readonly signer: VoteSigner;
  /** who the machine says is deciding, e.g. the operating system's user; recorded beside the approver */
  readonly via: string;
  /** digest of the request as it was shown to them; decided is that, or nothing */
  readonly requestDigest?: string;
}

export interface ApprovalDesk {
  /** How a request stands now, expiry included; NOT_FOUND where there is none. */
  show(id: string): Promise<ApprovalRecord>;
  list(filter: { pending: boolean; limit: number }): Promise<ApprovalRecord[]>;
  /** Who may decide on the request, as in eligibleUsers. NOT_PERMITTED where an operation isn't known any more. */
  eligible(record: ApprovalRecord): readonly ApproverConfig[] | undefined;
  /** Throws NOT_PERMITTED where this approver has no vote on the request, or none by way of this relay. */
  assertMayDecide(record: ApprovalRecord, approver: string, via?: VoteVia): void;
  /** Records one person's signed decision; the request's new state. Throws NOT_PERMITTED, CONFLICT, NOT_FOUND. */
  decide(decision: DeskDecision): Promise<ApprovalRecord>;
  /** Takes back a pending request (its requester gave up) or revokes an approved one. */
  withdraw(id: string, to: 'cancelled' | 'revoked', actor: Actor): Promise<boolean>;
}

export interface DeskParts extends DeciderParts {
  readonly store: ApprovalStore;
  readonly newId: () => string;
  /** the keys that count */
  readonly keys: () => ApproverKeys;
  /** masks what the secret patterns match, in what people write */
  readonly mask: (text: string) => string;
}

/** What is recorded of a vote, so that anybody can check it. */
interface Proof {
  readonly comment?: string;
  /** a relay, and who it was there */
  readonly via?: string;
  readonly via_user?: string;
  readonly statement: string;
  readonly signature: string;
}

/** Where people decide on pending requests. */
export function createApprovalDesk(parts: DeskParts): ApprovalDesk {
  const { store, clock, newId } = parts;
  const jobs = createJobMaker(parts);

  /** As it is written down, expiry aside. */
  const written = async (id: string): Promise<ApprovalRecord> => {
    const record = await store.getRequest(id);
    if (record) return record;
    throw new GgenError('NOT_FOUND', `no approval request ${id}`, { hint: 'see `ggen-mcp approvals list`' });
  };

  /** With what time did to it written down. */
  const settled = async (id: string): Promise<ApprovalRecord> => {
    const record = await written(id);
    return (await settle({ store, clock, newId, jobs }, record)) ? await written(id) : record;
  };

  const show = async (id: string): Promise<ApprovalRecord> => {
    const record = await written(id);
    return { ...record, status: statusAt(record, clock()) };
  };

  const entryFor = (
    record: ApprovalRecord,
    to: ApprovalStatus,
    actor: Actor,
    said: Partial<Proof> = {},
  ): AuditEntry => ({
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
      ...(said.signature === undefined ? {} : { decided_by_kind: actor.actorType === 'agent' ? 'agent' : 'person' }),
      ...said,
    },
    correlationId: record.correlationId,
  });

  const decide = async (decision: DeskDecision): Promise<ApprovalRecord> => {
    const stored = await settled(decision.approvalId);
    const { approver, via } = decision.signer;
    if (decision.requestDigest !== undefined && decision.requestDigest !== requestDigest(stored)) {
      throw new GgenError('CONFLICT', `request ${stored.id} is not what was shown`, {
        hint: `ggen-mcp approvals show ${stored.id}`,
      });
    }
    // What can be told at once is told before anybody types a passphrase for nothing.
    if (statusAt(stored, clock()) === 'pending') assertMayDecide(parts, stored, approver, via);
    const comment = decision.comment === undefined ? {} : { comment: printable(parts.mask(decision.comment), 2000) };
    const isAgent = parts.config().approvers.agent.some(({ id }) => id === approver);
    const actor: Actor = { actorType: isAgent ? 'agent' : 'user', id: approver, name: decision.via };
    const relayed = via === undefined ? {} : { via };
    const said = { approved: decision.approved, at: clock(), ...comment, ...relayed };
    const statement = voteStatement(stored, { ...said, approver });
    const signature = await decision.signer.sign(statement);
    const vote: Vote = { ...said, approver: actor, verified: true, signature };

    await store.castVote(decision.approvalId, (record, now): Cast | undefined => {
      const { quorum = ONE, votes = [] } = record;
      const earlier = votes.find((one) => one.approver.id === approver);
      const standing = statusAt(record, now);
      // The same word again, by somebody who wasn't told that it arrived.
      if (earlier?.approved === vote.approved && standing !== 'expired') return undefined;
      if (standing !== 'pending') {
        throw new GgenError('CONFLICT', `request ${record.id} is ${standing}, not pending`, {
          hint: 'the agent can ask again: a new request is made',
        });
      }
      assertMayDecide(parts, record, approver, via);
      if (earlier) {
        const word = earlier.approved ? 'approved' : 'rejected';
        throw new GgenError('CONFLICT', `${approver} has ${word} request ${record.id}; a vote is not taken back`);
      }
      assertSigned(record, vote, parts.keys(), now);
      const cast = [...votes, vote];
      const result = tally(quorum, cast);
      const passedOn = via === undefined ? {} : { via: via.relay, via_user: via.user };
      const proof: Proof = { ...comment, ...passedOn, statement, signature };
      const told = quorum.of > 1 || result === 'open' ? [voteEntry(record, vote, cast, proof)] : [];
      if (result === 'open') return { votes: cast, entries: told };
      const useBy = result === 'approved' ? { useBy: now + parts.config().useWithinSeconds * 1000 } : {};
      const set = { decidedAt: now, decidedBy: actor, verified: true, ...comment, ...useBy };
      return {
        votes: cast,
        decided: { to: result, set },
        entries: [...told, entryFor(record, result, actor, proof)],
        jobs: jobs.became({ ...record, ...set, status: result, votes: cast }, result),
      };
    });
    return await show(decision.approvalId);
  };

  const voteEntry = (record: ApprovalRecord, vote: Vote, votes: readonly Vote[], proof: Proof): AuditEntry => {
    const yes = votes.filter(({ approved }) => approved).length;
    const entry = entryFor(record, vote.approved ? 'approved' : 'rejected', vote.approver, proof);
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
  };

  const withdraw = async (id: string, to: 'cancelled' | 'revoked', actor: Actor): Promise<boolean> => {
    const record = await settled(id);
    const from = to === 'cancelled' ? 'pending' : 'approved';
    if (statusAt(record, clock()) !== from) return false;
    const entry = entryFor(record, to, actor);
    return store.changeRequest({ id, from, to, set: {}, entry, jobs: jobs.became(record, to) });
  };

  const list = async ({ pending, limit }: { pending: boolean; limit: number }): Promise<ApprovalRecord[]> => {
    const now = clock();
    const records = await store.listRequests(pending ? { status: 'pending', undecidedAt: now, limit } : { limit });
    const standing = records.map((record) => ({ ...record, status: statusAt(record, now) }));
    return pending ? standing.filter((record) => record.status === 'pending') : standing;
  };

  return {
    show,
    list,
    eligible: (record) => eligibleFor(parts, record),
    assertMayDecide: (record, approver, via) => assertMayDecide(parts, record, approver, via),
    decide,
    withdraw,
  };
}

/** Only a key that counts now decides, and only on this. */
function assertSigned(record: ApprovalRecord, vote: Vote, keys: ApproverKeys, now: number): void {
  const check = checkVote(record, vote, keys);
  const why = !check.holds
    ? check.why
    : isLive(check.key, now)
      ? undefined
      : 'signed with a key that does not count now';
  if (why === undefined) return;
  throw new GgenError('NOT_PERMITTED', `${vote.approver.id} ${why}`, {
    hint: '`ggen-mcp keys list` shows the keys that count, `ggen-mcp keys create` makes one',
  });
}
