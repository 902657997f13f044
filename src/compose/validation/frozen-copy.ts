import type { Json } from '../../kernel/json.ts';

/** A copy that nobody can change, of what has a canonical form: what one validator does to it is not what others see. */
export function frozenCopy<T>(value: T & Json): T {
  return frozen(value) as T;
}

function frozen(value: Json): Json {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return Object.freeze(value.map((item: Json) => frozen(item ?? null)));
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.freeze(Object.fromEntries(members.map(([key, member]) => [key, frozen(member)])));
}
