import type { Json } from '../kernel/json.ts';
import type { Action } from '../model/action.ts';

/** A string of an action and what a person would call it. */
export interface NamedText {
  readonly field: string;
  readonly text: string;
}

/** A string among parameters, with the name of the member that it, or the list around it, stands under. */
export interface ParameterText {
  readonly field: string;
  readonly key: string;
  readonly value: string;
}

const MAX_TEXTS = 10_000;

/** The strings inside parameters, in the order they stand. At most ten thousand; deep nesting costs no stack. */
export function parameterTexts(parameters: Json): ParameterText[] {
  const texts: ParameterText[] = [];
  const ahead: { field: string; key: string; value: Json }[] = [{ field: 'parameters', key: '', value: parameters }];
  while (ahead.length > 0 && texts.length < MAX_TEXTS) {
    const { field, key, value } = ahead.pop()!;
    if (typeof value === 'string') {
      texts.push({ field, key, value });
    } else if (Array.isArray(value)) {
      const members = [...(value as readonly Json[]).slice(0, MAX_TEXTS).entries()];
      for (const [index, member] of members.reverse()) ahead.push({ field: `${field}[${index}]`, key, value: member });
    } else if (value !== null && typeof value === 'object') {
      const members = Object.entries(value as Readonly<Record<string, Json>>);
      for (const [name, member] of members.reverse()) {
        ahead.push({ field: `${field}.${name}`, key: name, value: member });
      }
    }
  }
  return texts;
}

/**
 * Every string of an action that could carry a secret. A parameter reads `key=value`, since a secret often shows only
 * by its name.
 */
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
  for (const { field, key, value } of action.parameters === undefined ? [] : parameterTexts(action.parameters)) {
    // What stands in the content too is found there.
    if (value !== action.content && value !== action.target)
      texts.push({ field, text: key ? `${key}=${value}` : value });
  }
  if (action.content !== undefined) texts.push({ field: 'content', text: action.content });
  return texts;
}
