import { nearest } from '../kernel/text.ts';
import { ROOT } from './root.ts';
import type { Spec } from './spec.ts';

/** What to write instead of a key that isn't known where it stands: a near one, or the table that it belongs into. */
export function hintForKey(key: string, known: readonly string[], isRoot: boolean): string {
  const near = nearest(key, isRoot ? [...known, 'approvers'] : known);
  if (near !== undefined) return `did you mean ${near}?`;
  const home = tableOf(key);
  return home === undefined ? `known here: ${known.join(', ')}` : `it belongs in [${home}]`;
}

/** The only table that has a key of this name; undefined where there is none, or several. */
function tableOf(key: string): string | undefined {
  const tables: string[] = [];
  const walk = (spec: Spec<unknown>, path: string): void => {
    if (spec.members?.has(key) && path !== '') tables.push(path);
    for (const [name, member] of spec.members ?? []) walk(member, path === '' ? name : `${path}.${name}`);
  };
  walk(ROOT as Spec<unknown>, '');
  return tables.length === 1 ? tables[0] : undefined;
}
