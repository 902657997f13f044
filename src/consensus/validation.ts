import { digestOf } from '../kernel/digest.ts';
import type { Json } from '../kernel/json.ts';
import type { Operation } from '../model/operation.ts';
import type { Ballot, Verdict } from './validator-vote.ts';

/** What a validator is asked: its verdict may depend on nothing else. */
export interface ValidationInput {
  readonly operation: Operation;
  /** further facts, the same for all: policies, budgets, what was used already */
  readonly context: Json;
  /** the instant to take for now, in milliseconds since 1970 */
  readonly evaluatedAt: number;
}

export interface ValidationVerdict {
  readonly verdict: Verdict;
  /** why, a sentence each */
  readonly findings?: readonly string[];
}

/** What a validator does: in this process, or in a program or a service of its own. */
export type Validate = (input: ValidationInput) => ValidationVerdict | Promise<ValidationVerdict>;

/** The ballot of one question. INPUT_INVALID for an operation or a context without a canonical form. */
export function ballotOf(
  { operation, context, evaluatedAt }: ValidationInput,
  requestId: string,
  epoch: number,
): Ballot {
  return {
    requestId,
    operationDigest: operationDigestOf(operation),
    contextDigest: contextDigestOf(context),
    evaluatedAt,
    epoch,
  };
}

/** True where the ballot is about just this: whoever signs for it knows what is signed for. */
export function isBallotOn(ballot: Ballot, { operation, context, evaluatedAt }: ValidationInput): boolean {
  return (
    ballot.operationDigest === operationDigestOf(operation) &&
    ballot.contextDigest === contextDigestOf(context) &&
    ballot.evaluatedAt === evaluatedAt
  );
}

/** What a ballot has of an operation. */
export function operationDigestOf({ name, parameters }: Operation): string {
  return digestOf('ggen-validated-operation-v1', { name, ...(parameters === undefined ? {} : { parameters }) });
}

/** What a ballot has of a context. */
export function contextDigestOf(context: Json): string {
  return digestOf('ggen-validation-context-v1', context);
}
