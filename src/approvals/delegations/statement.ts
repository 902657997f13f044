import { canonicalJson } from '../../kernel/canonical-json.ts';
import { digestOf } from '../../kernel/digest.ts';
import { GgenError } from '../../kernel/errors.ts';
import { isSignedBy, parseSshSignature } from '../../kernel/ssh-signature.ts';
import { mayApprove } from '../../model/approver-scope.ts';
import type { Delegation, DelegationTerms } from '../../model/delegation.ts';
import type { OperationSpec } from '../../model/operation.ts';
import { type ApproverKeys, isLive, VOTE_NAMESPACE } from '../approver-keys.ts';
import { isSameName } from '../same-name.ts';

/** First line of what is signed: votes and grants begin otherwise, so that none can stand for another. */
const HEADER = 'ggen-governance delegation v1';

/** What the delegator signs: two lines, the second of them the terms in canonical JSON (RFC 8785). */
export function delegationStatement(terms: DelegationTerms): string {
  const text = canonicalJson({
    id: terms.id,
    delegator: terms.delegator,
    delegate: terms.delegate,
    scopes: [...terms.scopes],
    created_at: terms.createdAt,
    expires_at: terms.expiresAt,
    reason: terms.reason ?? null,
  });
  return `${HEADER}\n${text}\n`;
}

/** Names one delegation with its signature, in what its delegate signs. */
export function delegationDigest(delegation: Delegation): string {
  const { signature } = delegation;
  return digestOf('ggen-delegation-v1', { statement: delegationStatement(delegation), signature });
}

/** True where the delegator's own key, which counts at `now`, signed just these terms. */
export function isSignedDelegation(delegation: Delegation, keys: ApproverKeys, now: number): boolean {
  try {
    const signature = parseSshSignature(delegation.signature);
    if (!isSignedBy(signature, VOTE_NAMESPACE, delegationStatement(delegation))) return false;
    const key = keys.find(delegation.delegator, signature.key.fingerprint);
    return key !== undefined && isLive(key, now);
  } catch (error) {
    if (error instanceof GgenError) return false;
    throw error;
  }
}

/** Does it let `voter` vote on these operations at `at`? Whether its delegator may is another question. */
export function lends(
  delegation: DelegationTerms,
  voter: string,
  operations: readonly OperationSpec[],
  at: number,
): boolean {
  const { delegator, delegate, scopes, createdAt, expiresAt } = delegation;
  const scope = { id: delegate, role: '', canApprove: scopes, autoApprove: false };
  return (
    delegate === voter &&
    !isSameName(delegator, delegate) &&
    createdAt <= at &&
    at < expiresAt &&
    operations.every((operation) => mayApprove(scope, operation))
  );
}
