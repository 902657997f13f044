import { GgenError } from '../../kernel/errors.ts';
import { assertMembers } from '../../kernel/members.ts';
import type { Clock } from '../../kernel/ports.ts';
import { printable } from '../../kernel/text.ts';
import type { Actor } from '../../model/actor.ts';
import type { AuditEntry } from '../../model/audit-entry.ts';
import type { ApprovalsConfig } from '../../model/configuration.ts';
import type { StandingGrant, StandingGrantTerms } from '../../model/standing-grant.ts';
import type { ApproverKeys } from '../approver-keys.ts';
import type { VoteSigner } from '../vote-signer.ts';
import type { StandingGrantStore } from './ports.ts';
import { type GrantScope, whyNotGrantable } from './scope.ts';
import { grantStatement, isSignedGrant } from './statement.ts';

export const MAX_GRANT_SECONDS = 24 * 3600;
export const MAX_GRANT_USES = 1000;

const MEMBERS = {
  agent: 'string',
  operation: 'string',
  pattern: 'string',
  seconds: 'number',
  maxUses: 'number',
  reason: 'string?',
} as const;

export interface GrantWish {
  readonly agent: string;
  readonly operation: string;
  readonly pattern: string;
  /** how long it counts, at most a day */
  readonly seconds: number;
  /** how often, at most 1,000 times */
  readonly maxUses: number;
  readonly reason?: string;
}

export interface GrantDesk {
  /** What would be signed. INPUT_INVALID for what makes no sense, NOT_PERMITTED for what may not be permitted ahead. */
  terms(wish: GrantWish, approver: string): StandingGrantTerms;
  /** Signs and records it. `via`: who the machine says is doing it. */
  make(terms: StandingGrantTerms, signer: VoteSigner, via: string): Promise<StandingGrant>;
  list(filter: { readonly standing: boolean; readonly limit: number }): Promise<StandingGrant[]>;
  /** NOT_FOUND, CONFLICT. */
  revoke(id: string, actor: Actor): Promise<void>;
}

export interface GrantDeskParts {
  readonly store: StandingGrantStore;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly config: () => ApprovalsConfig;
  readonly keys: () => ApproverKeys;
  readonly policySet: () => string;
  /** undefined for an operation that isn't known */
  readonly scope: (operation: string, pattern: string) => GrantScope | undefined;
  readonly mask: (text: string) => string;
}

/** Where approvers permit an agent ahead what they would else be asked about each time. */
export function createGrantDesk(parts: GrantDeskParts): GrantDesk {
  const { store, clock, newId } = parts;

  const terms = (wish: GrantWish, approver: string): StandingGrantTerms => {
    assertMembers('a standing grant', wish, MEMBERS);
    const { agent, operation, pattern, seconds, maxUses, reason } = wish;
    if (agent === '' || !agent.isWellFormed()) throw new GgenError('INPUT_INVALID', 'the agent has no name');
    if (!Number.isSafeInteger(seconds) || seconds < 1 || seconds > MAX_GRANT_SECONDS)
      throw new GgenError('INPUT_INVALID', 'a standing grant counts for a second to a day');
    if (!Number.isSafeInteger(maxUses) || maxUses < 1 || maxUses > MAX_GRANT_USES)
      throw new GgenError('INPUT_INVALID', `a standing grant counts 1 to ${MAX_GRANT_USES} times`);
    const scope = parts.scope(operation, pattern);
    if (scope === undefined) throw new GgenError('INPUT_INVALID', `unknown operation ${printable(operation)}`);
    const why = whyNotGrantable({ agent, operation, pattern, approver }, scope, parts.config());
    if (why !== undefined) throw new GgenError('NOT_PERMITTED', why);
    const now = clock();
    return {
      id: newId(),
      agent,
      operation,
      pattern,
      policySet: parts.policySet(),
      createdAt: now,
      expiresAt: now + seconds * 1000,
      maxUses,
      ...(reason === undefined ? {} : { reason: printable(parts.mask(reason), 2000) }),
      approver,
    };
  };

  const make = async (given: StandingGrantTerms, signer: VoteSigner, via: string): Promise<StandingGrant> => {
    const { operation, pattern, approver } = given;
    const scope = parts.scope(operation, pattern);
    const why = scope ? whyNotGrantable(given, scope, parts.config()) : 'that operation is not known';
    if (why !== undefined) throw new GgenError('NOT_PERMITTED', why);
    if (signer.approver !== approver) throw new GgenError('NOT_PERMITTED', `that is not signed by ${approver}`);
    const statement = grantStatement(given);
    const grant: StandingGrant = { ...given, signature: await signer.sign(statement), uses: 0 };
    if (!isSignedGrant(grant, parts.keys(), clock())) {
      throw new GgenError('NOT_PERMITTED', `${approver} signed with a key that does not count`, {
        hint: '`ggen-mcp keys list` shows the keys that count',
      });
    }
    const entry = grantEntry(newId(), clock(), grant, 'standing_grant_made', {
      actorType: 'user',
      id: approver,
      name: via,
    });
    await store.createGrant(grant, {
      ...entry,
      metadata: { ...entry.metadata, statement, signature: grant.signature },
    });
    return grant;
  };

  return {
    terms,
    make,
    list: ({ standing, limit }) => store.listGrants({ limit, ...(standing ? { at: clock() } : {}) }),
    revoke: async (id, actor) => {
      const grant = await store.getGrant(id);
      if (!grant)
        throw new GgenError('NOT_FOUND', `no standing grant ${printable(id)}`, {
          hint: 'see `ggen-mcp approvals grants`',
        });
      const entry = grantEntry(newId(), clock(), grant, 'standing_grant_revoked', actor);
      if (!(await store.revokeGrant(id, entry)))
        throw new GgenError('CONFLICT', `standing grant ${id} is revoked already`);
    },
  };
}

/** Its entries share a correlation id, its own: so its uses can be counted in the log. */
export function grantEntry(id: string, now: number, grant: StandingGrant, event: string, actor: Actor): AuditEntry {
  return {
    id,
    timestamp: now,
    eventType: 'approval_decision',
    actor,
    operation: { name: grant.operation },
    target: printable(grant.pattern, 1000),
    result: 'success',
    metadata: {
      event,
      standing_grant_id: grant.id,
      agent: grant.agent,
      approver: grant.approver,
      policy_set: grant.policySet,
      max_uses: grant.maxUses,
      expires_at: new Date(grant.expiresAt).toISOString(),
    },
    correlationId: grant.id,
  };
}
