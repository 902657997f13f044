import { createJobMaker, settle as settleRequest } from '../approvals/index.ts';
import { GgenError, renderError } from '../kernel/errors.ts';
import type { JsonObject } from '../kernel/json.ts';
import type { Clock } from '../kernel/ports.ts';
import { printable } from '../kernel/text.ts';
import type { Action } from '../model/action.ts';
import type { AgentState, Decision, EnforcementMode } from '../model/decision.ts';
import type { Evidence } from '../model/evidence.ts';
import type { PolicySet, StateNeeds } from '../policy/index.ts';
import { actionDigest } from './action-digest.ts';
import { createApprovalGate } from './approval-gate.ts';
import type { ApprovalAnswer } from './approval-question.ts';
import { createDecisionWatch } from './decision-watch.ts';
import { createEntryMaker, type Subject } from './entries.ts';
import { maskDecision } from './mask-decision.ts';
import type { AttemptGuards, GovernanceStore, PolicySnapshot, Sleep } from './ports.ts';
import { renderRefusal } from './refusal-message.ts';
import type {
  ActionOutcome,
  Asked,
  AskOptions,
  AuthorizeOptions,
  Governor,
  Judgement,
  Permit,
  Refusal,
  RunResult,
} from './types.ts';

export interface GovernorParts {
  /** the snapshot in force, read once for each action */
  readonly snapshot: () => PolicySnapshot;
  readonly store: GovernanceStore;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly sleep: Sleep;
}

const MAX_ROUNDS = 4;
/** Of a request that can't be made as it is asked for: its key, or what it is to supersede. */
const MISASKED: readonly string[] = ['CONFLICT', 'NOT_FOUND', 'NOT_PERMITTED'];

/** One action on its way through the path, judged by one snapshot from beginning to end. */
interface Judged {
  readonly subject: Subject;
  readonly snapshot: PolicySnapshot;
  readonly evidence: Evidence;
}

