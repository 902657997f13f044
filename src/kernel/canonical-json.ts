import { GgenError } from './errors.ts';
import type { Json } from './json.ts';

const MAX_DEPTH = 256;

/**
 * The canonical form of a JSON value (RFC 8785, JCS): keys sorted by UTF-16 code units, numbers as ECMAScript
 * prints them, no white space. `undefined` members are left out, as JSON.stringify does.
 * Throws INPUT_INVALID for NaN, infinities, lone surrogates, and nesting deeper than 256.
 */
export function canonicalJson(value: Json | undefined): string {
  return write(value ?? null, 0);
}

function write(value: Json, depth: number): string {
  if (depth > MAX_DEPTH) throw new GgenError('INPUT_INVALID', `JSON nested deeper than ${MAX_DEPTH} levels`);
  if (typeof value === 'string') return canonicalString(value);
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new GgenError('INPUT_INVALID', `${value} has no JSON form`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map((item: Json) => write(item ?? null, depth + 1)).join(',')}]`;
  let members = '';
  const object = value as { readonly [key: string]: Json | undefined };
  for (const key of sortedKeys(object)) {
    const member = object[key];
    if (member === undefined) continue;
    if (members !== '') members += ',';
    members += `${canonicalString(key)}:${write(member, depth + 1)}`;
  }
  return `{${members}}`;
}

function sortedKeys(object: object): string[] {
  const keys = Object.keys(object);
  for (let i = 1; i < keys.length; i += 1) if (keys[i - 1]! > keys[i]!) return keys.sort();
  return keys;
}

/** What can't stand between quotes as it is, and halves of pairs, which may lack the other half. */
const ESCAPED = /["\\\u0000-\u001f\ud800-\udfff]/;

/** A string in its canonical form, quotes included. Throws INPUT_INVALID for lone surrogates. */
export function canonicalString(text: string): string {
  if (!ESCAPED.test(text)) return `"${text}"`;
  if (!text.isWellFormed())
    throw new GgenError('INPUT_INVALID', 'a string holds a lone surrogate, which has no UTF-8 form');
  return JSON.stringify(text);
}
