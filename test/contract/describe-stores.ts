import { describe } from 'vitest';
import { STORE_KINDS, type StoreKind } from './store-kinds.ts';

/** Describes every kind of store, `$name` in the title; one that can't be had here is skipped, and says why. */
export function describeStores(title: string, suite: (kind: StoreKind) => void): void {
  for (const kind of STORE_KINDS) {
    const name = title.replace('$name', kind.name);
    if (kind.missing === undefined) describe(name, () => suite(kind));
    else describe.skip(`${name} (${kind.missing})`, () => suite(kind));
  }
}
