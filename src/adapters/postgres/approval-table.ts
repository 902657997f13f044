import {
  type ApprovalChange,
  idempotencyId,
  isStep,
  type RequestFilter,
  sameSubject,
  statusAt,
} from '../../approvals/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import type { Actor } from '../../model/actor.ts';
import type { ApprovalRecord, ApprovalStatus, Vote } from '../../model/approval.ts';
import type { Row, Session } from './connections.ts';
import { assertStorable, MAX_ENTRY_LENGTH, packId, toJson, unpackId } from './entry-values.ts';

/** What of a request never changes, and is only read whole. */
type Fixed = Pick<
  ApprovalRecord,
  | 'operation'
  | 'target'
  | 'justification'
  | 'metadata'
  | 'strategy'
  | 'quorum'
  | 'reasons'
  | 'shown'
  | 'correlationId'
  | 'approvesItselfAt'
  | 'idempotencyKey'
>;

const INSERT =
  'INSERT INTO approvals (id, status, requester, action_digest, policy_set, request, created_at, decide_by, use_by, ' +
  'decided_at, decided_by, verified, comment, idempotency_key) ' +
  'VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)';
const UPDATE =
  'UPDATE approvals SET status = $1, use_by = $2, decided_at = $3, decided_by = $4, verified = $5, comment = $6 ' +
  'WHERE id = $7';
const BY_KEY = 'SELECT * FROM approvals WHERE idempotency_key = $1';
const BY_SUBJECT =
  'SELECT * FROM approvals WHERE left(action_digest, 64) = left($2, 64) AND requester = $1 AND action_digest = $2 ' +
  'AND policy_set = $3';

/** The JSON of what never changes. INPUT_INVALID for what can't be kept as it is, or is too large. */
export function prepareRequest(record: ApprovalRecord): string {
  for (const column of ['id', 'requester', 'actionDigest', 'policySet'] as const) {
    assertStorable(record[column], 'an approval request');
  }
  const { operation, target, justification, metadata, strategy, quorum, reasons, shown, correlationId } = record;
  const { approvesItselfAt, idempotencyKey } = record;
  const written = { operation, target, justification, metadata, strategy, quorum, reasons, shown, correlationId };
  const fixed = { ...written, approvesItselfAt, idempotencyKey };
  const text = toJson(fixed, 'an approval request');
  if (text.length <= MAX_ENTRY_LENGTH) return text;
  throw new GgenError('INPUT_INVALID', `a request of ${text.length} characters; at most ${MAX_ENTRY_LENGTH} are kept`);
}

/** The request that was made under the same key; CONFLICT where that asks for something else. */
export async function findKeyed(session: Session, record: ApprovalRecord): Promise<ApprovalRecord | undefined> {
  const key = idempotencyId(record);
  const [made] = key === undefined ? [] : await session.query(BY_KEY, [key]);
  return made && sameSubject(fromRow(made)!, record);
}

/** The request that is open for the same requester, digest and policy set. */
export async function findOpen(
  session: Session,
  { requester, actionDigest, policySet, createdAt }: ApprovalRecord,
): Promise<ApprovalRecord | undefined> {
  const [row] = await session.query(`${BY_SUBJECT} AND status = 'pending' AND decide_by > $4 ORDER BY n LIMIT 1`, [
    requester,
    actionDigest,
    policySet,
    createdAt,
  ]);
  return fromRow(row);
}

/** What is asked again under a key of its own is found by that from then on, where its open twin has none. */
export async function bindKey(session: Session, id: string, asked: ApprovalRecord): Promise<void> {
  const key = idempotencyId(asked);
  if (key === undefined) return;
  const sql = 'UPDATE approvals SET idempotency_key = $1 WHERE id = $2 AND idempotency_key IS NULL';
  await session.write(sql, [key, packId(id)]);
}

/** How many of its requester's requests wait when it is made. */
export async function countPending(session: Session, { requester, createdAt }: ApprovalRecord): Promise<number> {
  const sql = "SELECT count(*) AS count FROM approvals WHERE status = 'pending' AND requester = $1 AND decide_by > $2";
  const [row] = await session.query(sql, [requester, createdAt]);
  return Number(row?.count);
}

export async function insertRequest(session: Session, record: ApprovalRecord, fixed: string): Promise<void> {
  await session.write(INSERT, [
    packId(record.id),
    record.status,
    record.requester,
    record.actionDigest,
    record.policySet,
    fixed,
    record.createdAt,
    record.decideBy,
    record.useBy ?? null,
    record.decidedAt ?? null,
    record.decidedBy === undefined ? null : toJson(record.decidedBy, 'decidedBy'),
    record.verified ?? null,
    record.comment ?? null,
    idempotencyId(record) ?? null,
  ]);
}