/** The one path: classify, inspect, decide, approve, record. Every door calls it; nothing else permits anything. */
export function createGovernor(parts: GovernorParts): Governor {
  const { store } = parts;
  const entries = createEntryMaker(parts.clock, parts.newId);
  const gate = createApprovalGate({ ...parts, entries });

  const inspect = (action: Action): Judged => {
    const snapshot = parts.snapshot();
    const evidence = snapshot.inspector.inspect(action);
    const subject: Subject = {
      action,
      correlationId: safeId(action, snapshot.inspector.maskSecrets) ?? parts.newId(),
      digest: actionDigest(action, evidence),
      safeTarget: evidence.safeTarget,
      mask: snapshot.inspector.maskSecrets,
    };
    return { subject, snapshot, evidence };
  };

  const judge = async (action: Action): Promise<Judgement> => {
    const { snapshot, evidence, subject } = inspect(action);
    const { set } = snapshot;
    const decided = set.decide(action, evidence, await readState(set.stateNeeds(action)));
    const decision = maskDecision(decided, subject.mask);
    return { decision, evidence, actionDigest: subject.digest };
  };

  const readState = async (needs: StateNeeds | undefined): Promise<AgentState | undefined> =>
    needs === undefined ? undefined : await store.agentState(needs);

  const authorize = async (action: Action, options: AuthorizeOptions = {}): Promise<Permit | Refusal> => {
    let judged: Judged | undefined;
    try {
      judged = inspect(action);
      // A limit may be reached by another process between reading the state and writing the attempt: then nothing
      // was written, and the action is judged again on fresh state.
      for (let round = 0; round < MAX_ROUNDS; round += 1) {
        const settled = await settle(judged, options);
        if (settled) return settled;
      }
      return await refuse(judged, faultDecision(judged.snapshot.set, 'the store kept changing while this was decided'));
    } catch (fault) {
      return refuseFault(action, judged, fault);
    }
  };

  /** One round of deciding and recording; undefined where a guard was lost and the round must be run again. */
  const settle = async (judged: Judged, options: AuthorizeOptions): Promise<Permit | Refusal | undefined> => {
    const { snapshot, evidence, subject } = judged;
    const { set } = snapshot;
    const needs = set.stateNeeds(subject.action);
    const decision = maskDecision(set.decide(subject.action, evidence, await readState(needs)), subject.mask);
    if (decision.outcome === 'denied') return refuse(judged, decision);
    const guards = limitGuards(needs, decision.mode);
    if (decision.outcome === 'allowed') return attempt(judged, decision, guards, {});
    const { bound, answer } = await askPeople(judged, decision, options);
    if (answer.kind === 'refused') return refuse({ ...judged, subject: bound }, answer.decision, answer.message);
    if (answer.kind === 'waiting') {
      return {
        outcome: 'refused',
        correlationId: subject.correlationId,
        decision,
        actionDigest: bound.digest,
        message: answer.message,
        approval: answer.record,
      };
    }
    const { grant, standing } = answer;
    const more: AttemptGuards = { ...guards, ...(grant ? { grant } : {}), ...(standing ? { standing } : {}) };
    return attempt({ ...judged, subject: bound }, decision, more, answer.metadata);
  };

  /** What the gate says of an action that requires approval, bound to the files that it names. */
  const askPeople = async (
    { snapshot, evidence, subject }: Judged,
    decision: Decision,
    options: AuthorizeOptions,
    asking: AskOptions = {},
  ): Promise<{ bound: Subject; answer: ApprovalAnswer }> => {
    const operations = evidence.parts.map((part) => {
      const operation = snapshot.set.operation(part.actionType);
      if (!operation) throw new Error(`operation ${part.actionType} is in no catalogue`);
      return operation;
    });
    const references = snapshot.inspector.references(evidence, subject.action);
    const bound: Subject = Object.keys(references).length
      ? { ...subject, digest: actionDigest(subject.action, evidence, references) }
      : subject;
    return {
      bound,
      answer: await gate.ask({
        subject: bound,
        decision,
        snapshot,
        operations,
        references,
        evidence,
        options,
        asking,
      }),
    };
  };

  const ask = async (action: Action, asking: AskOptions = {}): Promise<Asked> => {
    let judged: Judged | undefined;
    try {
      judged = inspect(action);
      const { set } = judged.snapshot;
      const state = await readState(set.stateNeeds(action));
      const decision = maskDecision(set.decide(action, judged.evidence, state), judged.subject.mask);
      if (decision.outcome === 'denied') return { outcome: 'refused', refusal: await refuse(judged, decision) };
      const allowed = { outcome: 'allowed', decision, actionDigest: judged.subject.digest } as const;
      if (decision.outcome === 'allowed') return allowed;
      const { bound, answer } = await askPeople(judged, decision, {}, asking);
      if (answer.kind === 'waiting') return { outcome: 'waiting', approval: answer.record };
      if (answer.kind === 'refused') {
        const refusal = await refuse({ ...judged, subject: bound }, answer.decision, answer.message);
        return { outcome: 'refused', refusal };
      }
      const approval = answer.grant && (await store.getRequest(answer.grant.approvalId));
      return approval ? { outcome: 'approved', approval } : allowed;
    } catch (fault) {
      // What who asks said of the request does not fit: that is told, and nothing was asked.
      if (fault instanceof GgenError && MISASKED.includes(fault.code)) throw fault;
      return { outcome: 'refused', refusal: await refuseFault(action, judged, fault) };
    }
  };

  const attempt = async (
    judged: Judged,
    decision: Decision,
    guards: AttemptGuards,
    metadata: Readonly<Record<string, string | boolean>>,
  ): Promise<Permit | undefined> => {
    const { subject } = judged;
    const entry = entries.attempt(subject, decision, metadata);
    const result = await store.attempt(entry, guards);
    if (!result.ok) return undefined;
    let completed: Promise<void> | undefined;
    return {
      outcome: 'permitted',
      correlationId: subject.correlationId,
      attemptId: entry.id,
      decision,
      actionDigest: subject.digest,
      ...(guards.grant ? { approvalId: guards.grant.approvalId } : {}),
      ...(metadata.asked_at_client === true ? { askAtClient: true } : {}),
      complete: (outcome) => {
        completed ??= recordEnd(judged.snapshot, subject, entry.id, outcome);
        return completed;
      },
    };
  };

  const recordEnd = async (
    snapshot: PolicySnapshot,
    subject: Subject,
    attemptId: string | undefined,
    outcome: ActionOutcome,
  ): Promise<void> => {
    const readOnly = snapshot.set.operation(subject.action.actionType)?.classes.includes('read_only') ?? false;
    if (readOnly && outcome.result === 'success' && !snapshot.recordReadOnlyOutcomes) return;
    await store.appendSoon(entries.outcome(subject, attemptId, outcome));
  };

  const refuse = async (
    judged: Judged,
    decision: Decision,
    message?: string,
    more: JsonObject = {},
  ): Promise<Refusal> => {
    const { subject } = judged;
    await store.append(entries.refusal(subject, decision, more));
    return {
      outcome: 'refused',
      correlationId: subject.correlationId,
      decision,
      actionDigest: subject.digest,
      message:
        message ??
        renderRefusal(subject.action, subject.safeTarget, decision, judged.snapshot.alternatives(subject.action)),
    };
  };

  /** Rule 1: cannot decide → denied; cannot record → not done. The refusal is recorded where that still works. */
  const refuseFault = async (action: Action, judged: Judged | undefined, fault: unknown): Promise<Refusal> => {
    const message = safely(() => parts.snapshot().inspector.maskSecrets(renderError(fault)), 'internal fault');
    const decision = faultDecision(judged?.snapshot.set, message);
    const subject: Subject = judged?.subject ?? {
      action,
      correlationId: parts.newId(),
      digest: '',
      safeTarget: '(not judged)',
      mask: () => '(not judged)',
    };
    try {
      await store.append(entries.refusal(subject, decision, {}));
    } catch {
      // Nothing can be recorded, and so nothing was permitted either.
    }
    return {
      outcome: 'refused',
      correlationId: subject.correlationId,
      decision,
      actionDigest: subject.digest,
      message: renderRefusal(action, subject.safeTarget, decision, ''),
    };
  };

  const refuseUnjudged = async (action: Action, why: string): Promise<Refusal> => {
    try {
      const judged = inspect(action);
      const reason = { rule: 'builtin.unjudged', message: judged.subject.mask(why), file: '', line: 0 };
      const { digest, mode } = judged.snapshot.set;
      const decision: Decision = { outcome: 'denied', reasons: [reason], warnings: [], policySet: digest, mode };
      return await refuse(judged, decision, undefined, { error: printable(reason.message, 500) });
    } catch (fault) {
      return refuseFault(action, undefined, fault);
    }
  };

  const run = async <T>(action: Action, act: (permit: Permit) => Promise<T> | T): Promise<RunResult<T>> => {
    const permit = await authorize(action);
    if (permit.outcome === 'refused') return permit;
    let value: T;
    try {
      value = await act(permit);
    } catch (error) {
      // Whatever becomes of the record, the caller hears what really went wrong.
      await permit.complete({ result: 'failure', error: renderError(error) }).catch(() => undefined);
      throw error;
    }
    await permit.complete({ result: 'success' });
    return { outcome: 'done', value, permit };
  };

  const recordOutcome = async (correlationId: string, action: Action, outcome: ActionOutcome): Promise<void> => {
    const { subject, snapshot } = inspect({ ...action, context: { ...action.context, correlationId } });
    // The attempt says what was judged; by now the policy, or the files it named, may have changed.
    const attempt = (await store.query({ correlationId: subject.correlationId, limit: 20 })).find(
      (entry) => entry.metadata.event === 'attempt',
    );
    const digest = attempt?.metadata.action_digest;
    await recordEnd(snapshot, typeof digest === 'string' ? { ...subject, digest } : subject, attempt?.id, outcome);
  };

  return {
    ask,
    judge,
    authorize,
    run,
    recordOutcome,
    refuse: refuseUnjudged,
    awaitDecision: createDecisionWatch({
      ...parts,
      settle: (record) => {
        const jobs = createJobMaker({ ...parts, config: () => parts.snapshot().approvals.config });
        return settleRequest({ ...parts, jobs }, record);
      },
    }),
  };
}

