import { GgenError } from '../kernel/errors.ts';
import { isSignedBy, parseSshSignature } from '../kernel/ssh-signature.ts';
import type { ApprovalRecord, Quorum, Vote, VoteVia } from '../model/approval.ts';
import {
  type ApproverKey,
  type ApproverKeys,
  isLive,
  type KeyNamespace,
  SLACK_NAMESPACE,
  VOTE_NAMESPACE,
} from './approver-keys.ts';
import { isSameName } from './same-name.ts';
import { isMet } from './tally.ts';
import { voteStatement } from './vote-statement.ts';

/** Signs votes in one approver's name. */
export interface VoteSigner {
  readonly approver: string;
  /** who passes the approver's word on, where a relay's key signs */
  readonly via?: VoteVia;
  /** an SSH signature over exactly this text, in base64; in namespace `ggen-approval`, or its relay's */
  sign(statement: string): Promise<string>;
}

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

/**
 * True where an approved request carries the approvals that it takes, each signed with a key that still counts.
 * INVARIANT: what the database says of a request is never enough: whoever can write it can't sign. What a relay passed
 * on counts only where the caller knows, and not from the request, that it may (`whyNotRelayed`).
 */
export function isProven(
  record: ApprovalRecord,
  quorum: Quorum,
  keys: ApproverKeys,
  now: number,
  relayed: 'relayed count' | 'in person' = 'in person',
): boolean {
  const { eligible, agents = [], escalation } = quorum;
  const asked = eligible && [...eligible, ...agents, ...(escalation?.eligible ?? [])];
  const yes = new Set<string>();
  for (const vote of record.votes ?? []) {
    const { id } = vote.approver;
    if (!vote.approved || isSameName(id, record.requester) || asked?.includes(id) === false) continue;
    if (vote.via && (relayed === 'in person' || agents.includes(id))) continue;
    const check = checkVote(record, vote, keys);
    if (check.holds && isLive(check.key, now)) yes.add(id);
  }
  return isMet(quorum, [...yes]);
}
