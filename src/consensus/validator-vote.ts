import { type KeyObject, sign, verify } from 'node:crypto';
import { canonicalJson } from '../kernel/canonical-json.ts';
import { publicKeyFrom, SIGNATURE_BYTES } from '../kernel/ed25519.ts';
import type { Json } from '../kernel/json.ts';

/** What separates these signatures from all others that a key may make. */
const DOMAIN = 'ggen-governance/validator-vote/v1\n';
const MAX_FINDINGS = 100;

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
  /** why, a sentence each; signed, but votes count together whatever they say here */
  readonly findings: readonly string[];
  /** Ed25519, base64 */
  readonly signature: string;
}

/** Validators by name, with their Ed25519 public keys of 32 bytes in base64. */
export type ValidatorSet = Readonly<Record<string, string>>;

export function signVote(vote: Omit<ValidatorVote, 'signature'>, privateKey: KeyObject): ValidatorVote {
  const bounded = { ...vote, findings: vote.findings.slice(0, MAX_FINDINGS) };
  return { ...bounded, signature: sign(null, bytesOf(bounded), privateKey).toString('base64') };
}

/** True where a validator of this set signed exactly this. */
export function isVoteOf(set: ValidatorSet, vote: ValidatorVote): boolean {
  const key = Object.hasOwn(set, vote.validator) ? keyOf(set[vote.validator]!) : undefined;
  const signature = Buffer.from(vote.signature, 'base64');
  return key !== undefined && signature.length === SIGNATURE_BYTES && verify(null, bytesOf(vote), key, signature);
}

/** What two votes have in common that count together. */
export function verdictKey({ ballot, verdict }: Pick<ValidatorVote, 'ballot' | 'verdict'>): string {
  return canonicalJson({ ballot: ballotJson(ballot), verdict });
}

function bytesOf({ validator, ballot, verdict, findings }: Omit<ValidatorVote, 'signature'>): Buffer {
  return Buffer.from(
    DOMAIN + canonicalJson({ ballot: ballotJson(ballot), findings: [...findings], validator, verdict }),
  );
}

function ballotJson({ requestId, operationDigest, contextDigest, evaluatedAt, epoch }: Ballot): Json {
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
