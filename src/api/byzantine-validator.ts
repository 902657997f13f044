import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { newId } from '../compose/index.ts';
import {
  type Ballot,
  type ConsensusMode,
  countVotes,
  type EquivocationProof,
  isCertificateOf,
  type QuorumCertificate,
  signVote,
  thresholdFor,
  type ValidatorSet,
  type ValidatorVote,
  type Verdict,
  type VoteCount,
} from '../consensus/index.ts';
import { digestOf } from '../kernel/digest.ts';
import { GgenError } from '../kernel/errors.ts';
import type { Json } from '../kernel/json.ts';
import { printable } from '../kernel/text.ts';
import { SYSTEM } from '../model/actor.ts';
import type { Operation } from '../model/operation.ts';
import type { AuditEntry } from './audit-logger.ts';

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

/** One validator, in this process. */
export interface OperationValidator {
  readonly id: string;
  readonly validate: (input: ValidationInput) => ValidationVerdict | Promise<ValidationVerdict>;
  /** its Ed25519 key (PKCS #8 PEM), for a name that outlives this process; without it, it gets one of its own */
  readonly privateKey?: string;
}

export interface ByzantineValidatorOptions {
  readonly validators: readonly OperationValidator[];
  /** how many of them may crash, stall or lie */
  readonly f: number;
  readonly mode: ConsensusMode;
  /** which set of validators this is; a changed set is another epoch. Default 1 */
  readonly epoch?: number;
  /** how long votes are waited for, in milliseconds; default 10,000 */
  readonly timeoutMs?: number;
  /** where results are recorded, e.g. `(entry) => logger.log(entry)` of an AuditLogger */
  readonly record?: (entry: AuditEntry) => Promise<void>;
}

export interface ValidationOutcome {
  /** true where enough validators gave the same verdict */
  readonly consensusReached: boolean;
  /** the verdict that they gave; undefined without consensus, which is to be taken as a no */
  readonly verdict: Verdict | undefined;
  /** the signed votes, which `validatorSet` proves, with nothing else */
  readonly certificate: QuorumCertificate | undefined;
  /** those who said otherwise: no proof of a fault */
  readonly dissent: readonly ValidatorVote[];
  /** those who said nothing in time, or failed */
  readonly missing: readonly string[];
  /** those who contradicted themselves, with both of their votes: a ByzantineFault */
  readonly equivocations: readonly EquivocationProof[];
}

interface Member {
  readonly validator: OperationValidator;
  readonly key: KeyObject;
}

/**
 * Several validators that decide together, so that `f` of them may be faulty and the verdict stays right and comes in
 * time. INPUT_INVALID where the numbers don't carry that: deterministic checks take 2f + 1 validators, judgement 3f + 1.
 * Source: research/approvals.md §2; the bounds are enumerated in src/consensus/bounds.test.ts.
 */
export class ByzantineValidator {
  readonly #members: readonly Member[];
  readonly #options: ByzantineValidatorOptions;
  /** matching votes that it takes */
  readonly threshold: number;
  /** the validators' public keys, which certificates are checked with */
  readonly validatorSet: ValidatorSet;

