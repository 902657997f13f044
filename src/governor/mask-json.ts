import type { Json } from '../kernel/json.ts';

const MAX_DEPTH = 64;

/** `text` with secrets masked; as a value of that name it may be a secret only by its name (`password`). */
export function maskNamed(name: string, text: string, mask: (text: string) => string): string {
  const masked = mask(text);
  if (masked !== text) return masked;
  const named = `${name}=${text}`;
  return mask(named) === named ? text : '[secret]';
}

/**
 * Every text that `maskJson` would mask, a line each, as the value of the key it stands under: where none of it may
 * hold a secret, masking changes nothing. Undefined for what is nested too deep.
 */
export function joinTexts(value: Json | undefined, name = '', depth = 0): string | undefined {
  if (typeof value === 'string') return `${name}=${value}\n`;
  if (value === undefined || value === null || typeof value !== 'object') return '';
  if (depth > MAX_DEPTH) return undefined;
  let lines = '';
  if (Array.isArray(value)) {
    for (const item of value as readonly Json[]) {
      const more = joinTexts(item, name, depth + 1);
      if (more === undefined) return undefined;
      lines += more;
    }
    return lines;
  }
  for (const [key, member] of Object.entries(value)) {
    const more = joinTexts(member, key, depth + 1);
    if (more === undefined) return undefined;
    lines += typeof member === 'string' ? more : `${key}\n${more}`;
  }
  return lines;
}

/** A copy of a JSON value with every text in it masked, each also as the value of the key it stands under. */
export function maskJson(value: Json, mask: (text: string) => string, name = '', depth = 0): Json {
  if (typeof value === 'string') return maskNamed(name, value, mask);
  if (value === null || typeof value !== 'object') return value;
  if (depth > MAX_DEPTH) return '[too deep]';
  if (Array.isArray(value)) return value.map((item: Json) => maskJson(item, mask, name, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [mask(key), maskJson(member, mask, key, depth + 1)]),
  );
}
