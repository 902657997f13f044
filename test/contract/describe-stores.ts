import { describe } from 'vitest';
import { STORE_KINDS, type StoreKind } from './store-kinds.ts';

/** Describes every kind of store; one that can't be had here is skipped, and says why. */
export function describeStores(title: (kind: string) => string, suite: (kind: StoreKind) => void): void {
  for (const kind of STORE_KINDS) {
    if (kind.missing === undefined) describe(title(kind.name), () => suite(kind));
    else describe.skip(`${title(kind.name)} (${kind.missing})`, () => suite(kind));
  }
}
