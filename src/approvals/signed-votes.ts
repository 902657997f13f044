import { GgenError } from '../kernel/errors.ts';
import { isSignedBy, parseSshSignature } from '../kernel/ssh-signature.ts';
import type { ApprovalRecord, Quorum, Vote } from '../model/approval.ts';
import { type ApproverKey, type ApproverKeys, isLive, VOTE_NAMESPACE } from './approver-keys.ts';
import { isSameName } from './same-name.ts';
import { isMet } from './tally.ts';
import { voteStatement } from './vote-statement.ts';

/** Signs votes in one approver's name. */
export interface VoteSigner {
  readonly approver: string;
  /** an SSH signature in namespace `ggen-approval` over exactly this text, in base64 */
  sign(statement: string): Promise<string>;
}

export type VoteCheck =
  | { readonly holds: true; readonly key: ApproverKey }
  /** `why` goes on after the approver's name */
  | { readonly holds: false; readonly why: string };

/** Does the approver's own enrolled key stand behind this vote on exactly this request? */
export function checkVote(record: ApprovalRecord, vote: Vote, keys: ApproverKeys): VoteCheck {
  const no = (why: string): VoteCheck => ({ holds: false, why });
  if (vote.signature === undefined) return no('did not sign');
  let fingerprint: string;
  try {
    const signature = parseSshSignature(vote.signature);
    const statement = voteStatement(record, { ...vote, approver: vote.approver.id });
    if (!isSignedBy(signature, VOTE_NAMESPACE, statement)) return no('signed something else');
    fingerprint = signature.key.fingerprint;
  } catch (error) {
    if (error instanceof GgenError) return no('has no signature that can be read');
    throw error;
  }
  const key = keys.find(vote.approver.id, fingerprint);
  if (key === undefined) return no(`signed with ${fingerprint}, which is not enrolled for that name`);
  // Times in the file are whole seconds; at the moment of voting the key counted to the millisecond.
  if (vote.at >= key.until + 1000) return no(`signed with ${fingerprint} after it was revoked`);
  return { holds: true, key };
}

/**
 * True where an approved request carries the approvals that it takes, each signed with a key that still counts.
 * INVARIANT: what the database says of a request is never enough: whoever can write it can't sign.
 */
export function isProven(record: ApprovalRecord, quorum: Quorum, keys: ApproverKeys, now: number): boolean {
  const { eligible, agents = [], escalation } = quorum;
  const asked = eligible && [...eligible, ...agents, ...(escalation?.eligible ?? [])];
  const yes = new Set<string>();
  for (const vote of record.votes ?? []) {
    const { id } = vote.approver;
    if (!vote.approved || isSameName(id, record.requester) || asked?.includes(id) === false) continue;
    const check = checkVote(record, vote, keys);
    if (check.holds && isLive(check.key, now)) yes.add(id);
  }
  return isMet(quorum, [...yes]);
}
