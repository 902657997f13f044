// The audit trail read again as a judge would who trusts nobody: what approvals it tells of, and what is wrong with them.
// Of the program's own rules it uses none: only signatures and the statements that were signed.

import { type ApproverKeys, VOTE_NAMESPACE, voteStatement } from '../../src/approvals/index.ts';
import type { JsonObject } from '../../src/kernel/json.ts';
import { isSignedBy, parseSshSignature } from '../../src/kernel/ssh-signature.ts';
import type { ApprovalRecord } from '../../src/model/approval.ts';
import type { RecordedEntry } from '../../src/model/audit-entry.ts';

/** One vote that the trail has, with its signature checked. */
export interface ToldVote {
  readonly approver: string;
  readonly approved: boolean;
  readonly statement: string;
  readonly signature: string;
}

/** A request as the trail tells of it. */
export interface Told {
  readonly id: string;
  readonly requester: string;
  readonly actionDigest: string;
  readonly strategy: string;
  status: string;
  readonly votes: ToldVote[];
  /** as the entries of the votes say */
  quorum: { readonly required: number; readonly of: number } | undefined;
  /** ids of the attempts that were made under it */
  readonly attempts: string[];
}

export interface Replayed {
  readonly requests: ReadonlyMap<string, Told>;
  /** one line each; none where the trail is in order */
  readonly problems: readonly string[];
}

/** From which states the trail may go on to each. */
const FROM: Readonly<Record<string, readonly string[]>> = {
  approval_approved: ['pending'],
  approval_rejected: ['pending'],
  approval_cancelled: ['pending'],
  approval_superseded: ['pending'],
  approval_expired: ['pending', 'approved'],
  approval_consumed: ['approved'],
  approval_revoked: ['approved'],
};

/**
 * Replays the entries of approvals, in the order of the trail. A problem is: a vote that its approver did not sign, or
 * signed for something else; two of one approver; one after the decision; counts that are not those of the votes; a
 * decision that its votes do not carry; an approval used twice, before it was given, or by an attempt at something else.
 */
export function replayApprovals(entries: readonly RecordedEntry[], keys: ApproverKeys): Replayed {
  const requests = new Map<string, Told>();
  const problems: string[] = [];
  for (const entry of entries) {
    const { metadata, seq } = entry;
    const event = String(metadata.event);
    const id = metadata.approval_id;
    if (event === 'attempt' && metadata.decision === 'requires_approval' && !isPermittedOtherwise(metadata)) {
      if (id === undefined) problems.push(`${seq} attempt: under no approval`);
    }
    if (typeof id !== 'string' || event === 'approval_awaited') continue;
    const wrong = (what: string): void => void problems.push(`${seq} ${event} ${id}: ${what}`);
    if (event === 'approval_requested') {
      if (requests.has(id)) wrong('was asked before');
      else requests.set(id, newlyAsked(id, entry));
      continue;
    }
    const request = requests.get(id);
    if (request === undefined) wrong('nobody asked for it');
    else if (event === 'approval_vote') countVote(request, entry, keys, wrong);
    else if (event === 'attempt') noteAttempt(request, entry, wrong);
    else if (event in FROM) takeStep(request, entry, keys, wrong);
  }
  for (const { id, status, attempts } of requests.values()) {
    const used = status === 'consumed' ? 1 : 0;
    if (attempts.length !== used)
      problems.push(`${id} is ${status}, and ${attempts.length} attempts were made under it`);
  }
  return { requests, problems };
}

function newlyAsked(id: string, { actor, metadata }: RecordedEntry): Told {
  return {
    id,
    requester: actor.id,
    actionDigest: String(metadata.action_digest),
    strategy: String(metadata.strategy),
    status: 'pending',
    votes: [],
    quorum: undefined,
    attempts: [],
  };
}

/** By a strategy that asks nobody, or ahead. */
function isPermittedOtherwise({ strategy, standing_grant_id: grant }: JsonObject): boolean {
  return strategy === 'auto-approval' || grant !== undefined;
}

type Wrong = (what: string) => void;

function countVote(request: Told, entry: RecordedEntry, keys: ApproverKeys, wrong: Wrong): void {
  if (request.status !== 'pending') wrong(`a vote on what is ${request.status}`);
  takeVote(request, entry, keys, wrong);
  const yes = request.votes.filter(({ approved }) => approved).length;
  const said = entry.metadata.votes as { approved: number; rejected: number; required: number; of: number };
  if (said.approved !== yes || said.rejected !== request.votes.length - yes) {
    wrong(`it counts ${said.approved} and ${said.rejected}, the votes are ${yes} and ${request.votes.length - yes}`);
  }
  const { required, of } = said;
  if (request.quorum && (request.quorum.required !== required || request.quorum.of !== of)) wrong('another quorum');
  request.quorum = { required, of };
}

