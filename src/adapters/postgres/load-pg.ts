import { GgenError } from '../../kernel/errors.ts';

type Pg = typeof import('pg');

/** The npm package `pg`, loaded when a store is first opened: whoever has no Postgres needn't install it. */
export async function loadPg(load: () => Promise<unknown> = () => import('pg')): Promise<Pg> {
  try {
    const loaded = (await load()) as Pg & { readonly default?: Pg };
    return loaded.default ?? loaded;
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
    throw new GgenError(
      'NOT_AVAILABLE',
      missing ? 'the npm package pg is not installed' : 'the npm package pg can not be loaded',
      { hint: '[audit.storage] backend = "postgres" needs it: npm install pg' },
    );
  }
}
