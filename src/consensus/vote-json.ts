import { GgenError } from '../kernel/errors.ts';
import type { Json, JsonObject } from '../kernel/json.ts';
import { hasControlCharacter, nearest, printable } from '../kernel/text.ts';
import type { Operation } from '../model/operation.ts';
import type { QuorumCertificate } from './certificate.ts';
import type { ValidationInput } from './validation.ts';
import type { Ballot, ValidatorVote, Verdict } from './validator-vote.ts';
import { ballotToJson, MAX_FINDING, MAX_FINDINGS } from './validator-vote.ts';

/** What a validator outside this process is sent: the ballot, and all that it is about. */
export interface Question extends ValidationInput {
  /** whose vote is wanted */
  readonly validator: string;
  readonly ballot: Ballot;
}

export function voteToJson(vote: ValidatorVote): JsonObject {
  return { ...voterToJson(vote), ballot: ballotToJson(vote.ballot), verdict: vote.verdict };
}

/** A vote without what all votes of one certificate have in common. */
export function voterToJson({ validator, findings, findingsDigest, signature }: ValidatorVote): JsonObject {
  return { validator, findings: [...findings], findings_digest: findingsDigest, signature };
}

export function questionToJson({ validator, ballot, operation, context }: Question): JsonObject {
  return { validator, ballot: ballotToJson(ballot), operation: { ...operation }, context };
}

/** Strict: an unknown key, a missing one or a wrong type is INPUT_INVALID, naming the key. So are the others below. */
export function questionFromJson(json: Json): Question {
  const object = objectOf(json, 'a question', ['validator', 'ballot', 'operation', 'context']);
  const ballot = ballotFromJson(object.ballot ?? null);
  return {
    validator: textOf(object, 'validator'),
    ballot,
    operation: operationFrom(object.operation ?? null),
    context: object.context ?? null,
    evaluatedAt: ballot.evaluatedAt,
  };
}

/** A vote that has just arrived: its findings are bounded. */
export function voteFromJson(json: Json): ValidatorVote {
  const vote = recordedVoteFromJson(json);
  const { findings } = vote;
  if (findings.length <= MAX_FINDINGS && findings.every(isFinding)) return vote;
  throw invalid(`findings must be at most ${MAX_FINDINGS} lines of at most ${MAX_FINDING} characters`);
}

/** A vote as the audit trail has it, its findings as they were masked. */
export function recordedVoteFromJson(json: Json): ValidatorVote {
  const object = objectOf(json, 'a vote', [...VOTER_KEYS, 'ballot', 'verdict']);
  return { ...voterFrom(object), ballot: ballotFromJson(object.ballot ?? null), verdict: verdictOf(object) };
}

/** A certificate as the audit trail has it: what all votes have in common once, and the rest of each. */
export function certificateFromJson(json: Json): QuorumCertificate {
  const object = objectOf(json, 'a certificate', ['ballot', 'verdict', 'threshold', 'votes']);
  const common = { ballot: ballotFromJson(object.ballot ?? null), verdict: verdictOf(object) };
  if (!Array.isArray(object.votes)) throw invalid('votes must be a list');
  const votes = object.votes.map((vote: Json) => ({ ...voterFrom(objectOf(vote, 'a vote', VOTER_KEYS)), ...common }));
  return { ...common, threshold: wholeOf(object, 'threshold'), votes };
}

const VOTER_KEYS = ['validator', 'findings', 'findings_digest', 'signature'];

function voterFrom(object: JsonObject): Omit<ValidatorVote, 'ballot' | 'verdict'> {
  const { findings } = object;
  if (!Array.isArray(findings) || !findings.every((one: Json) => typeof one === 'string' && one.isWellFormed())) {
    throw invalid('findings must be a list of strings');
  }
  return {
    validator: textOf(object, 'validator'),
    findings,
    findingsDigest: textOf(object, 'findings_digest'),
    signature: textOf(object, 'signature'),
  };
}

function isFinding(text: string): boolean {
  return text.length <= MAX_FINDING && !hasControlCharacter(text);
}

function ballotFromJson(json: Json): Ballot {
  const keys = ['request_id', 'operation_digest', 'context_digest', 'evaluated_at', 'epoch'];
  const object = objectOf(json, 'ballot', keys);
  return {
    requestId: textOf(object, 'request_id'),
    operationDigest: textOf(object, 'operation_digest'),
    contextDigest: textOf(object, 'context_digest'),
    evaluatedAt: wholeOf(object, 'evaluated_at'),
    epoch: wholeOf(object, 'epoch'),
  };
}

function operationFrom(json: Json): Operation {
  const object = objectOf(json, 'operation', ['name', 'parameters']);
  const name = textOf(object, 'name');
  return object.parameters === undefined ? { name } : { name, parameters: objectOf(object.parameters, 'parameters') };
}

function verdictOf({ verdict }: JsonObject): Verdict {
  if (verdict === 'valid' || verdict === 'invalid') return verdict;
  throw invalid('verdict must be "valid" or "invalid"');
}

function objectOf(json: Json, what: string, known?: readonly string[]): JsonObject {
  if (json === null || typeof json !== 'object' || Array.isArray(json)) throw invalid(`${what} must be a JSON object`);
  const unknown = known && Object.keys(json).find((key) => !known.includes(key));
  if (known === undefined || unknown === undefined) return json as JsonObject;
  const near = nearest(unknown, known);
  throw new GgenError('INPUT_INVALID', `${what} has the unknown key ${JSON.stringify(printable(unknown, 60))}`, {
    hint: near ? `did you mean ${near}?` : `known: ${known.join(', ')}`,
  });
}

function textOf(object: JsonObject, key: string): string {
  const value = object[key];
  if (typeof value === 'string' && value !== '' && value.length <= 1024 && value.isWellFormed()) return value;
  throw invalid(`${key} must be a string of 1 to 1024 characters`);
}

function wholeOf(object: JsonObject, key: string): number {
  const value = object[key];
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw invalid(`${key} must be a whole number`);
}

function invalid(message: string): GgenError {
  return new GgenError('INPUT_INVALID', message);
}
