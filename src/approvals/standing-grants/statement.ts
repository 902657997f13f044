import { canonicalJson } from '../../kernel/canonical-json.ts';
import { GgenError } from '../../kernel/errors.ts';
import { isSignedBy, parseSshSignature } from '../../kernel/ssh-signature.ts';
import type { StandingGrant, StandingGrantTerms } from '../../model/standing-grant.ts';
import { type ApproverKeys, isLive, VOTE_NAMESPACE } from '../approver-keys.ts';
import { MAX_AHEAD_MS } from '../signed-votes.ts';

/** First line of what is signed: a vote begins otherwise, so that neither can stand for the other. */
const HEADER = 'ggen-governance standing grant v1';

/** What an approver signs: two lines, the second of them the terms in canonical JSON (RFC 8785). */
export function grantStatement(terms: StandingGrantTerms): string {
  const text = canonicalJson({
    id: terms.id,
    agent: terms.agent,
    operation: terms.operation,
    pattern: terms.pattern,
    policy_set: terms.policySet,
    created_at: terms.createdAt,
    expires_at: terms.expiresAt,
    max_uses: terms.maxUses,
    reason: terms.reason ?? null,
    approver: terms.approver,
  });
  return `${HEADER}\n${text}\n`;
}

/** True where the approver's own key, which counts at `now`, signed just these terms, and not ahead of that. */
export function isSignedGrant(grant: StandingGrant, keys: ApproverKeys, now: number): boolean {
  try {
    const signature = parseSshSignature(grant.signature);
    if (!isSignedBy(signature, VOTE_NAMESPACE, grantStatement(grant))) return false;
    if (grant.createdAt > now + MAX_AHEAD_MS) return false;
    const key = keys.find(grant.approver, signature.key.fingerprint);
    return key !== undefined && isLive(key, now);
  } catch (error) {
    if (error instanceof GgenError) return false;
    throw error;
  }
}
