import { GgenError } from '../../kernel/errors.ts';
import { assertMembers } from '../../kernel/members.ts';
import type { Clock } from '../../kernel/ports.ts';
import { nearest, printable } from '../../kernel/text.ts';
import type { Actor } from '../../model/actor.ts';
import type { ApprovalsConfig } from '../../model/configuration.ts';
import type { Delegation, DelegationTerms } from '../../model/delegation.ts';
import type { OperationSpec } from '../../model/operation.ts';
import type { ApproverKeys } from '../approver-keys.ts';
import { isSameName } from '../same-name.ts';
import type { VoteSigner } from '../vote-signer.ts';
import {
  type DelegationLog,
  delegationEntry,
  isRevoked,
  recordedDelegation,
  recordedDelegations,
} from './delegation-log.ts';
import { delegationStatement, isSignedDelegation, lends } from './statement.ts';

export interface DelegationWish {
  readonly delegate: string;
  /** how long it counts, at most `[approvals.delegation] max_seconds` */
  readonly seconds: number;
  /** domains, classes, operations; default `["*"]`: all that the delegator may decide on */
  readonly scopes?: readonly string[];
  readonly reason?: string;
}

export interface DelegationDesk {
  /** What would be signed. INPUT_INVALID for what makes no sense, NOT_PERMITTED for what may not be lent. */
  terms(wish: DelegationWish, delegator: string): DelegationTerms;
  /** Signs and records it. `via`: who the machine says is doing it. */
  make(terms: DelegationTerms, signer: VoteSigner, via: string): Promise<Delegation>;
  /** Newest first; those that count now, or all that may still count or did within the longest time they may. */
  list(filter: { readonly standing: boolean }): Promise<Delegation[]>;
  /** NOT_FOUND, CONFLICT where it is revoked already. */
  revoke(id: string, actor: Actor): Promise<void>;
  /** The one by which `delegate` may vote for `delegator` on these now; NOT_PERMITTED where there is none. */
  find(delegator: string, delegate: string, operations: readonly OperationSpec[]): Promise<Delegation>;
}

export interface DelegationDeskParts {
  readonly log: DelegationLog;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly config: () => Pick<ApprovalsConfig, 'approvers' | 'delegation'>;
  readonly keys: () => ApproverKeys;
  /** all that a scope can name */
  readonly scopes: () => ReadonlySet<string>;
  readonly mask: (text: string) => string;
}

const LIMIT = 1000;
const MEMBERS = { delegate: 'string', seconds: 'number', scopes: 'strings?', reason: 'string?' } as const;

