import { digestOf } from '../kernel/digest.ts';
import type { Json, JsonObject } from '../kernel/json.ts';
import { printable } from '../kernel/text.ts';
import type { Action } from '../model/action.ts';
import type { Evidence } from '../model/evidence.ts';
import { contentDigest } from './action-digest.ts';

const MAX_FILES = 100;

/**
 * What an action's digest is made of beside operation and target, a digest each, by the name that people know it by:
 * so that of an action which is no more what was approved, it can be said what changed.
 */
export function facetsOf(
  action: Action,
  evidence: Evidence,
  references: Readonly<Record<string, string>>,
  mask: (text: string) => string,
): Readonly<Record<string, string>> {
  const { content, parameters, parts = [], context } = action;
  const digest = (value: Json): string => digestOf('ggen-action-facet-v1', value);
  const wellFormed = (text: string): string => text.toWellFormed();
  // What a line touches is kept by operation and path, the words of a command as they are.
  const pathOf = new Map(evidence.parts.map(({ actionType, path }) => [`${actionType} ${path}`, path]));
  return {
    ...(content === undefined ? {} : { content: contentDigest(content) }),
    ...(parameters === undefined ? {} : { parameters: digest(parameters) }),
    ...(parts.length === 0
      ? {}
      : { 'further targets': digest(parts.map((part) => [part.actionType, wellFormed(part.target)])) }),
    ...(context?.argv === undefined ? {} : { words: digest(context.argv.map(wellFormed)) }),
    ...(context?.cwd === undefined ? {} : { folder: digest(wellFormed(context.cwd)) }),
    ...(context?.env === undefined ? {} : { environment: digest({ ...context.env }) }),
    'where the target leads': digest(evidence.parts.map((part) => part.path ?? part.url?.host ?? null)),
    ...Object.fromEntries(
      Object.entries(references)
        .slice(0, MAX_FILES)
        .map(([name, hash]) => [`file ${JSON.stringify(printable(mask(pathOf.get(name) ?? name), 500))}`, hash]),
    ),
  };
}

/** The names of what differs between two sets of facets; `one` as a request keeps it. */
export function changedFacets(one: JsonObject, other: Readonly<Record<string, string>>): string[] {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].filter((name) => one[name] !== other[name]);
}
