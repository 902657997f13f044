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
import type { Database, Row } from './database.ts';
import { assertStorable, MAX_ENTRY_LENGTH, toJson } from './entry-row.ts';

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
  'decided_at, decided_by, verified, comment, idempotency_key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)';
const BY_SUBJECT =
  'SELECT * FROM approvals WHERE requester = ? AND action_digest = ? AND policy_set = ? ORDER BY n DESC LIMIT 1';
const BY_KEY = 'SELECT * FROM approvals WHERE idempotency_key = ?';
const PENDING = "SELECT count(*) AS count FROM approvals WHERE status = 'pending' AND requester = ? AND decide_by > ?";
const OPEN_BY_SUBJECT =
  'SELECT * FROM approvals WHERE requester = ? AND action_digest = ? AND policy_set = ? ' +
  "AND status = 'pending' AND decide_by > ? ORDER BY n LIMIT 1";

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
export function findKeyed(db: Database, record: ApprovalRecord): ApprovalRecord | undefined {
  const key = idempotencyId(record);
  const keyed = key === undefined ? undefined : fromRow(db.get(BY_KEY, key));
  return keyed && sameSubject(keyed, record);
}

/** The request that is open for the same requester, digest and policy set. */
export function findOpen(
  db: Database,
  { requester, actionDigest, policySet, createdAt }: ApprovalRecord,
): ApprovalRecord | undefined {
  return fromRow(db.get(OPEN_BY_SUBJECT, requester, actionDigest, policySet, createdAt));
}

/** What is asked again under a key of its own is found by that from then on, where its open twin has none. */
export function bindKey(db: Database, id: string, asked: ApprovalRecord): void {
  const key = idempotencyId(asked);
  if (key === undefined) return;
  db.run('UPDATE approvals SET idempotency_key = ? WHERE id = ? AND idempotency_key IS NULL', key, id);
}

/** How many of its requester's requests wait when it is made. */
export function countPending(db: Database, { requester, createdAt }: ApprovalRecord): number {
  return Number(db.get(PENDING, requester, createdAt)?.count);
}

export function insertRequest(db: Database, record: ApprovalRecord, fixed: string): void {
  const { verified } = record;
  db.run(
    INSERT,
    record.id,
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
    verified === undefined ? null : Number(verified),
    record.comment ?? null,
    idempotencyId(record) ?? null,
  );
}

/**
 * The compare-and-set: true where the request stood in state `from` at `now` and has been changed. A request whose
 * time is over stands as expired whatever is written down, so that no late decision and no late use gets through.
 */
export function changeRequest(db: Database, change: Omit<ApprovalChange, 'entry'>, now: number): boolean {
  const { id, from, to, set } = change;
  if (!isStep(from, to)) throw new GgenError('INTERNAL', `no approval request goes from ${from} to ${to}`);
  const record = getRequest(db, id);
  if (!record || record.status !== from) return false;
  if (to !== 'expired' && statusAt(record, now) !== from) return false;
  if (set.comment !== undefined) assertStorable(set.comment, 'a decision');
  const next = { ...record, ...set };
  const changed = db.run(
    'UPDATE approvals SET status = ?, use_by = ?, decided_at = ?, decided_by = ?, verified = ?, comment = ? WHERE id = ?',
    to,
    next.useBy ?? null,
    next.decidedAt ?? null,
    next.decidedBy === undefined ? null : toJson(next.decidedBy, 'decidedBy'),
    next.verified === undefined ? null : Number(next.verified),
    next.comment ?? null,
    id,
  );
  return Number(changed.changes) === 1;
}

/** Writes the votes that were cast so far. Only in the transaction in which the request was read. */
export function writeVotes(db: Database, id: string, votes: readonly Vote[]): void {
  const text = toJson(votes, 'votes');
  assertStorable(text, 'a vote');
  db.run('UPDATE approvals SET votes = ? WHERE id = ?', text, id);
}

export function getRequest(db: Database, id: string): ApprovalRecord | undefined {
  return fromRow(db.get('SELECT * FROM approvals WHERE id = ?', id));
}

/** The newest request for this subject, whatever its state. */
export function findRequest(
  db: Database,
  requester: string,
  digest: string,
  policySet: string,
): ApprovalRecord | undefined {
  return fromRow(db.get(BY_SUBJECT, requester, digest, policySet));
}

/** Newest first. */
export function listRequests(db: Database, { status, requester, undecidedAt, limit }: RequestFilter): ApprovalRecord[] {
  const where = ['decide_by > ?'];
  const values: (string | number)[] = [undecidedAt ?? -1];
  for (const [column, value] of [
    ['status', status],
    ['requester', requester],
  ] as const) {
    if (value === undefined) continue;
    where.push(`${column} = ?`);
    values.push(value);
  }
  const rows = db.all(`SELECT * FROM approvals WHERE ${where.join(' AND ')} ORDER BY n DESC LIMIT ?`, ...values, limit);
  return rows.map((row) => fromRow(row)!);
}

function fromRow(row: Row | undefined): ApprovalRecord | undefined {
  if (!row) return undefined;
  const decidedBy = row.decided_by as string | null;
  return {
    ...(JSON.parse(row.request as string) as Fixed),
    id: row.id as string,
    status: row.status as ApprovalStatus,
    requester: row.requester as string,
    actionDigest: row.action_digest as string,
    policySet: row.policy_set as string,
    createdAt: Number(row.created_at),
    decideBy: Number(row.decide_by),
    ...(row.use_by === null ? {} : { useBy: Number(row.use_by) }),
    ...(row.decided_at === null ? {} : { decidedAt: Number(row.decided_at) }),
    ...(decidedBy === null ? {} : { decidedBy: JSON.parse(decidedBy) as Actor }),
    ...(row.verified === null ? {} : { verified: row.verified === 1 }),
    ...(row.comment === null ? {} : { comment: row.comment as string }),
    ...(row.votes == null ? {} : { votes: JSON.parse(row.votes as string) as Vote[] }),
  };
}