/** The caller's correlation id as it may be recorded. */
function safeId(action: Action, mask: (text: string) => string): string | undefined {
  const given = action.context?.correlationId;
  return given === undefined ? undefined : printable(mask(given), 200);
}

/** Only strict stops what a limit stops; in the other modes it is counted all the same. */
function limitGuards(needs: StateNeeds | undefined, mode: EnforcementMode): AttemptGuards {
  if (!needs) return {};
  const atMost = (limit: number): number => (mode === 'strict' ? limit : Number.MAX_SAFE_INTEGER);
  const { agent, rate, concurrency } = needs;
  return {
    ...(rate ? { rate: { provider: rate.provider, limit: atMost(rate.limit) } } : {}),
    ...(concurrency ? { concurrency: { agent, limit: atMost(concurrency.limit) } } : {}),
  };
}

function faultDecision(set: PolicySet | undefined, message: string): Decision {
  return {
    outcome: 'denied',
    reasons: [{ rule: 'builtin.fault', message: `could not be decided or recorded: ${message}`, file: '', line: 0 }],
    warnings: [],
    policySet: set?.digest ?? '',
    mode: set?.mode ?? 'strict',
  };
}

function safely<T>(make: () => T, otherwise: T): T {
  try {
    return make();
  } catch {
    return otherwise;
  }
}
