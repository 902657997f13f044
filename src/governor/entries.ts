import { requestDigest } from '../approvals/index.ts';
import type { Json, JsonObject } from '../kernel/json.ts';
import type { Clock } from '../kernel/ports.ts';
import { printable } from '../kernel/text.ts';
import type { Action } from '../model/action.ts';
import type { ApprovalRecord } from '../model/approval.ts';
import type { AuditEntry, EventType, OperationResult } from '../model/audit-entry.ts';
import type { Decision, Reason } from '../model/decision.ts';
import type { Operation } from '../model/operation.ts';
import { contentDigest } from './action-digest.ts';
import { maskNamed } from './mask-json.ts';
import type { ActionOutcome } from './types.ts';

const MAX_TARGET = 4096;
const MAX_PARAMETER = 200;

/** What every entry about one action shares. */
export interface Subject {
  readonly action: Action;
  readonly correlationId: string;
  readonly digest: string;
  /** the target with secrets masked */
  readonly safeTarget: string;
  readonly mask: (text: string) => string;
}

export interface EntryMaker {
  attempt(subject: Subject, decision: Decision, more: JsonObject): AuditEntry;
  refusal(subject: Subject, decision: Decision, more: JsonObject): AuditEntry;
  outcome(subject: Subject, attemptId: string | undefined, outcome: ActionOutcome): AuditEntry;
  approvalRequest(subject: Subject, record: ApprovalRecord, event: string): AuditEntry;
  consumed(subject: Subject, record: ApprovalRecord): AuditEntry;
  /** the store says that it was approved, and no signatures stand behind that */
  unproven(subject: Subject, record: ApprovalRecord): AuditEntry;
  operationOf(subject: Subject): Operation;
}

/** Makes the audit entries of the one path. They carry digests and masked arguments, never content. */
export function createEntryMaker(clock: Clock, newId: () => string): EntryMaker {
  const operationOf = ({ action, mask }: Subject): Operation => {
    const parameters = recordedParameters(action, mask);
    return parameters === undefined ? { name: action.actionType } : { name: action.actionType, parameters };
  };

  const entry = (
    subject: Subject,
    eventType: EventType,
    result: OperationResult,
    metadata: JsonObject,
  ): AuditEntry => ({
    id: newId(),
    timestamp: clock(),
    eventType,
    actor: { actorType: 'agent', id: subject.action.requester, name: subject.action.requester },
    operation: operationOf(subject),
    target: printable(subject.safeTarget, MAX_TARGET),
    result,
    metadata,
    correlationId: subject.correlationId,
  });

  /** What becomes of a request goes under its correlation id, whatever the call has that did it: so it is found again. */
  const ofRequest = (
    record: ApprovalRecord,
    subject: Subject,
    eventType: EventType,
    result: OperationResult,
    metadata: JsonObject,
  ): AuditEntry => ({
    ...entry(subject, eventType, result, {
      approval_id: record.id,
      action_digest: record.actionDigest,
      decided_by: record.decidedBy?.id ?? '',
      call: subject.correlationId,
      ...metadata,
    }),
    correlationId: record.correlationId,
  });

  const common = (subject: Subject): JsonObject => {
    const { content, context } = subject.action;
    return {
      action_digest: subject.digest,
      ...(content === undefined ? {} : { content_digest: contentDigest(content) }),
      ...(context?.door === undefined ? {} : { door: context.door }),
      ...(context?.session === undefined ? {} : { session: printable(subject.mask(context.session)) }),
      ...(context?.provider === undefined ? {} : { provider: printable(subject.mask(context.provider)) }),
      ...(subject.action.parts?.length
        ? {
            parts: subject.action.parts
              .slice(0, 100)
              .map((p) => `${p.actionType} ${printable(subject.mask(p.target))}`),
          }
        : {}),
    };
  };

  return {
    operationOf,
    attempt: (subject, decision, more) =>
      entry(subject, 'agent_action', 'unknown', {
        event: 'attempt',
        ...common(subject),
        ...verdict(decision),
        ...more,
      }),
    refusal: (subject, decision, more) =>
      entry(subject, isAttack(decision) ? 'security_incident' : 'policy_violation', 'denied', {
        event: 'refused',
        ...common(subject),
        ...verdict(decision),
        ...more,
      }),
    outcome: (subject, attemptId, outcome) =>
      entry(subject, 'agent_action', outcome.result, {
        event: 'outcome',
        ...(attemptId === undefined ? {} : { attempt: attemptId }),
        action_digest: subject.digest,
        ...(outcome.error === undefined ? {} : { error: printable(subject.mask(outcome.error), 500) }),
      }),
    approvalRequest: (subject, record, event) =>
      entry(subject, 'approval_request', 'pending', {
        event,
        approval_id: record.id,
        strategy: record.strategy,
        ...common(subject),
        policy_set: record.policySet,
        request_digest: requestDigest(record),
        rules: record.reasons.map(renderRule),
      }),
    consumed: (subject, record) =>
      ofRequest(record, subject, 'approval_decision', 'success', {
        event: 'approval_consumed',
        verified: record.verified ?? false,
      }),
    unproven: (subject, record) =>
      ofRequest(record, subject, 'security_incident', 'denied', { event: 'approval_unproven' }),
  };
}

function verdict(decision: Decision): JsonObject {
  return {
    decision: decision.outcome,
    mode: decision.mode,
    policy_set: decision.policySet,
    rules: decision.reasons.map(renderRule),
    ...(decision.warnings.length ? { warnings: decision.warnings.map((w) => `${w.message} [${renderRule(w)}]`) } : {}),
    ...(decision.strict
      ? { strict_decision: decision.strict.outcome, strict_rules: decision.strict.reasons.map(renderRule) }
      : {}),
  };
}

/** `policies.agents.writer.cannot_write[0] config/governance.toml:12`. */
export function renderRule(reason: Reason): string {
  return reason.line > 0 ? `${reason.rule} ${reason.file}:${reason.line}` : reason.rule;
}

const INCIDENT_RULES = [
  'policies.security.path_traversal_protection',
  'policies.security.command_injection_protection',
  'policies.security.secret_patterns',
  'builtin.secret',
  'builtin.protected',
];

/** A refusal by a security measure is an incident; one by an ordinary bound is a policy violation. */
function isAttack(decision: Decision): boolean {
  return decision.reasons.some((reason) => INCIDENT_RULES.some((rule) => reason.rule.startsWith(rule)));
}

function recordedParameters(action: Action, mask: (text: string) => string): JsonObject | undefined {
  if (action.parameters === undefined) return undefined;
  const recorded: Record<string, Json> = {};
  for (const [name, value] of Object.entries(action.parameters).slice(0, 50)) {
    recorded[printable(name, 100)] = recordedValue(name, value, action.content, mask);
  }
  return recorded;
}

/** Short plain values are recorded with secrets masked; content and anything long or nested as its digest. */
function recordedValue(name: string, value: Json, content: string | undefined, mask: (text: string) => string): Json {
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return value;
  if (typeof value === 'string' && value !== content && value.length <= MAX_PARAMETER) {
    return printable(maskNamed(name, value, mask));
  }
  return `sha256:${contentDigest(typeof value === 'string' ? value : JSON.stringify(value))}`;
}
