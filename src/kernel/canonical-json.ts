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
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new GgenError('INPUT_INVALID', `${value} has no JSON form`);
    return JSON.stringify(value);
  }
  if (typeof value === 'string') return writeString(value);
  if (Array.isArray(value)) return `[${value.map((item: Json) => write(item ?? null, depth + 1)).join(',')}]`;
  const members: string[] = [];
  const object = value as { readonly [key: string]: Json | undefined };
  for (const key of Object.keys(object).sort()) {
    const member = object[key];
    if (member !== undefined) members.push(`${writeString(key)}:${write(member, depth + 1)}`);
  }
  return `{${members.join(',')}}`;
}

function writeString(text: string): string {
  if (!text.isWellFormed())
    throw new GgenError('INPUT_INVALID', 'a string holds a lone surrogate, which has no UTF-8 form');
  return JSON.stringify(text);
}
