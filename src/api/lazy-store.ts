import { openStore, type Places } from '../compose/index.ts';
import type { GovernanceStore } from '../governor/index.ts';
import type { AuditConfig } from '../model/configuration.ts';

/** A store that is opened when it is first needed, so that constructing an API object does no I/O on it. */
export interface LazyStore {
  get(): Promise<GovernanceStore>;
  /** once it is open */
  opened(): GovernanceStore | undefined;
  close(): Promise<void>;
}

export function lazyStore(audit: () => AuditConfig, places: Places): LazyStore {
  let opening: Promise<GovernanceStore> | undefined;
  let opened: GovernanceStore | undefined;
  return {
    get: () => {
      opening ??= openStore(audit(), places).then((store) => {
        opened = store;
        return store;
      });
      return opening;
    },
    opened: () => opened,
    close: async () => {
      const store = await opening?.catch(() => undefined);
      opening = undefined;
      opened = undefined;
      await store?.close();
    },
  };
}
