import { GgenError } from '../kernel/errors.ts';
import { isSignedBy, parseSshSignature } from '../kernel/ssh-signature.ts';
import { type ApprovalRecord, isPartlyShown, type Quorum, seatOf, type Vote } from '../model/approval.ts';
import type { OperationSpec } from '../model/operation.ts';
import {
  type ApproverKey,
  type ApproverKeys,
  isLive,
  type KeyNamespace,
  SLACK_NAMESPACE,
  VOTE_NAMESPACE,
} from './approver-keys.ts';
import { type DelegationLog, isRevoked, isSignedDelegation, lends } from './delegations/index.ts';
import { isSameName } from './same-name.ts';
import { isMet } from './tally.ts';
import { voteStatement } from './vote-statement.ts';

/** How far ahead of this clock a signature's time may be: machines differ a little. */
export const MAX_AHEAD_MS = 60_000;

export type VoteCheck =
  | { readonly holds: true; readonly key: ApproverKey }
  /** `why` goes on after the approver's name */
  | { readonly holds: false; readonly why: string };

/** What a vote is signed in: the keys of a relay never stand for the approver in person, nor the other way round. */
function namespaceOf({ via }: Pick<Vote, 'via'>): KeyNamespace {
  return via ? SLACK_NAMESPACE : VOTE_NAMESPACE;
}

/** Does the approver's own enrolled key stand behind this vote on exactly this request? */
export function checkVote(record: ApprovalRecord, vote: Vote, keys: ApproverKeys): VoteCheck {
  const no = (why: string): VoteCheck => ({ holds: false, why });
  if (vote.signature === undefined) return no('did not sign');
  const namespace = namespaceOf(vote);
  let fingerprint: string;
  try {
    const signature = parseSshSignature(vote.signature);
    const statement = voteStatement(record, { ...vote, approver: vote.approver.id });
    if (!isSignedBy(signature, namespace, statement)) return no('signed something else');
    fingerprint = signature.key.fingerprint;
  } catch (error) {
    if (error instanceof GgenError) return no('has no signature that can be read');
    throw error;
  }
  const key = keys.find(vote.approver.id, fingerprint, namespace);
  if (key === undefined) return no(`signed with ${fingerprint}, which is not enrolled for that name`);
  // Times in the file are whole seconds; at the moment of voting the key counted to the millisecond.
  if (vote.at >= key.until + 1000) return no(`signed with ${fingerprint} after it was revoked`);
  return { holds: true, key };
}

/** Why a vote that was lent does not count at `now`; goes on after the approver's name. Undefined for one that does, or was not lent. */
export function whyNotLent(
  { approver, delegation, at }: Vote,
  keys: ApproverKeys,
  operations: readonly OperationSpec[],
  now: number,
): string | undefined {
  if (delegation === undefined) return undefined;
  const { delegator } = delegation;
  if (!isSignedDelegation(delegation, keys, now)) return `votes for ${delegator}, whose key did not sign that`;
  return lends(delegation, approver.id, operations, at) ? undefined : `was not lent this vote by ${delegator}`;
}

/** What votes are held against. */
export interface VoteProof {
  readonly keys: ApproverKeys;
  /** what is asked about: a lent vote counts only as far as it was lent */
  readonly operations: readonly OperationSpec[];
  /** milliseconds since 1970 */
  readonly now: number;
  /** whether what a relay passed on counts for this: the caller knows that not from the request alone (`whyNotRelayed`) */
  readonly relayed: boolean;
  /** who decided then is asked: keys count that did when they signed, to the second that their file can say */
  readonly inThePast?: true;
}

/**
 * True where an approved request carries the approvals that it takes, each signed with a key that still counts.
 * INVARIANT: what the database says of a request is never enough: whoever can write it can't sign. One person has one
 * vote, their own or one that was lent to them.
 */
export function isProven(record: ApprovalRecord, quorum: Quorum, against: VoteProof): boolean {
  const { keys, now, operations, relayed } = against;
  const { eligible, agents = [], escalation } = quorum;
  const asked = eligible && [...eligible, ...agents, ...(escalation?.eligible ?? [])];
  const voters = new Set<string>();
  const yes = new Set<string>();
  for (const vote of record.votes ?? []) {
    const { id } = vote.approver;
    const seat = seatOf(vote);
    if (!vote.approved || voters.has(id) || asked?.includes(seat) === false) continue;
    if (isSameName(id, record.requester) || isSameName(seat, record.requester)) continue;
    if (vote.delegation && (vote.via || agents.includes(id))) continue;
    if (isPartlyShown(record) && !vote.unseen) continue;
    if (vote.via && (!relayed || agents.includes(id))) continue;
    const check = checkVote(record, vote, keys);
    if (escalation?.eligible.includes(seat) && vote.at < escalation.at) continue;
    // THREAT: a clock that was ahead and is right again would keep alive what was signed then.
    if (vote.at > now + MAX_AHEAD_MS) continue;
    if (!check.holds || whyNotLent(vote, keys, operations, against.inThePast ? vote.at : now) !== undefined) continue;
    if (against.inThePast ? vote.at + 1000 < check.key.from : !isLive(check.key, now)) continue;
    voters.add(id);
    yes.add(seat);
  }
  return isMet(quorum, [...yes]);
}

/** `isProven`, and no vote of it was lent by a delegation that was taken back since: the log knows those. */
export async function isStillProven(
  record: ApprovalRecord,
  quorum: Quorum,
  against: VoteProof,
  log: Pick<DelegationLog, 'query'>,
): Promise<boolean> {
  const kept: Vote[] = [];
  for (const vote of record.votes ?? []) {
    if (vote.delegation === undefined || !(await isRevoked(log, vote.delegation.id))) kept.push(vote);
  }
  return isProven({ ...record, votes: kept }, quorum, against);
}
