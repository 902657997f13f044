import { type KeyObject, sign, verify } from 'node:crypto';
import { canonicalJson } from '../kernel/canonical-json.ts';
import { digestOf } from '../kernel/digest.ts';
import { publicKeyFrom, SIGNATURE_BYTES } from '../kernel/ed25519.ts';
import type { JsonObject } from '../kernel/json.ts';

/** What separates these signatures from all others that a key may make. */
const DOMAIN = 'ggen-governance/validator-vote/v1\n';
export const MAX_FINDINGS = 100;
/** in UTF-16 code units */
export const MAX_FINDING = 600;

export type Verdict = 'valid' | 'invalid';

/** What exactly is voted on: the whole of what a verdict may depend on. Votes count together only where all of it is equal. */
export interface Ballot {
  readonly requestId: string;
  /** SHA-256 of the operation in canonical JSON */
  readonly operationDigest: string;
  /** digest of the policies and other facts that validators were given */
  readonly contextDigest: string;
  /** the instant that validators must take for now, in milliseconds since 1970 */
  readonly evaluatedAt: number;
  /** which set of validators was asked; another set is another epoch */
  readonly epoch: number;
}

/** One validator's signed verdict. */
export interface ValidatorVote {
  readonly validator: string;
  readonly ballot: Ballot;
  readonly verdict: Verdict;
  /** why, a sentence each; votes count together whatever they say here */
  readonly findings: readonly string[];
  /**
   * What is signed of the findings. THREAT: texts are masked where they are recorded; a faulty validator that says
   * something like a secret must not thereby spoil the proof against itself.
   */
  readonly findingsDigest: string;
  /** Ed25519, base64 */
  readonly signature: string;
}

/** Validators by name, with their Ed25519 public keys of 32 bytes in base64. */
export type ValidatorSet = Readonly<Record<string, string>>;

export function signVote(
  vote: Omit<ValidatorVote, 'signature' | 'findingsDigest'>,
  privateKey: KeyObject,
): ValidatorVote {
  const findings = vote.findings.slice(0, MAX_FINDINGS);
  const bounded = { ...vote, findings, findingsDigest: digestOfFindings(findings) };
  return { ...bounded, signature: sign(null, bytesOf(bounded), privateKey).toString('base64') };
}

/** True where a validator of this set signed this verdict on this ballot, whatever became of its findings' text. */
export function isVoteOf(set: ValidatorSet, vote: ValidatorVote): boolean {
  const key = Object.hasOwn(set, vote.validator) ? keyOf(set[vote.validator]!) : undefined;
  const signature = Buffer.from(vote.signature, 'base64');
  return key !== undefined && signature.length === SIGNATURE_BYTES && verify(null, bytesOf(vote), key, signature);
}

/** True where the findings are those that were signed. */
export function hasOwnFindings({ findings, findingsDigest }: ValidatorVote): boolean {
  return digestOfFindings(findings) === findingsDigest;
}

/** What two votes have in common that count together. */
export function verdictKey({ ballot, verdict }: Pick<ValidatorVote, 'ballot' | 'verdict'>): string {
  return canonicalJson({ ballot: ballotToJson(ballot), verdict });
}

function bytesOf({ validator, ballot, verdict, findingsDigest }: Omit<ValidatorVote, 'signature'>): Buffer {
  const signed = { ballot: ballotToJson(ballot), findings_digest: findingsDigest, validator, verdict };
  return Buffer.from(DOMAIN + canonicalJson(signed));
}

function digestOfFindings(findings: readonly string[]): string {
  return digestOf('ggen-validator-findings-v1', [...findings]);
}

/** A ballot in snake_case, as it is signed, sent and recorded. */
export function ballotToJson({ requestId, operationDigest, contextDigest, evaluatedAt, epoch }: Ballot): JsonObject {
  return {
    context_digest: contextDigest,
    epoch,
    evaluated_at: evaluatedAt,
    operation_digest: operationDigest,
    request_id: requestId,
  };
}

const keys = new Map<string, KeyObject | undefined>();
const MAX_KEYS = 1024;

function keyOf(base64: string): KeyObject | undefined {
  if (!keys.has(base64)) {
    if (keys.size >= MAX_KEYS) keys.clear();
    keys.set(base64, publicKeyFrom(Buffer.from(base64, 'base64')));
  }
  return keys.get(base64);
}
