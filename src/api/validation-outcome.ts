import type { EquivocationProof, QuorumCertificate, ValidatorVote, Verdict } from '../consensus/index.ts';
import type { Json } from '../kernel/json.ts';
import type { Operation } from '../model/operation.ts';

export interface ValidationOutcome {
  /** true where enough validators gave the same verdict */
  readonly consensusReached: boolean;
  /** the verdict that they gave; undefined without consensus, which is to be taken as a no */
  readonly verdict: Verdict | undefined;
  /** the signed votes, which `validatorSet` proves, with nothing else */
  readonly certificate: QuorumCertificate | undefined;
  /** those who said otherwise: no proof of a fault */
  readonly dissent: readonly ValidatorVote[];
  /** those who said nothing in time, or nothing that counts */
  readonly missing: readonly string[];
  /** why each of the missing is missing, by its name */
  readonly reasons: Readonly<Record<string, string>>;
  /** those who contradicted themselves, with both of their votes: a ByzantineFault */
  readonly equivocations: readonly EquivocationProof[];
}

/** The guide's SecurityEvent::ByzantineFault: a validator signed two verdicts on one ballot, and the votes prove it. */
export interface ByzantineFault {
  readonly type: 'ByzantineFault';
  /** the validator */
  readonly agentId: string;
  readonly operation: Operation;
  readonly proof: EquivocationProof;
}

/** What a certificate must be about beside being one. */
export interface CertificateSubject {
  readonly epoch?: number;
  readonly operation?: Operation;
  readonly context?: Json;
}