/** Where approvers lend their vote. A delegate can't lend it on: a vote is signed by who was lent it first hand. */
export function createDelegationDesk(parts: DelegationDeskParts): DelegationDesk {
  const { log, clock, newId } = parts;

  const terms = (wish: DelegationWish, delegator: string): DelegationTerms => {
    assertMembers('a delegation', wish, MEMBERS);
    const { delegate, seconds, scopes = ['*'], reason } = wish;
    const { maxSeconds } = parts.config().delegation;
    if (maxSeconds === 0) throw new GgenError('NOT_PERMITTED', 'nobody may lend a vote: delegation.max_seconds is 0');
    if (!Number.isSafeInteger(seconds) || seconds < 1 || seconds > maxSeconds)
      throw new GgenError('INPUT_INVALID', `a delegation counts for 1 to ${maxSeconds} s (delegation.max_seconds)`);
    if (scopes.length === 0 || scopes.length > 100 || scopes.some((one) => one === ''))
      throw new GgenError('INPUT_INVALID', 'a delegation names what it covers: domains, classes, operations, or "*"');
    assertKnown(scopes);
    const why = whyNot(delegator, delegate);
    if (why !== undefined) throw new GgenError('NOT_PERMITTED', why);
    const now = clock();
    return {
      id: newId(),
      delegator,
      delegate,
      scopes: scopes.map((one) => printable(parts.mask(one), 200)),
      createdAt: now,
      expiresAt: now + seconds * 1000,
      ...(reason === undefined ? {} : { reason: printable(parts.mask(reason), 2000) }),
    };
  };

  /** A misspelt scope would lend nothing, and who is on leave would learn of it too late. */
  const assertKnown = (scopes: readonly string[]): void => {
    const known = parts.scopes();
    const odd = scopes.find((one) => !known.has(one));
    if (odd === undefined) return;
    const near = nearest(odd, known);
    throw new GgenError('INPUT_INVALID', `${JSON.stringify(printable(odd))} is no domain, class or operation`, {
      hint: near === undefined ? 'as can_approve names them; "*" is all of yours' : `did you mean ${near}?`,
    });
  };

  /** Why this approver may not lend a vote to that one. */
  const whyNot = (delegator: string, delegate: string): string | undefined => {
    const { user, agent } = parts.config().approvers;
    const isAgent = (name: string): boolean => agent.some(({ id }) => isSameName(id, name));
    if (isSameName(delegator, delegate)) return `${delegator} can't lend a vote to itself`;
    if (isAgent(delegator) || isAgent(delegate)) return 'only people lend each other their votes';
    if (user.length > 0 && !user.some(({ id }) => id === delegator)) return `${delegator} is not a configured approver`;
    if (!parts.keys().has(delegate, clock())) return `${delegate} has no key to vote with (ggen-mcp keys create)`;
    return undefined;
  };

  const make = async (given: DelegationTerms, signer: VoteSigner, via: string): Promise<Delegation> => {
    if (signer.approver !== given.delegator)
      throw new GgenError('NOT_PERMITTED', `that is not signed by ${given.delegator}`);
    const delegation: Delegation = { ...given, signature: await signer.sign(delegationStatement(given)) };
    const now = clock();
    if (!isSignedDelegation(delegation, parts.keys(), now)) {
      throw new GgenError('NOT_PERMITTED', `${given.delegator} signed with a key that does not count`, {
        hint: '`ggen-mcp keys list` shows the keys that count',
      });
    }
    const actor: Actor = { actorType: 'user', id: given.delegator, name: via };
    await log.append(delegationEntry({ id: newId(), now, actor }, delegation, false));
    return delegation;
  };

  const recent = (delegator?: string): Promise<Delegation[]> => {
    const from = clock() - parts.config().delegation.maxSeconds * 1000;
    return recordedDelegations(log, { from, limit: LIMIT, ...(delegator === undefined ? {} : { delegator }) });
  };

  const counts = async (one: Delegation, now: number): Promise<boolean> =>
    one.createdAt <= now &&
    now < one.expiresAt &&
    isSignedDelegation(one, parts.keys(), now) &&
    !(await isRevoked(log, one.id));

  const list = async ({ standing }: { standing: boolean }): Promise<Delegation[]> => {
    const found = await recent();
    if (!standing) return found;
    const now = clock();
    const kept = await Promise.all(found.map((one) => counts(one, now)));
    return found.filter((_, index) => kept[index]);
  };

  const find: DelegationDesk['find'] = async (delegator, delegate, operations) => {
    const now = clock();
    for (const one of await recent(delegator)) {
      if (one.delegator === delegator && lends(one, delegate, operations, now) && (await counts(one, now))) return one;
    }
    const names = operations.map(({ name }) => name).join(' with ');
    throw new GgenError('NOT_PERMITTED', `${delegator} has lent ${delegate} no vote on ${names}`, {
      hint: `${delegator}: ggen-mcp approvals delegate --to ${delegate} --for 8h`,
    });
  };

  const revoke = async (id: string, actor: Actor): Promise<void> => {
    const found = await recordedDelegation(log, id);
    if (!found) {
      throw new GgenError('NOT_FOUND', `no delegation ${printable(id, 200)}`, {
        hint: 'see `ggen-mcp approvals delegations`',
      });
    }
    if (await isRevoked(log, id)) throw new GgenError('CONFLICT', `delegation ${id} is revoked already`);
    await log.append(delegationEntry({ id: newId(), now: clock(), actor }, found, true));
  };

  return { terms, make, list, revoke, find };
}
