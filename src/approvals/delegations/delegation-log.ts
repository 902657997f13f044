import { type AuditStore, isHandedOver, queryAll } from '../../audit/index.ts';
import type { Actor } from '../../model/actor.ts';
import type { AuditEntry, RecordedEntry } from '../../model/audit-entry.ts';
import type { Delegation, DelegationTerms } from '../../model/delegation.ts';
import { delegationStatement } from './statement.ts';

/** The audit trail, as far as delegations are kept in it. */
export type DelegationLog = Pick<AuditStore, 'append' | 'query'>;

const OPERATION = 'delegate_approval';
const MADE = 'delegation_made';
const REVOKED = 'delegation_revoked';

/** The entry that is a delegation: there is no other record of it. Its correlation id is the delegation's. */
export function delegationEntry(
  parts: { readonly id: string; readonly now: number; readonly actor: Actor },
  delegation: Delegation,
  revoked: boolean,
): AuditEntry {
  const { signature, ...terms } = delegation;
  const { delegator, delegate, scopes, createdAt, expiresAt, reason } = terms;
  return {
    id: parts.id,
    timestamp: parts.now,
    eventType: 'approval_decision',
    actor: parts.actor,
    operation: { name: OPERATION },
    target: delegate,
    result: 'success',
    metadata: {
      event: revoked ? REVOKED : MADE,
      delegation_id: terms.id,
      delegator,
      delegate,
      ...(revoked
        ? {}
        : {
            scopes: [...scopes],
            created_at: createdAt,
            expires_at: expiresAt,
            ...(reason === undefined ? {} : { reason }),
            statement: delegationStatement(terms),
            signature,
          }),
    },
    correlationId: terms.id,
  };
}

/** Delegations that the log tells of since `from`, newest first; not looked at whether they are signed. */
export async function recordedDelegations(
  log: DelegationLog,
  filter: { readonly from: number; readonly delegator?: string; readonly limit: number },
): Promise<Delegation[]> {
  const { from, delegator, limit } = filter;
  const by = delegator === undefined ? {} : { actor: delegator };
  const found: Delegation[] = [];
  for await (const page of queryAll(log, { operation: OPERATION, eventType: 'approval_decision', from, ...by })) {
    for (const entry of page) {
      if (!isHandedOver(entry) && entry.metadata.event === MADE) found.push(...(delegationOf(entry) ?? []));
    }
    if (found.length >= limit) break;
  }
  return found.slice(0, limit);
}

/** The delegation with this id, of whatever age. */
export async function recordedDelegation(
  log: Pick<DelegationLog, 'query'>,
  id: string,
): Promise<Delegation | undefined> {
  for await (const page of queryAll(log, { correlationId: id, eventType: 'approval_decision' })) {
    const entry = page.find(
      (one) => !isHandedOver(one) && one.metadata.event === MADE && one.metadata.delegation_id === id,
    );
    if (entry) return delegationOf(entry)?.[0];
  }
  return undefined;
}

/** True where the log says that it was taken back. */
export async function isRevoked(log: Pick<DelegationLog, 'query'>, id: string): Promise<boolean> {
  for await (const page of queryAll(log, { correlationId: id, eventType: 'approval_decision' })) {
    if (page.some((one) => !isHandedOver(one) && one.metadata.event === REVOKED && one.metadata.delegation_id === id))
      return true;
  }
  return false;
}

function delegationOf({ metadata }: RecordedEntry): [Delegation] | undefined {
  const { delegation_id: id, delegator, delegate, scopes, created_at, expires_at, reason, signature } = metadata;
  const texts = [id, delegator, delegate, signature];
  if (!texts.every((one) => typeof one === 'string') || !Array.isArray(scopes)) return undefined;
  if (typeof created_at !== 'number' || typeof expires_at !== 'number') return undefined;
  const terms: DelegationTerms = {
    id: String(id),
    delegator: String(delegator),
    delegate: String(delegate),
    scopes: scopes.map(String),
    createdAt: created_at,
    expiresAt: expires_at,
    ...(typeof reason === 'string' ? { reason } : {}),
  };
  return [{ ...terms, signature: String(signature) }];
}