/**
 * The compare-and-set: true where the request stood in state `from` and has been changed. A request whose time is
 * over stands as expired whatever is written down, so that no late decision and no late use gets through. The row is
 * locked first, and the time read then.
 */
export async function changeRequest(
  session: Session,
  change: Omit<ApprovalChange, 'entry'>,
  clock: () => number,
): Promise<boolean> {
  const record = await lockRequest(session, change.id);
  return record !== undefined && changeLocked(session, record, change, clock);
}

/** The same, of a request that this transaction has locked. */
export async function changeLocked(
  session: Session,
  record: ApprovalRecord,
  change: Omit<ApprovalChange, 'entry' | 'id'>,
  clock: () => number,
): Promise<boolean> {
  const { from, to, set } = change;
  if (!isStep(from, to)) throw new GgenError('INTERNAL', `no approval request goes from ${from} to ${to}`);
  if (set.comment !== undefined) assertStorable(set.comment, 'a decision');
  if (record.status !== from) return false;
  if (to !== 'expired' && statusAt(record, clock()) !== from) return false;
  const next = { ...record, ...set };
  const changed = await session.write(UPDATE, [
    to,
    next.useBy ?? null,
    next.decidedAt ?? null,
    next.decidedBy === undefined ? null : toJson(next.decidedBy, 'decidedBy'),
    next.verified ?? null,
    next.comment ?? null,
    packId(record.id),
  ]);
  return changed === 1;
}

/** Writes the votes that were cast so far. Only in the transaction in which the request was locked. */
export async function writeVotes(session: Session, id: string, votes: readonly Vote[]): Promise<void> {
  const text = toJson(votes, 'votes');
  assertStorable(text, 'a vote');
  await session.write('UPDATE approvals SET votes = $1 WHERE id = $2', [text, packId(id)]);
}

/** The request as it stands, locked to the end of the transaction. (A row that was waited for is read again.) */
export async function lockRequest(session: Session, id: string): Promise<ApprovalRecord | undefined> {
  const [row] = await session.query('SELECT * FROM approvals WHERE id = $1 FOR UPDATE', [packId(id)]);
  return fromRow(row);
}

export async function getRequest(session: Session, id: string): Promise<ApprovalRecord | undefined> {
  const [row] = await session.query('SELECT * FROM approvals WHERE id = $1', [packId(id)]);
  return fromRow(row);
}

/** The newest request for this subject, whatever its state. */
export async function findRequest(
  session: Session,
  requester: string,
  digest: string,
  policySet: string,
): Promise<ApprovalRecord | undefined> {
  const [row] = await session.query(`${BY_SUBJECT} ORDER BY n DESC LIMIT 1`, [requester, digest, policySet]);
  return fromRow(row);
}

/** Newest first. */
export async function listRequests(
  session: Session,
  { status, requester, undecidedAt, limit }: RequestFilter,
): Promise<ApprovalRecord[]> {
  const rows = await session.query(
    'SELECT * FROM approvals WHERE ($1::text IS NULL OR status = $1) AND ($2::text IS NULL OR requester = $2) ' +
      'AND decide_by > $3 ORDER BY n DESC LIMIT $4',
    [status ?? null, requester ?? null, undecidedAt ?? -1, limit],
  );
  return rows.map((row) => fromRow(row)!);
}

function fromRow(row: Row | undefined): ApprovalRecord | undefined {
  if (!row) return undefined;
  const decidedBy = row.decided_by as string | null;
  return {
    ...(JSON.parse(row.request as string) as Fixed),
    id: unpackId(row.id as Buffer),
    status: row.status as ApprovalStatus,
    requester: row.requester as string,
    actionDigest: row.action_digest as string,
    policySet: row.policy_set as string,
    createdAt: Number(row.created_at),
    decideBy: Number(row.decide_by),
    ...(row.use_by === null ? {} : { useBy: Number(row.use_by) }),
    ...(row.decided_at === null ? {} : { decidedAt: Number(row.decided_at) }),
    ...(decidedBy === null ? {} : { decidedBy: JSON.parse(decidedBy) as Actor }),
    ...(row.verified === null ? {} : { verified: row.verified as boolean }),
    ...(row.comment === null ? {} : { comment: row.comment as string }),
    ...(row.votes == null ? {} : { votes: JSON.parse(row.votes as string) as Vote[] }),
  };
}
