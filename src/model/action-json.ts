import { GgenError } from '../kernel/errors.ts';
import type { Json, JsonObject } from '../kernel/json.ts';
import { nearest } from '../kernel/text.ts';
import type { Action, ActionContext, ActionPart } from './action.ts';

const KEYS = ['action_type', 'target', 'content', 'requester', 'parameters', 'parts', 'context'] as const;
const CONTEXT_KEYS = [
  'cwd',
  'session',
  'provider',
  'argv',
  'env',
  'measures',
  'correlation_id',
  'justification',
] as const;
const MAX_PARTS = 10_000;

/**
 * An action from its JSON form (snake_case). Strict: an unknown key, a wrong type, a missing `action_type`, `target`
 * or `requester` is INPUT_INVALID, naming the key. The door that read it sets `context.door` itself.
 */
export function actionFromJson(json: Json): Action {
  const object = asObject(json, 'an action');
  refuseUnknown(object, KEYS, '');
  const content = optionalText(object, 'content');
  const parameters = object.parameters === undefined ? undefined : asObject(object.parameters, 'parameters');
  const parts = object.parts === undefined ? undefined : partsFrom(object.parts);
  const context = object.context === undefined ? undefined : contextFrom(object.context);
  return {
    actionType: text(object, 'action_type'),
    target: text(object, 'target'),
    requester: text(object, 'requester'),
    ...(content === undefined ? {} : { content }),
    ...(parameters === undefined ? {} : { parameters }),
    ...(parts === undefined ? {} : { parts }),
    ...(context === undefined ? {} : { context }),
  };
}

/** The JSON form of an action; the door is left out, which whoever reads it sets. */
export function actionToJson({
  actionType,
  target,
  content,
  requester,
  parameters,
  parts,
  context,
}: Action): JsonObject {
  return {
    action_type: actionType,
    target,
    requester,
    ...(content === undefined ? {} : { content }),
    ...(parameters === undefined ? {} : { parameters }),
    ...(parts === undefined
      ? {}
      : { parts: parts.map((part) => ({ action_type: part.actionType, target: part.target })) }),
    ...(context === undefined ? {} : { context: contextToJson(context) }),
  };
}

function contextToJson({ door: _, correlationId, argv, env, measures, ...texts }: ActionContext): JsonObject {
  return {
    ...(texts as JsonObject),
    ...(correlationId === undefined ? {} : { correlation_id: correlationId }),
    ...(argv === undefined ? {} : { argv: [...argv] }),
    ...(env === undefined ? {} : { env: { ...env } }),
    ...(measures === undefined ? {} : { measures: { ...measures } }),
  };
}

function partsFrom(json: Json): ActionPart[] {
  if (!Array.isArray(json)) throw invalid('parts must be a list');
  if (json.length > MAX_PARTS) throw invalid(`parts has ${json.length} members; at most ${MAX_PARTS} are judged`);
  return json.map((item: Json, index) => {
    const part = asObject(item, `parts[${index}]`);
    refuseUnknown(part, ['action_type', 'target'], `parts[${index}].`);
    return { actionType: text(part, 'action_type'), target: text(part, 'target') };
  });
}

function contextFrom(json: Json): ActionContext {
  const object = asObject(json, 'context');
  refuseUnknown(object, CONTEXT_KEYS, 'context.');
  const cwd = optionalText(object, 'cwd', 'context.');
  const session = optionalText(object, 'session', 'context.');
  const provider = optionalText(object, 'provider', 'context.');
  const correlationId = optionalText(object, 'correlation_id', 'context.');
  const justification = optionalText(object, 'justification', 'context.');
  const argv = object.argv === undefined ? undefined : textList(object.argv, 'context.argv');
  const env = object.env === undefined ? undefined : record(object.env, 'context.env', 'string');
  const measures = object.measures === undefined ? undefined : record(object.measures, 'context.measures', 'number');
  return {
    ...(cwd === undefined ? {} : { cwd }),
    ...(session === undefined ? {} : { session }),
    ...(provider === undefined ? {} : { provider }),
    ...(correlationId === undefined ? {} : { correlationId }),
    ...(justification === undefined ? {} : { justification }),
    ...(argv === undefined ? {} : { argv }),
    ...(env === undefined ? {} : { env: env as Record<string, string> }),
    ...(measures === undefined ? {} : { measures: measures as Record<string, number> }),
  };
}

function asObject(json: Json, what: string): JsonObject {
  if (json === null || typeof json !== 'object' || Array.isArray(json)) throw invalid(`${what} must be a JSON object`);
  return json as JsonObject;
}

function refuseUnknown(object: JsonObject, known: readonly string[], prefix: string): void {
  for (const key of Object.keys(object)) {
    if (known.includes(key)) continue;
    const near = nearest(key, known);
    throw invalid(
      `unknown key ${prefix}${JSON.stringify(key)}`,
      near ? `did you mean ${near}?` : `known: ${known.join(', ')}`,
    );
  }
}

function text(object: JsonObject, key: string): string {
  const value = object[key];
  if (typeof value !== 'string') throw invalid(`${key} must be a string`);
  return value;
}

function optionalText(object: JsonObject, key: string, prefix = ''): string | undefined {
  const value = object[key];
  if (value === undefined || typeof value === 'string') return value;
  throw invalid(`${prefix}${key} must be a string`);
}

function textList(json: Json, what: string): string[] {
  if (Array.isArray(json) && json.every((item) => typeof item === 'string')) return json as string[];
  throw invalid(`${what} must be a list of strings`);
}

function record(json: Json, what: string, type: 'string' | 'number'): JsonObject {
  const object = asObject(json, what);
  for (const [key, value] of Object.entries(object)) {
    const ok = type === 'string' ? typeof value === 'string' : typeof value === 'number';
    if (!ok) throw invalid(`${what}.${key} must be a ${type}`);
  }
  return object;
}

function invalid(message: string, hint?: string): GgenError {
  return new GgenError('INPUT_INVALID', message, hint === undefined ? {} : { hint });
}