  constructor(options: ByzantineValidatorOptions) {
    const { validators, f, mode } = options;
    const ids = validators.map(({ id }) => id);
    const twice = ids.find((id, i) => id === '' || ids.indexOf(id) !== i);
    if (twice !== undefined) {
      throw new GgenError(
        'INPUT_INVALID',
        `validator ids must differ and not be empty: ${JSON.stringify(printable(twice))}`,
      );
    }
    this.threshold = thresholdFor(validators.length, f, mode);
    this.#options = options;
    this.#members = validators.map((validator) => ({ validator, key: keyOf(validator) }));
    this.validatorSet = Object.fromEntries(this.#members.map(({ validator, key }) => [validator.id, publicKeyOf(key)]));
  }

  /** True where `threshold` validators of the set signed what the certificate says: needs nothing but their keys. */
  static isCertificate(certificate: QuorumCertificate, validatorSet: ValidatorSet, threshold: number): boolean {
    return isCertificateOf(validatorSet, threshold, certificate);
  }

  /** Asks all validators at once; resolves as soon as enough of them agree, or none can, or the time is over. */
  async validateOperation(operation: Operation, context: Json = null): Promise<ValidationOutcome> {
    const input: ValidationInput = { operation, context, evaluatedAt: Date.now() };
    const ballot: Ballot = {
      requestId: newId(),
      operationDigest: digestOf('ggen-validated-operation-v1', { ...operation }),
      contextDigest: digestOf('ggen-validation-context-v1', context),
      evaluatedAt: input.evaluatedAt,
      epoch: this.#options.epoch ?? 1,
    };
    const count = countVotes(this.validatorSet, this.threshold, ballot);
    const missing = await this.#collect(input, ballot, count);
    const certificate = count.certificate();
    const outcome: ValidationOutcome = {
      consensusReached: certificate !== undefined,
      verdict: certificate?.verdict,
      certificate,
      dissent: count.dissent(),
      missing,
      equivocations: count.equivocations(),
    };
    await this.#options.record?.(entryOf(operation, ballot, outcome));
    return outcome;
  }

  /** Adds votes as they come. Those whose votes did not come in time. */
  #collect(input: ValidationInput, ballot: Ballot, count: VoteCount): Promise<string[]> {
    const out = new Set(this.#members.map(({ validator }) => validator.id));
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        resolve([...out]);
      };
      const timer = setTimeout(end, this.#options.timeoutMs ?? 10_000);
      for (const member of this.#members) {
        voteOf(member, input, ballot)
          .then((vote) => {
            count.add(vote);
            out.delete(member.validator.id);
          })
          // It failed: that it gave no vote is all that counts.
          .catch(() => undefined)
          .then(() => {
            waiting -= 1;
            if (count.certificate() !== undefined || count.isHopeless(waiting)) end();
          });
      }
      let waiting = this.#members.length;
    });
  }
}

async function voteOf({ validator, key }: Member, input: ValidationInput, ballot: Ballot): Promise<ValidatorVote> {
  const { verdict, findings = [] } = await validator.validate(input);
  if (verdict !== 'valid' && verdict !== 'invalid') throw new GgenError('INPUT_INVALID', 'that is no verdict');
  const texts = findings.map((finding) => printable(String(finding), 500));
  return signVote({ validator: validator.id, ballot, verdict, findings: texts }, key);
}

function keyOf({ id, privateKey }: OperationValidator): KeyObject {
  if (privateKey === undefined) return generateKeyPairSync('ed25519').privateKey;
  try {
    const key = createPrivateKey(privateKey);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // Said below, without what OpenSSL says: it may quote the key.
  }
  throw new GgenError(
    'INPUT_INVALID',
    `the private key of validator ${printable(id)} is no Ed25519 key in PKCS #8 PEM`,
  );
}

function publicKeyOf(key: KeyObject): string {
  const { x } = createPublicKey(key).export({ format: 'jwk' });
  return Buffer.from(String(x), 'base64url').toString('base64');
}

/** The certificate goes on record whole: it proves itself. */
function entryOf(operation: Operation, ballot: Ballot, outcome: ValidationOutcome): AuditEntry {
  const { consensusReached, verdict, certificate, dissent, missing, equivocations } = outcome;
  const votes = (certificate?.votes ?? []).map(({ validator, findings, signature }) => ({
    validator,
    findings: [...findings],
    signature,
  }));
  return {
    id: newId(),
    timestamp: new Date(),
    eventType: equivocations.length > 0 ? 'security_incident' : 'system_event',
    actor: SYSTEM,
    operation,
    result: verdict === 'valid' ? 'success' : 'denied',
    metadata: {
      event: 'consensus',
      consensus_reached: consensusReached,
      verdict: verdict ?? null,
      threshold: certificate?.threshold ?? null,
      ballot: { ...ballot },
      votes,
      dissent: dissent.map((vote) => ({ validator: vote.validator, findings: [...vote.findings] })),
      missing: [...missing],
      equivocations: equivocations.map(({ validator }) => validator),
    },
    correlationId: ballot.requestId,
  };
}
