import {
  type ApprovalDesk,
  createApprovalDesk,
  createDelegationDesk,
  createGrantDesk,
  type DelegationDesk,
  type DelegationLog,
  findingsOf,
  type GrantDesk,
  operationsOf,
  type ProofContext,
  type StandingGrantStore,
  whyNotRelayed,
} from '../approvals/index.ts';
import type { GovernanceStore } from '../governor/index.ts';
import type { ApprovalRecord } from '../model/approval.ts';
import { knownScopes } from '../model/approver-scope.ts';
import { newId } from './new-id.ts';
import type { LoadedSnapshot } from './snapshot.ts';

/** What every desk needs of the configuration in force. */
function common(snapshot: () => LoadedSnapshot) {
  return {
    clock: Date.now,
    newId,
    config: () => snapshot().loaded.config.approvals,
    keys: () => snapshot().keys,
    mask: (text: string) => snapshot().inspector.maskSecrets(text),
  };
}

/** What an approval is held against now. NOT_PERMITTED where an operation of it isn't known any more. */
export function proofContext(
  snapshot: Pick<LoadedSnapshot, 'set' | 'keys' | 'loaded'>,
  record: ApprovalRecord,
): ProofContext {
  const operations = operationsOf({ operation: (name) => snapshot.set.operation(name) }, record);
  const { strategy } = record;
  return {
    keys: snapshot.keys,
    operations,
    config: snapshot.loaded.config.approvals,
    now: Date.now(),
    relayed: whyNotRelayed({ operations, strategy, findings: findingsOf(record) }) === undefined,
  };
}

/** Where people decide, under the configuration in force. */
export function approvalDeskOver(store: GovernanceStore, snapshot: () => LoadedSnapshot): ApprovalDesk {
  return createApprovalDesk({
    ...common(snapshot),
    store,
    delegations: delegationDeskOver(store, snapshot),
    operation: (name) => snapshot().set.operation(name),
  });
}

/** Where approvers lend their vote. */
export function delegationDeskOver(log: DelegationLog, snapshot: () => LoadedSnapshot): DelegationDesk {
  return createDelegationDesk({ ...common(snapshot), log, scopes: () => knownScopes(snapshot().set.operations()) });
}

/** Where approvers permit ahead, under the policies in force. */
export function grantDeskOver(store: StandingGrantStore, snapshot: () => LoadedSnapshot): GrantDesk {
  return createGrantDesk({
    ...common(snapshot),
    store,
    policySet: () => snapshot().set.digest,
    scope: (name, pattern) => {
      const { set } = snapshot();
      const operation = set.operation(name);
      if (operation === undefined) return undefined;
      return { operation, strategy: set.approvalStrategy(operation), pattern: set.targetPattern(operation, pattern) };
    },
  });
}
