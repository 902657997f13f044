import { sha256 } from '../kernel/digest.ts';
import { GgenError } from '../kernel/errors.ts';
import type { ApprovalRecord } from '../model/approval.ts';

/** Names a requester's idempotency key among all; undefined for a request without one. */
export function idempotencyId({
  requester,
  idempotencyKey,
}: Pick<ApprovalRecord, 'requester' | 'idempotencyKey'>): string | undefined {
  return idempotencyKey === undefined ? undefined : sha256(JSON.stringify([requester, idempotencyKey]));
}

/** The request that was made under the same idempotency key; CONFLICT where it asks for something else. */
export function sameSubject(made: ApprovalRecord, asked: ApprovalRecord): ApprovalRecord {
  const isSame = made.actionDigest === asked.actionDigest;
  if (isSame && made.policySet === asked.policySet) return made;
  const why = isSame ? 'was made under other policies' : 'asks for something else';
  throw new GgenError('CONFLICT', `that idempotency key is request ${made.id}'s, which ${why}`, {
    hint: 'take a new key for a new request',
  });
}

/** A request that can't be superseded. */
export function notPending(id: string): GgenError {
  return new GgenError('CONFLICT', `request ${id} is not pending, so nothing can stand in its place`);
}
