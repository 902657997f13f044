import { openStore, type Places } from '../compose/index.ts';
import type { GovernanceStore } from '../governor/index.ts';
import type { AuditConfig } from '../model/configuration.ts';

/** A store that is opened when it is first needed, so that constructing an API object does no I/O on it. */
export interface LazyStore {
  get(): Promise<GovernanceStore>;
  close(): Promise<void>;
}

export function lazyStore(audit: () => AuditConfig, places: Places): LazyStore {
  let opening: Promise<GovernanceStore> | undefined;
  return {
    get: () => {
      opening ??= openStore(audit(), places);
      return opening;
    },
    close: async () => {
      const store = await opening?.catch(() => undefined);
      opening = undefined;
      await store?.close();
    },
  };
}
