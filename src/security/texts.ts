import type { Json } from '../kernel/json.ts';
import type { Action } from '../model/action.ts';

/** A string of an action and what a person would call it. */
export interface NamedText {
  readonly field: string;
  readonly text: string;
}

const MAX_TEXTS = 10_000;

/**
 * The strings inside parameters, depth first in the order they stand. A value under a key reads `key=value`, since a
 * secret often shows only by its name. At most ten thousand; deep nesting costs no stack.
 */
export function textsOf(parameters: Json): NamedText[] {
  const texts: NamedText[] = [];
  const ahead: { field: string; key: string; value: Json }[] = [{ field: 'parameters', key: '', value: parameters }];
  while (ahead.length > 0 && texts.length < MAX_TEXTS) {
    const { field, key, value } = ahead.pop()!;
    if (typeof value === 'string') texts.push({ field, text: key === '' ? value : `${key}=${value}` });
    else if (Array.isArray(value)) {
      for (let i = Math.min(value.length, MAX_TEXTS) - 1; i >= 0; i -= 1) {
        ahead.push({ field: `${field}[${i}]`, key, value: value[i] as Json });
      }
    } else if (value !== null && typeof value === 'object') {
      const members = Object.entries(value as Readonly<Record<string, Json>>);
      for (const [name, member] of members.reverse())
        ahead.push({ field: `${field}.${name}`, key: name, value: member });
    }
  }
  return texts;
}

/** Every string of an action that could carry a secret. */
export function secretTexts(action: Action): NamedText[] {
  const texts: NamedText[] = [{ field: 'target', text: action.target }];
  for (const [index, part] of (action.parts ?? []).entries()) {
    texts.push({ field: `parts[${index}].target`, text: part.target });
  }
  for (const [index, word] of (action.context?.argv ?? []).entries()) {
    texts.push({ field: `context.argv[${index}]`, text: word });
  }
  for (const [name, value] of Object.entries(action.context?.env ?? {})) {
    texts.push({ field: `context.env.${name}`, text: `${name}=${value}` });
  }
  if (action.parameters !== undefined) texts.push(...textsOf(action.parameters));
  if (action.content !== undefined) texts.push({ field: 'content', text: action.content });
  return texts;
}
