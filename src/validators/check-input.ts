import type { ValidationInput } from '../consensus/index.ts';
import { canonicalJson } from '../kernel/canonical-json.ts';
import { GgenError } from '../kernel/errors.ts';
import type { Json, JsonObject } from '../kernel/json.ts';
import type { Action } from '../model/action.ts';
import { actionFromJson } from '../model/action-json.ts';
import type { Evidence } from '../model/evidence.ts';

/** What a check looks at: the question taken apart, and what inspectors say of its action. */
export interface CheckInput {
  readonly action: Action;
  readonly evidence: Evidence;
  /** the facts that came with the question, beside the action */
  readonly facts: JsonObject;
  /** the instant to take for now, in milliseconds since 1970 */
  readonly evaluatedAt: number;
}

/** What a check says: any objection makes the verdict invalid, remarks don't. */
export interface CheckResult {
  readonly objections: readonly string[];
  readonly remarks?: readonly string[];
}

/** A pure function of what it is given. Facts of the wrong form throw INPUT_INVALID, which is an objection. */
export type Check = (input: CheckInput) => CheckResult;

/** The facts of a question. INPUT_INVALID where it has none. */
export function factsOf({ context }: ValidationInput): JsonObject {
  return objectOf(context ?? undefined, 'context');
}

/** The action that is asked about. INPUT_INVALID where it is none, or another than the operation that is voted on. */
export function actionOf({ operation }: ValidationInput, facts: JsonObject): Action {
  const action = actionFromJson(given(facts, 'action'));
  const same = (a: JsonObject | undefined, b: JsonObject | undefined): boolean =>
    canonicalJson(a ?? {}) === canonicalJson(b ?? {});
  if (action.actionType === operation.name && same(action.parameters, operation.parameters)) return action;
  throw wrong('context.action is another operation than the one that is voted on');
}

/** INPUT_INVALID where a fact that a check needs is not there. */
export function given(facts: JsonObject, key: string): Json {
  const value = Object.hasOwn(facts, key) ? facts[key] : undefined;
  if (value === undefined) throw wrong(`context.${key} is missing`);
  return value;
}

export function objectOf(json: Json | undefined, what: string): JsonObject {
  if (json === undefined || json === null || typeof json !== 'object' || Array.isArray(json)) {
    throw wrong(`${what} must be an object`);
  }
  return json as JsonObject;
}

/** Not negative, and finite. */
export function countOf(json: Json | undefined, what: string): number {
  if (typeof json === 'number' && Number.isFinite(json) && json >= 0) return json;
  throw wrong(`${what} must be a number from 0`);
}

export function textOf(json: Json | undefined, what: string): string {
  if (typeof json === 'string' && json !== '') return json;
  throw wrong(`${what} must be a string, and not empty`);
}

export function wrong(message: string): GgenError {
  return new GgenError('INPUT_INVALID', message);
}
