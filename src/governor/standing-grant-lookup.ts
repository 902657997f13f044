import { covers, grantEntry, isSignedGrant, whyNotGrantable } from '../approvals/index.ts';
import { isHandedOver, queryAll } from '../audit/index.ts';
import type { Clock } from '../kernel/ports.ts';
import type { Actor } from '../model/actor.ts';
import type { ApprovalStrategy } from '../model/approval.ts';
import type { StandingGrant } from '../model/standing-grant.ts';
import type { ApprovalAnswer, ApprovalQuestion } from './approval-question.ts';
import type { Subject } from './entries.ts';
import type { GovernanceStore } from './ports.ts';

/** More grants than this for one agent and operation are not looked at. */
const MAX_GRANTS = 100;

/**
 * A standing grant that permits what policy would ask people about. It counts while its signature, its approver's key
 * and right to decide, its terms and the policies hold that it was made under. What policy denies never comes here.
 */
export function createGrantLookup(parts: {
  readonly store: GovernanceStore;
  readonly clock: Clock;
  readonly newId: () => string;
}) {
  const { store, clock, newId } = parts;

  /**
   * THREAT: who writes the database sets the count back, or a revocation; so the log is asked too. All of it: who asks
   * chooses correlation ids, and could push out what is on record.
   */
  const hasUsesLeft = async ({ id, uses, maxUses }: StandingGrant): Promise<boolean> => {
    let left = maxUses - uses;
    let onRecord = 0;
    for await (const page of queryAll(store, { correlationId: id, eventType: 'approval_decision' })) {
      for (const entry of page) {
        const { metadata } = entry;
        if (metadata.standing_grant_id !== id || isHandedOver(entry)) continue;
        if (metadata.event === 'standing_grant_revoked') return false;
        if (metadata.event === 'standing_grant_used') onRecord += 1;
      }
      left = Math.min(left, maxUses - onRecord);
      if (left <= 0) return false;
    }
    return left > 0;
  };

  const find = async (question: ApprovalQuestion, strategy: ApprovalStrategy): Promise<ApprovalAnswer | undefined> => {
    const { subject, snapshot, operations, references, evidence } = question;
    const { set, approvals } = snapshot;
    const [operation, ...more] = operations;
    if (!operation || more.length > 0 || Object.keys(references).length > 0) return undefined;
    const { requester } = subject.action;
    if (holdsSecret(subject)) return undefined;
    const now = clock();
    const found = await store.listGrants({ agent: requester, operation: operation.name, at: now, limit: MAX_GRANTS });
    const agent: Actor = { actorType: 'agent', id: requester, name: requester };
    for (const grant of found) {
      if (grant.policySet !== set.digest || now >= grant.expiresAt) continue;
      const scope = { operation, strategy, pattern: set.targetPattern(operation, grant.pattern) };
      if (!covers(grant, scope, { requester, ...evidence })) continue;
      if (whyNotGrantable(grant, scope, approvals.config) !== undefined) continue;
      if (!isSignedGrant(grant, approvals.keys, now)) {
        const entry = grantEntry(newId(), now, grant, 'standing_grant_unproven', agent);
        await store.revokeGrant(grant.id, { ...entry, eventType: 'security_incident', result: 'denied' });
        continue;
      }
      if (!(await hasUsesLeft(grant))) continue;
      return {
        kind: 'go',
        standing: { grantId: grant.id, entry: grantEntry(newId(), now, grant, 'standing_grant_used', agent) },
        metadata: { standing_grant_id: grant.id, decided_by: grant.approver, decided_by_kind: 'grant' },
      };
    }
    return undefined;
  };

  return { find };
}

/** Anything that would be masked: a person sees where it goes. */
function holdsSecret({ action, mask }: Subject): boolean {
  const { target, content = '', parameters, context } = action;
  const texts = [target, content, parameters ? JSON.stringify(parameters) : '', JSON.stringify(context?.env ?? {})];
  return texts.some((text) => mask(text) !== text);
}
