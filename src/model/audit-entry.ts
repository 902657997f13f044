import type { JsonObject } from '../kernel/json.ts';
import type { Actor } from './actor.ts';
import type { Operation } from './operation.ts';

export const EVENT_TYPES = [
  'template_generation',
  'graph_operation',
  'approval_request',
  'approval_decision',
  'policy_violation',
  'security_incident',
  'agent_action',
  'system_event',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** `unknown` is an attempt whose outcome was never heard of: still running, or cut off by a crash. */
export const OPERATION_RESULTS = ['success', 'failure', 'denied', 'pending', 'unknown'] as const;
export type OperationResult = (typeof OPERATION_RESULTS)[number];

/**
 * One row of the audit trail, in the guide's schema. Never holds content, only digests; secrets are masked before
 * an entry is made. An attempt is written with result `unknown`; its outcome is a second entry with the same
 * correlation id and `metadata.attempt` naming the first.
 */
export interface AuditEntry {
  /** UUIDv7 */
  readonly id: string;
  /** milliseconds since 1970, UTC */
  readonly timestamp: number;
  readonly eventType: EventType;
  readonly actor: Actor;
  readonly operation: Operation;
  readonly target?: string;
  readonly result: OperationResult;
  readonly metadata: JsonObject;
  readonly correlationId?: string;
}

/** An entry with its place in the one order of the log. */
export interface RecordedEntry extends AuditEntry {
  readonly seq: number;
}
