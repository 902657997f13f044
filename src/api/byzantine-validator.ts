import { frozenCopy, memberOf, newId, runRound } from '../compose/index.ts';
import {
  ballotOf,
  contextDigestOf,
  type EquivocationProof,
  isCertificateOf,
  isEquivocation,
  operationDigestOf,
  type QuorumCertificate,
  startRound,
  thresholdFor,
  type ValidationInput,
  type ValidatorSet,
} from '../consensus/index.ts';
import { GgenError } from '../kernel/errors.ts';
import type { Json } from '../kernel/json.ts';
import { assertMembers } from '../kernel/members.ts';
import type { Operation } from '../model/operation.ts';
import { assertSameChecks } from '../validators/index.ts';
import type { AuditEntry } from './audit-logger.ts';
import { certificateIn, consensusEntry, faultEntry, faultIn } from './validation-entries.ts';
import type { CertificateSubject, ValidationOutcome } from './validation-outcome.ts';
import { assertOptions, type ByzantineValidatorOptions } from './validator-options.ts';

const LATE = 'no vote by the end of the round';

/**
 * Several validators that decide together, so that `f` of them may be faulty and the verdict stays right and comes in
 * time. INPUT_INVALID where the numbers don't carry that: deterministic checks take 2f + 1 validators, judgement 3f + 1.
 * Source: research/approvals.md §2; the bounds are enumerated in src/consensus/bounds.test.ts.
 */
export class ByzantineValidator {
  readonly #members: readonly ReturnType<typeof memberOf>[];
  readonly #options: ByzantineValidatorOptions;
  readonly #epoch: number;
  readonly #timeoutMs: number;
  /** matching votes that it takes */
  readonly threshold: number;
  /** the validators' public keys, which certificates are checked with */
  readonly validatorSet: ValidatorSet;

  constructor(options: ByzantineValidatorOptions) {
    assertOptions(options);
    const { validators, f, mode, epoch = 1, timeoutMs = 10_000 } = options;
    this.threshold = thresholdFor(validators.length, f, mode);
    assertSameChecks(validators.flatMap((one) => ('validate' in one ? [{ id: one.id, validate: one.validate }] : [])));
    this.#options = options;
    this.#epoch = epoch;
    this.#timeoutMs = timeoutMs;
    this.#members = validators.map(memberOf);
    this.validatorSet = Object.fromEntries(this.#members.map(({ id, publicKey }) => [id, publicKey]));
    assertOwnKeys(this.#members);
  }

  /**
   * True where `threshold` validators of the set signed what the certificate says, about just that `subject`: needs
   * nothing but their keys.
   */
  static isCertificate(
    certificate: QuorumCertificate,
    validatorSet: ValidatorSet,
    threshold: number,
    { epoch, operation, context }: CertificateSubject = {},
  ): boolean {
    const { ballot } = certificate;
    return (
      (epoch === undefined || ballot.epoch === epoch) &&
      (operation === undefined || ballot.operationDigest === operationDigestOf(operation)) &&
      (context === undefined || ballot.contextDigest === contextDigestOf(context)) &&
      isCertificateOf(validatorSet, threshold, certificate)
    );
  }

  /** True where both votes are that validator's and contradict each other: needs nothing but its key. */
  static isEquivocation(proof: EquivocationProof, validatorSet: ValidatorSet): boolean {
    return isEquivocation(validatorSet, proof);
  }

  /** The certificate in an entry of the audit trail, to be checked with isCertificate. INPUT_INVALID for a damaged one. */
  static certificateIn(entry: Pick<AuditEntry, 'metadata'>): QuorumCertificate | undefined {
    return certificateIn(entry);
  }

  /** The proof in an entry of the audit trail, to be checked with isEquivocation. INPUT_INVALID for a damaged one. */
  static faultIn(entry: Pick<AuditEntry, 'metadata'>): EquivocationProof | undefined {
    return faultIn(entry);
  }

  /** Asks all validators at once; resolves as soon as enough of them agree, or none can, or the time is over. */
  async validateOperation(operation: Operation, context: Json = null): Promise<ValidationOutcome> {
    assertMembers('an operation', operation, { name: 'string', parameters: 'object?' });
    const { record, onFault } = this.#options;
    const asked: ValidationInput = { operation, context, evaluatedAt: Date.now() };
    const ballot = ballotOf(asked, newId(), this.#epoch);
    const { name, parameters } = operation;
    const input = frozenCopy<ValidationInput>({
      operation: { name, ...(parameters === undefined ? {} : { parameters }) },
      context,
      evaluatedAt: asked.evaluatedAt,
    });
    const round = startRound(this.validatorSet, this.threshold, ballot);
    await runRound(this.#members, input, ballot, round, this.#timeoutMs);

    const certificate = round.certificate();
    const missing = round.missing(LATE);
    const outcome: ValidationOutcome = {
      consensusReached: certificate !== undefined,
      verdict: certificate?.verdict,
      certificate,
      dissent: round.dissent(),
      missing: missing.map(({ validator }) => validator),
      reasons: Object.fromEntries(missing.map(({ validator, why }) => [validator, why])),
      equivocations: round.equivocations(),
    };
    await record?.(consensusEntry(operation, ballot, outcome));
    for (const proof of outcome.equivocations) {
      await record?.(faultEntry(operation, proof));
      onFault?.({ type: 'ByzantineFault', agentId: proof.validator, operation, proof });
    }
    return outcome;
  }
}

/** THREAT: two names with one key are two votes of one validator. */
function assertOwnKeys(members: readonly { readonly id: string; readonly publicKey: string }[]): void {
  const keys = members.map(({ publicKey }) => publicKey);
  const second = members.find((_, i) => keys.indexOf(keys[i]!) !== i);
  if (second === undefined) return;
  const first = members[keys.indexOf(second.publicKey)]!;
  throw new GgenError('INPUT_INVALID', `validators ${first.id} and ${second.id} have the same key`, {
    hint: 'each votes with a key of its own',
  });
}
