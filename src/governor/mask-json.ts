import type { Json } from '../kernel/json.ts';

const MAX_DEPTH = 64;

/** Names whose values are secrets whatever they look like; a count of `tokens` is none. */
const SECRET_NAME =
  /(?:password|passwd|passphrase|secret|token|api[_-]?key|private[_-]?key|access[_-]?key|authorization|credentials?)$/i;
const SECRET = '[secret]';

/** True for `password`, `client_secret`, `--token`, `DB_PASSWORD`. */
export function isSecretName(name: string): boolean {
  return name.length <= 100 && SECRET_NAME.test(name);
}

/** `text` with secrets masked; as a value of that name it may be a secret only by its name (`password`). */
export function maskNamed(name: string, text: string, mask: (text: string) => string): string {
  if (text !== '' && isSecretName(name)) return SECRET;
  const masked = mask(text);
  if (masked !== text) return masked;
  const named = `${name}=${text}`;
  return mask(named) === named ? text : SECRET;
}

/**
 * Every text that `maskJson` would mask, a line each, as the value of the key it stands under: where none of it may
 * hold a secret, masking changes nothing. Undefined for what is nested too deep, and where a name says that its value
 * is a secret: then masking is to look itself.
 */
export function joinTexts(value: Json | undefined, name = '', depth = 0): string | undefined {
  if (typeof value === 'string') return `${name}=${value}\n`;
  if (value === undefined || value === null || typeof value !== 'object') return '';
  if (depth > MAX_DEPTH) return undefined;
  let lines = '';
  if (Array.isArray(value)) {
    for (const item of value as readonly Json[]) {
      if (isFlag(item)) return undefined;
      const more = joinTexts(item, name, depth + 1);
      if (more === undefined) return undefined;
      lines += more;
    }
    return lines;
  }
  for (const [key, member] of Object.entries(value)) {
    if (isSecretName(key) || (typeof member === 'string' && NAMING.includes(key) && isSecretName(member)))
      return undefined;
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
  if (Array.isArray(value)) {
    // `["--password", "…"]`: what follows such a word is its value.
    return value.map((item: Json, at) =>
      maskJson(item, mask, isFlag(value[at - 1]) ? String(value[at - 1]) : name, depth + 1),
    );
  }
  const object = value as { readonly [key: string]: Json };
  // `{"name": "DB_PASSWORD", "value": "…"}`
  const naming = NAMING.map((key) => object[key]).find((one) => typeof one === 'string' && isSecretName(one));
  return Object.fromEntries(
    Object.entries(object).map(([key, member]) => {
      // Below a name of a secret, everything is one.
      const under = isSecretName(name) ? name : naming !== undefined && !NAMING.includes(key) ? String(naming) : key;
      return [mask(key), maskJson(member, mask, under, depth + 1)];
    }),
  );
}

/** Members that hold a name for what stands beside them. */
const NAMING = ['name', 'key'];

function isFlag(item: Json | undefined): boolean {
  return typeof item === 'string' && item.startsWith('-') && isSecretName(item);
}
