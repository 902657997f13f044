import type { AuditStore } from '../audit/index.ts';
import { GgenError } from '../kernel/errors.ts';
import type { Json } from '../kernel/json.ts';
import { unarmored } from '../kernel/ssh-signature.ts';
import { printable } from '../kernel/text.ts';
import type { Actor } from '../model/actor.ts';
import { type ApprovalRecord, isPartlyShown, type Quorum, seatOf, type Vote, type VoteVia } from '../model/approval.ts';
import type { ApproverConfig } from '../model/configuration.ts';
import { isOnRecord, readTrail } from './approval-trail.ts';
import { type ApproverKeys, isLive } from './approver-keys.ts';
import { decisionEntry, type Said, voteEntry } from './decision-entries.ts';
import type { DelegationDesk } from './delegations/index.ts';
import { assertMayDecide, type CastBy, type DeciderParts, eligibleFor, operationsOf } from './may-decide.ts';
import { createJobMaker } from './notices.ts';
import type { ApprovalChange, ApprovalStore, Cast } from './ports.ts';
import { ONE } from './quorum.ts';
import { settle } from './settle.ts';
import { checkVote, MAX_AHEAD_MS, whyNotLent } from './signed-votes.ts';
import { statusAt } from './state-machine.ts';
import { tally } from './tally.ts';
import type { VoteSigner } from './vote-signer.ts';
import { requestDigest, voteStatement } from './vote-statement.ts';

/** A word that somebody is about to sign. */
export interface DeskWord {
  readonly approvalId: string;
  readonly approver: string;
  readonly approved: boolean;
  readonly comment?: string;
  /** whose vote it is, where that approver lent it */
  readonly onBehalfOf?: string;
  /** approves of a request also where not all of it can be shown */
  readonly unseen?: boolean;
}

export interface DeskDecision extends Omit<DeskWord, 'approver'> {
  /** who decides, and signs that; nobody else's word counts */
  readonly signer: VoteSigner;
  /** when it was signed, where that is done already: milliseconds since 1970, as in the statement */
  readonly at?: number;
  /** who the machine says is deciding, e.g. the operating system's user; recorded beside the approver */
  readonly via: string;
  /** digest of the request as it was shown to them; decided is that, or nothing */
  readonly requestDigest?: string;
}

export interface ApprovalDesk {
  /** How a request stands now, expiry included; NOT_FOUND where there is none. */
  show(id: string): Promise<ApprovalRecord>;
  /** The same, for who is about to decide: NOT_PERMITTED where it is not what was put on record when it was asked. */
  present(id: string): Promise<ApprovalRecord>;
  list(filter: { pending: boolean; limit: number }): Promise<ApprovalRecord[]>;
  /** Who may decide on the request, as in eligibleUsers. NOT_PERMITTED where an operation isn't known any more. */
  eligible(record: ApprovalRecord): readonly ApproverConfig[] | undefined;
  /** Throws NOT_PERMITTED where this approver has no vote on the request, or where it may not be cast so. */
  assertMayDecide(record: ApprovalRecord, approver: string, by?: CastBy): void;
  /** Records one person's signed decision; the request's new state. Throws NOT_PERMITTED, CONFLICT, NOT_FOUND. */
  decide(decision: DeskDecision): Promise<ApprovalRecord>;
  /** What is to be signed elsewhere, and handed in with this `at`. Throws as `decide` does. */
  statement(word: DeskWord): Promise<{ readonly statement: string; readonly at: number }>;
  /**
   * Uses an approval up for who does the thing itself, at no door; `isGranted` says whether it may be. Throws CONFLICT,
   * NOT_FOUND.
   */
  consume(id: string, actor: Actor, isGranted: (record: ApprovalRecord) => Promise<boolean>): Promise<void>;
  /** Takes back a pending request (its requester gave up) or revokes an approved one. */
  withdraw(id: string, to: 'cancelled' | 'revoked', actor: Actor): Promise<boolean>;
}

