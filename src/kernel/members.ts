import { GgenError } from './errors.ts';
import { printable } from './text.ts';

const KINDS = {
  string: ['a string', (value: unknown) => typeof value === 'string'],
  number: ['a number', (value: unknown) => typeof value === 'number'],
  boolean: ['true or false', (value: unknown) => typeof value === 'boolean'],
  function: ['a function', (value: unknown) => typeof value === 'function'],
  object: ['an object', (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value)],
  list: ['a list', (value: unknown) => Array.isArray(value)],
  strings: ['a list of strings', isStrings],
} as const;

type Kind = keyof typeof KINDS;

/**
 * Holds what a program handed in against the members that it must have; with `?` they may be left out. JavaScript checks
 * no types, and what is not there would fail far from here. INPUT_INVALID names the member, and repeats no value.
 */
export function assertMembers(
  what: string,
  given: unknown,
  members: Readonly<Record<string, Kind | `${Kind}?`>>,
): void {
  const fail = (why: string): never => {
    throw new GgenError('INPUT_INVALID', `${what}: ${why}`);
  };
  if (!KINDS.object[1](given)) fail('must be an object');
  for (const [name, wanted] of Object.entries(members)) {
    const value = (given as Readonly<Record<string, unknown>>)[name];
    const [said, isRight] = KINDS[wanted.replace('?', '') as Kind];
    if (value === undefined && wanted.endsWith('?')) continue;
    if (value === undefined) fail(`${name} is missing (it is ${said})`);
    if (!isRight(value)) fail(`${name} must be ${said}`);
  }
}

/** INPUT_INVALID where a value is none of those that there are. */
export function assertOneOf(what: string, value: unknown, known: readonly string[]): void {
  if (typeof value === 'string' && known.includes(value)) return;
  const names = known.map((one) => JSON.stringify(one)).join(' or ');
  const given = typeof value === 'string' ? `, not ${JSON.stringify(printable(value, 60))}` : '';
  throw new GgenError('INPUT_INVALID', `${what} must be ${names}${given}`);
}

function isStrings(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