function takeVote(request: Told, { actor, metadata }: RecordedEntry, keys: ApproverKeys, wrong: Wrong): void {
  const { statement, signature } = metadata as { statement: string; signature: string };
  const said = JSON.parse(statement.split('\n')[1] ?? '') as JsonObject;
  const approved = metadata.event === 'approval_vote' ? metadata.approved : metadata.event === 'approval_approved';
  const parsed = parseSshSignature(signature);
  if (!isSignedBy(parsed, VOTE_NAMESPACE, statement)) wrong('the signature is of something else');
  if (!keys.find(actor.id, parsed.key.fingerprint)) wrong(`not the key of ${actor.id}`);
  const meant =
    said.approval_id === request.id &&
    said.action_digest === request.actionDigest &&
    said.approver === actor.id &&
    said.approved === approved;
  if (!meant) wrong('what was signed is not what is told');
  if (actor.id === request.requester) wrong('who asked votes');
  if (request.votes.some(({ approver }) => approver === actor.id)) wrong(`${actor.id} votes a second time`);
  request.votes.push({ approver: actor.id, approved: approved === true, statement, signature });
}

function takeStep(request: Told, entry: RecordedEntry, keys: ApproverKeys, wrong: Wrong): void {
  const { metadata, actor } = entry;
  const event = String(metadata.event);
  if (!FROM[event]!.includes(request.status)) wrong(`it was ${request.status}`);
  if (metadata.action_digest !== request.actionDigest) wrong('another action');
  if (metadata.decided_by_kind === 'timer') {
    if (request.strategy !== 'time-based-approval' || actor.id !== 'time-based-approval')
      wrong('no timer may decide it');
    if (request.votes.some(({ approved }) => !approved)) wrong('somebody said no before');
  } else if (event === 'approval_approved' || event === 'approval_rejected') {
    const { required, of } = request.quorum ?? { required: 1, of: 1 };
    // Where one vote decides it has no entry of its own.
    if (of === 1 && request.strategy !== 'multi-approval') takeVote(request, entry, keys, wrong);
    else if (request.votes.at(-1)?.signature !== metadata.signature) wrong('the vote that decided it is not told');
    const yes = request.votes.filter(({ approved }) => approved).length;
    const lost = of === 1 ? yes === 0 : of - (request.votes.length - yes) < required;
    if (event === 'approval_approved' ? yes < required : !lost) wrong(`${yes} of ${required} approved`);
  }
  request.status = event.slice('approval_'.length);
}

function noteAttempt(request: Told, { id, metadata }: RecordedEntry, wrong: Wrong): void {
  if (request.status !== 'consumed') wrong(`attempted while it is ${request.status}`);
  if (metadata.action_digest !== request.actionDigest) wrong('attempted something else');
  request.attempts.push(id);
}

/** Where the table of requests is not what the trail tells: another state, other votes, or one that only one of them has. */
export function compareWithTable({ requests }: Replayed, records: readonly ApprovalRecord[]): string[] {
  const problems: string[] = [];
  const inTable = new Set(records.map(({ id }) => id));
  for (const id of requests.keys()) if (!inTable.has(id)) problems.push(`${id}: the table does not have it`);
  for (const record of records) {
    const told = requests.get(record.id);
    const wrong = (what: string): void => void problems.push(`${record.id}: ${what}`);
    if (told === undefined) {
      wrong('the trail does not have it');
      continue;
    }
    if (told.status !== record.status) wrong(`${record.status} in the table, ${told.status} in the trail`);
    const { votes = [] } = record;
    // What approvers signed covers everything of the request, its quorum included.
    const statements = votes.map((vote) => voteStatement(record, { ...vote, approver: vote.approver.id }));
    const inTrail = told.votes.map(({ statement, signature }) => `${statement}${signature}`);
    const same = votes.length === inTrail.length && votes.every((v, i) => inTrail[i] === statements[i]! + v.signature);
    if (!same) wrong(`${votes.length} votes in the table, ${inTrail.length} in the trail, or others`);
    const { quorum } = record;
    if (told.quorum && (quorum?.required !== told.quorum.required || quorum.of !== told.quorum.of))
      wrong('other quorums');
  }
  return problems;
}

/** What somebody was told that is done, or that it is not. */
export interface Acknowledged {
  /** ids of requests */
  readonly asked: Iterable<string>;
  readonly votes: Iterable<{ readonly id: string; readonly approver: string; readonly approved: boolean }>;
  /** those that came too late */
  readonly lateVotes: Iterable<{ readonly id: string; readonly approver: string }>;
  readonly uses: Iterable<{ readonly id: string; readonly attempt: string }>;
}

/** Where the trail does not have what was acknowledged, or has what was refused. */
export function compareWithAcknowledged({ requests }: Replayed, acks: Acknowledged): string[] {
  const problems: string[] = [];
  for (const id of acks.asked) if (!requests.has(id)) problems.push(`${id}: asked, and not in the trail`);
  for (const { id, approver, approved } of acks.votes) {
    const found = requests.get(id)?.votes.find((vote) => vote.approver === approver);
    if (found?.approved !== approved) problems.push(`${id}: the vote of ${approver} is lost`);
  }
  for (const { id, approver } of acks.lateVotes) {
    if (requests.get(id)?.votes.some((vote) => vote.approver === approver))
      problems.push(`${id}: ${approver} counted, late`);
  }
  const seen = new Set<string>();
  for (const { id, attempt } of acks.uses) {
    if (seen.has(id)) problems.push(`${id}: two were told that they use it`);
    seen.add(id);
    if (requests.get(id)?.attempts[0] !== attempt) problems.push(`${id}: its use by ${attempt} is lost`);
  }
  return problems;
}
