import { newId } from '../compose/index.ts';
import {
  type Ballot,
  ballotToJson,
  certificateFromJson,
  type EquivocationProof,
  type QuorumCertificate,
  recordedVoteFromJson,
  voterToJson,
  voteToJson,
} from '../consensus/index.ts';
import type { Json } from '../kernel/json.ts';
import { SYSTEM } from '../model/actor.ts';
import type { Operation } from '../model/operation.ts';
import type { AuditEntry } from './audit-logger.ts';
import type { ValidationOutcome } from './validation-outcome.ts';

/** What came of one round of votes. The certificate goes on record whole: it proves itself. */
export function consensusEntry(operation: Operation, ballot: Ballot, outcome: ValidationOutcome): AuditEntry {
  const { consensusReached, verdict, certificate, dissent, missing, reasons, equivocations } = outcome;
  return {
    id: newId(),
    timestamp: new Date(),
    eventType: 'system_event',
    actor: SYSTEM,
    operation,
    result: verdict === 'valid' ? 'success' : 'denied',
    metadata: {
      event: 'consensus',
      consensus_reached: consensusReached,
      verdict: verdict ?? null,
      threshold: certificate?.threshold ?? null,
      ballot: ballotToJson(ballot),
      votes: (certificate?.votes ?? []).map(voterToJson),
      dissent: dissent.map(voteToJson),
      missing: missing.map((validator) => ({ validator, why: reasons[validator] ?? '' })),
      equivocations: equivocations.map(({ validator }) => validator),
    },
    correlationId: ballot.requestId,
  };
}

/** A validator that contradicted itself, with both of its votes: the whole proof. */
export function faultEntry(operation: Operation, { validator, first, second }: EquivocationProof): AuditEntry {
  return {
    id: newId(),
    timestamp: new Date(),
    eventType: 'security_incident',
    actor: { actorType: 'agent', id: validator, name: validator },
    operation,
    result: 'failure',
    metadata: { event: 'byzantine_fault', validator, first: voteToJson(first), second: voteToJson(second) },
    correlationId: first.ballot.requestId,
  };
}

/** The certificate in an entry that was read back; undefined where it holds none. */
export function certificateIn({ metadata }: Pick<AuditEntry, 'metadata'>): QuorumCertificate | undefined {
  const { event, ballot, verdict, threshold, votes } = metadata as Record<string, Json>;
  if (event !== 'consensus' || verdict === null) return undefined;
  return certificateFromJson({ ballot, verdict, threshold, votes } as Json);
}

/** The proof in an entry that was read back; undefined where it holds none. */
export function faultIn({ metadata }: Pick<AuditEntry, 'metadata'>): EquivocationProof | undefined {
  const { event, validator, first, second } = metadata;
  if (event !== 'byzantine_fault') return undefined;
  return {
    validator: String(validator),
    first: recordedVoteFromJson(first ?? null),
    second: recordedVoteFromJson(second ?? null),
  };
}