/** How a word comes here. */
interface Through {
  /** who the machine says it is */
  readonly name?: string;
  readonly via?: VoteVia | undefined;
}

export interface DeskParts extends DeciderParts {
  readonly store: ApprovalStore & Pick<AuditStore, 'query'>;
  readonly delegations: Pick<DelegationDesk, 'find'>;
  readonly newId: () => string;
  /** the keys that count */
  readonly keys: () => ApproverKeys;
  /** masks what the secret patterns match, in what people write */
  readonly mask: (text: string) => string;
}

/** Where people decide on pending requests. */
export function createApprovalDesk(parts: DeskParts): ApprovalDesk {
  const { store, clock, newId } = parts;
  const jobs = createJobMaker(parts);

  /** As it is written down, expiry aside. */
  const written = async (id: string): Promise<ApprovalRecord> => {
    const record = await store.getRequest(id);
    if (record) return record;
    throw new GgenError('NOT_FOUND', `no approval request ${printable(id, 200)}`, {
      hint: 'see `ggen-mcp approvals list`',
    });
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

  // THREAT: who writes the database could have a person sign for another action than they are shown.
  const assertOnRecord = async (record: ApprovalRecord): Promise<void> => {
    if (isOnRecord(record, await readTrail(store, record))) return;
    throw new GgenError('NOT_PERMITTED', `request ${record.id} is not what was asked: somebody changed its record`, {
      hint: 'do not decide on it; `ggen-mcp audit verify` checks the audit trail, and the agent can ask again',
    });
  };

  const present = async (id: string): Promise<ApprovalRecord> => {
    const record = await show(id);
    await assertOnRecord(record);
    return record;
  };

  /** The vote as it will stand, unsigned. What can be told at once is told before anybody signs for nothing. */
  const draft = async (record: ApprovalRecord, word: DeskWord, at: number, through: Through = {}) => {
    const { approver, onBehalfOf } = word;
    const { via } = through;
    if (statusAt(record, clock()) === 'pending')
      assertMayDecide(parts, record, onBehalfOf ?? approver, { voter: approver, via });
    await assertOnRecord(record);
    assertShown(record, word);
    const comment = word.comment === undefined ? {} : { comment: printable(parts.mask(word.comment), 2000) };
    const delegation =
      onBehalfOf === undefined
        ? {}
        : { delegation: await parts.delegations.find(onBehalfOf, approver, operationsOf(parts, record)) };
    const isAgent = parts.config().approvers.agent.some(({ id }) => id === approver);
    const actor: Actor = { actorType: isAgent ? 'agent' : 'user', id: approver, name: through.name ?? '' };
    const unseen = word.approved && word.unseen && isPartlyShown(record) ? { unseen: true as const } : {};
    const said = {
      approved: word.approved,
      at,
      ...comment,
      ...delegation,
      ...(via === undefined ? {} : { via }),
      ...unseen,
    };
    assertNotSpoilt(record, { ...said, approver: actor, verified: false });
    return { actor, said, statement: voteStatement(record, { ...said, approver }) };
  };

  const statement: ApprovalDesk['statement'] = async (word) => {
    const at = clock();
    const record = await settled(word.approvalId);
    assertPending(record, at);
    return { statement: (await draft(record, word, at)).statement, at };
  };

  const decide = async (decision: DeskDecision): Promise<ApprovalRecord> => {
    const stored = await settled(decision.approvalId);
    const { approver } = decision.signer;
    if (decision.requestDigest !== undefined && decision.requestDigest !== requestDigest(stored)) {
      throw new GgenError('CONFLICT', `request ${stored.id} is not what was shown`, {
        hint: `ggen-mcp approvals show ${stored.id}`,
      });
    }
    const at = decision.at ?? clock();
    if (!Number.isSafeInteger(at)) throw new GgenError('INPUT_INVALID', 'a time is a whole number of milliseconds');
    if (decision.at !== undefined && (at > clock() + MAX_AHEAD_MS || at < stored.createdAt))
      throw new GgenError('INPUT_INVALID', 'it was signed before it was asked, or later than now');
    const {
      actor,
      said,
      statement: text,
    } = await draft(stored, { ...decision, approver }, at, {
      name: decision.via,
      via: decision.signer.via,
    });
    const signature = unarmored(await decision.signer.sign(text));
    const vote: Vote = { ...said, approver: actor, verified: true, signature };

    await store.castVote(decision.approvalId, (record, now): Cast | undefined => {
      const { quorum = ONE, votes = [] } = record;
      const earlier = votes.find((one) => seatOf(one) === seatOf(vote) || one.approver.id === approver);
      const isSame = earlier?.approver.id === approver && seatOf(earlier) === seatOf(vote);
      const standing = statusAt(record, now);
      // The same word again, by somebody who wasn't told that it arrived.
      if (isSame && earlier.approved === vote.approved && standing !== 'expired') return undefined;
      assertPending(record, now);
      assertMayDecide(parts, record, seatOf(vote), { voter: approver, via: vote.via });
      if (earlier) throw votedAlready(record, earlier, vote);
      assertSigned(parts, record, vote, now);
      const cast = [...votes, vote];
      const result = tally(quorum, cast);
      assertInTime(quorum, vote);
      assertNotSpoilt(record, vote);
      const { delegation, comment, via } = vote;
      const proof = { statement: text, signature, ...(comment === undefined ? {} : { comment }) };
      const onRecord: Said = {
        ...proof,
        ...(delegation === undefined ? {} : { delegation }),
        ...(via === undefined ? {} : { via }),
      };
      const told = quorum.of > 1 || result === 'open' ? [voteEntry(parts, record, vote, cast, onRecord)] : [];
      if (result === 'open') return { votes: cast, entries: told };
      const useBy = now + parts.config().useWithinSeconds * 1000;
      const set: ApprovalChange['set'] = {
        decidedAt: now,
        decidedBy: actor,
        verified: true,
        ...(comment === undefined ? {} : { comment }),
        ...(result === 'approved' ? { useBy } : {}),
      };
      return {
        votes: cast,
        decided: { to: result, set },
        entries: [...told, decisionEntry(parts, record, result, actor, onRecord, set.useBy)],
        jobs: jobs.became({ ...record, ...set, status: result, votes: cast }, result),
      };
    });
    return await show(decision.approvalId);
  };

  const withdraw = async (id: string, to: 'cancelled' | 'revoked', actor: Actor): Promise<boolean> => {
    const record = await settled(id);
    const from = to === 'cancelled' ? 'pending' : 'approved';
    if (statusAt(record, clock()) !== from) return false;
    const entry = decisionEntry(parts, record, to, actor);
    return store.changeRequest({ id, from, to, set: {}, entry, jobs: jobs.became(record, to) });
  };

  const consume: ApprovalDesk['consume'] = async (id, actor, isGranted) => {
    const record = await settled(id);
    const standing = statusAt(record, clock());
    const no = (why: string): GgenError => new GgenError('CONFLICT', `request ${id} ${why}`);
    if (standing !== 'approved') throw no(`is ${standing}, not approved`);
    if (record.metadata.facets !== undefined) throw no('is used up by the door that lets its action pass');
    if (!(await isGranted(record)))
      throw no('is not proven: audit trail and signatures do not say that it was approved');
    const entry = decisionEntry(parts, record, 'consumed', actor);
    const change = { id, from: 'approved', to: 'consumed', set: {}, entry: { ...entry, result: 'success' } } as const;
    if (!(await store.changeRequest(change))) throw no('was used or taken back just now');
  };

  const list = async ({ pending, limit }: { pending: boolean; limit: number }): Promise<ApprovalRecord[]> => {
    const now = clock();
    const records = await store.listRequests(pending ? { status: 'pending', undecidedAt: now, limit } : { limit });
    const standing = records.map((record) => ({ ...record, status: statusAt(record, now) }));
    return pending ? standing.filter((record) => record.status === 'pending') : standing;
  };

  return {
    show,
    present,
    list,
    eligible: (record) => eligibleFor(parts, record),
    assertMayDecide: (record, approver, by) => assertMayDecide(parts, record, approver, by),
    decide,
    statement,
    consume,
    withdraw,
  };
}

/** Nobody approves of what they can't see, unless they say so. */
function assertShown({ id, shown }: ApprovalRecord, { approved, unseen }: Pick<DeskWord, 'approved' | 'unseen'>): void {
  if (!approved || unseen === true || !isPartlyShown({ shown })) return;
  const left = (shown.not_shown as readonly Json[]).map(String).join(', ');
  throw new GgenError('NOT_PERMITTED', `request ${id} is not shown in full: ${left}`, {
    hint: 'reject it, or say --unseen',
  });
}

function assertPending(record: ApprovalRecord, now: number): void {
  const standing = statusAt(record, now);
  if (standing === 'pending') return;
  throw new GgenError('CONFLICT', `request ${record.id} is ${standing}, not pending`, {
    hint: 'the agent can ask again: a new request is made',
  });
}

/** One person has one vote, their own or a lent one; and a vote is cast once, whoever casts it. */
function votedAlready({ id }: ApprovalRecord, earlier: Vote, vote: Vote): GgenError {
  const word = earlier.approved ? 'approved' : 'rejected';
  const who = earlier.approver.id;
  const why =
    seatOf(earlier) === seatOf(vote) && who === vote.approver.id
      ? 'a vote is not taken back'
      : who === vote.approver.id
        ? 'one person has one vote'
        : `that was ${seatOf(vote)}'s vote`;
  const forWhom = earlier.delegation ? ` for ${seatOf(earlier)}` : '';
  return new GgenError('CONFLICT', `${who} has ${word} request ${id}${forWhom}; ${why}`);
}

/** Who is asked later can't have voted before. */
function assertInTime({ escalation }: Quorum, vote: Vote): void {
  if (!escalation?.eligible.includes(seatOf(vote)) || vote.at >= escalation.at) return;
  throw new GgenError('NOT_PERMITTED', `${seatOf(vote)} was asked only at ${new Date(escalation.at).toISOString()}`);
}

/** A yes in another's place spends one's own: it may be one too few. */
function assertNotSpoilt({ id, quorum = ONE, votes = [] }: ApprovalRecord, vote: Vote): void {
  const { approver } = vote;
  // What is decided already, or said once more, is another matter.
  if (vote.delegation === undefined || !vote.approved || tally(quorum, votes) !== 'open') return;
  if (tally(quorum, [...votes, vote]) !== 'rejected') return;
  const why = `with ${approver.id} voting for ${seatOf(vote)}, too few approvals of request ${id} would be left`;
  throw new GgenError('CONFLICT', why, {
    hint: `${approver.id} can vote in their own place, or somebody else for ${seatOf(vote)}`,
  });
}

/** Only a key that counts now decides, and only on this. */
function assertSigned(parts: DeskParts, record: ApprovalRecord, vote: Vote, now: number): void {
  const keys = parts.keys();
  const check = checkVote(record, vote, keys);
  const why = !check.holds
    ? check.why
    : isLive(check.key, now)
      ? whyNotLent(vote, keys, operationsOf(parts, record), now)
      : 'signed with a key that does not count now';
  if (why === undefined) return;
  throw new GgenError('NOT_PERMITTED', `${vote.approver.id} ${why}`, {
    hint: '`ggen-mcp keys list` shows the keys that count, `ggen-mcp keys create` makes one',
  });
}
