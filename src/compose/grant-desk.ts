import { createGrantDesk, type GrantDesk, type StandingGrantStore } from '../approvals/index.ts';
import { newId } from './new-id.ts';
import type { LoadedSnapshot } from './snapshot.ts';

/** Where approvers permit ahead, under the policies in force. */
export function grantDeskOver(store: StandingGrantStore, snapshot: () => LoadedSnapshot): GrantDesk {
  return createGrantDesk({
    store,
    clock: Date.now,
    newId,
    config: () => snapshot().loaded.config.approvals,
    keys: () => snapshot().keys,
    policySet: () => snapshot().set.digest,
    scope: (name, pattern) => {
      const { set } = snapshot();
      const operation = set.operation(name);
      if (operation === undefined) return undefined;
      return { operation, strategy: set.approvalStrategy(operation), pattern: set.targetPattern(operation, pattern) };
    },
    mask: (text) => snapshot().inspector.maskSecrets(text),
  });
}
