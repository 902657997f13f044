import { type AuditStore, isHandedOver, queryAll } from '../audit/index.ts';
import type { ApprovalRecord, ApprovalStatus } from '../model/approval.ts';
import type { RecordedEntry } from '../model/audit-entry.ts';
import { requestDigest } from './vote-statement.ts';

/**
 * What the audit trail says of one request. THREAT: the database says it too, but whoever can write a row can put it
 * back to any state; the trail can't be changed unseen.
 */
export interface ApprovalTrail {
  /** digest of the request as it was made; undefined: it is not on record */
  readonly requestDigest: string | undefined;
  /** the states that it has reached on record */
  readonly reached: ReadonlySet<ApprovalStatus>;
  /** until when it may be used, milliseconds since 1970; undefined: it was not approved */
  readonly useBy: number | undefined;
  /** how often it was used: more than once is a breach */
  readonly uses: number;
  /** true where a person voted no */
  readonly isRejectedBySomebody: boolean;
  /** signatures of the votes on record */
  readonly signatures: ReadonlySet<string>;
}

type Log = Pick<AuditStore, 'query'>;

/** By what the governor records where the state of a row was not what signatures prove. */
const UNPROVEN = 'approval_unproven';
const EVENTS: Readonly<Record<string, ApprovalStatus>> = {
  approval_approved: 'approved',
  approval_rejected: 'rejected',
  approval_expired: 'expired',
  approval_cancelled: 'cancelled',
  approval_superseded: 'superseded',
  approval_consumed: 'consumed',
  approval_revoked: 'revoked',
  [UNPROVEN]: 'revoked',
};

/**
 * Reads what is on record of it. Entries of one request share its correlation id, which who asks may choose: so they
 * are picked by the request's id, however many others there are.
 */
export async function readTrail(
  log: Log,
  record: Pick<ApprovalRecord, 'id' | 'correlationId'>,
): Promise<ApprovalTrail> {
  const reached = new Set<ApprovalStatus>();
  const signatures = new Set<string>();
  let made: string | undefined;
  let useBy: number | undefined;
  let uses = 0;
  let isRejectedBySomebody = false;
  for (const { metadata, actor } of await entriesOf(log, record)) {
    const { event, request_digest, use_by, approved, signature } = metadata;
    // Newest first: the last one stays.
    if (event === 'approval_requested') made = typeof request_digest === 'string' ? request_digest : undefined;
    if (typeof signature === 'string') signatures.add(signature);
    if (event === 'approval_vote' && approved === false && actor.actorType === 'user') isRejectedBySomebody = true;
    const status = typeof event === 'string' && Object.hasOwn(EVENTS, event) ? EVENTS[event] : undefined;
    if (status === undefined) continue;
    reached.add(status);
    if (status === 'consumed') uses += 1;
    if (status === 'approved' && typeof use_by === 'number') useBy = use_by;
  }
  return { requestDigest: made, reached, useBy, uses, isRejectedBySomebody, signatures };
}

/** True where the request is, to the letter, what was put on record when it was asked. */
export function isOnRecord(record: ApprovalRecord, trail: ApprovalTrail): boolean {
  return trail.requestDigest === requestDigest(record);
}

/** Kinds of entries that a request brings; each is asked for by itself, all at once. */
const KINDS = ['approval_request', 'approval_decision', 'security_incident'] as const;

/** Newest first within each kind. */
async function entriesOf(
  log: Log,
  { id, correlationId }: Pick<ApprovalRecord, 'id' | 'correlationId'>,
): Promise<RecordedEntry[]> {
  const ofKind = async (eventType: (typeof KINDS)[number]): Promise<RecordedEntry[]> => {
    const found: RecordedEntry[] = [];
    for await (const page of queryAll(log, { correlationId, eventType })) {
      found.push(...page.filter((entry) => entry.metadata.approval_id === id && !isHandedOver(entry)));
    }
    return found;
  };
  return (await Promise.all(KINDS.map(ofKind))).flat();
}
