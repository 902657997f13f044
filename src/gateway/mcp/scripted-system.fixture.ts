import { randomUUID } from 'node:crypto';
import type { GovernedSystem } from '../../compose/index.ts';
import type { ActionOutcome, Governor, Permit, Refusal } from '../../governor/index.ts';
import type { Action } from '../../model/action.ts';
import type { ApprovalRecord, ApprovalStatus } from '../../model/approval.ts';
import type { ToolMapping } from '../../model/configuration.ts';
import type { Decision } from '../../model/decision.ts';
import { BUILTIN_OPERATIONS } from '../../model/operation.ts';

export interface Judged {
  readonly action: Action;
  outcome?: ActionOutcome;
}

export interface ScriptedSystem {
  readonly system: GovernedSystem;
  /** every action that was put to the governor, with the outcome of those it permitted */
  readonly judged: Judged[];
  /** what the door could not read, and had refused */
  readonly unjudged: { readonly action: Action; readonly why: string }[];
  /** decides a pending request */
  decide(id: string, status: ApprovalStatus): void;
  /** ids of requests that were made */
  readonly requests: string[];
}

/** What the scripted governor says to one action; `fault` throws, as the real one never should. */
export type Verdict = 'allow' | 'deny' | 'ask' | 'fault';

/**
 * A governor that says what it is told to, where a test is about the door alone. Its approvals behave as the real
 * one's: an approved request lets the same action pass once.
 */
export function scriptedSystem(
  verdict: (action: Action) => Verdict = () => 'allow',
  tool: readonly ToolMapping[] = [],
): ScriptedSystem {
  const judged: Judged[] = [];
  const unjudged: { action: Action; why: string }[] = [];
  const requests: string[] = [];
  const status = new Map<string, ApprovalStatus>();
  const byAction = new Map<string, string>();
  const listeners = new Set<() => void>();

  const decisionOf = (outcome: Decision['outcome']): Decision => ({
    outcome,
    reasons: [],
    warnings: [],
    policySet: 'test',
    mode: 'strict',
  });

  const permit = (entry: Judged): Permit => ({
    outcome: 'permitted',
    correlationId: randomUUID(),
    attemptId: randomUUID(),
    decision: decisionOf('allowed'),
    actionDigest: 'test',
    complete: async (outcome) => {
      entry.outcome ??= outcome;
    },
  });

  const refusal = (message: string, approvalId?: string): Refusal => ({
    outcome: 'refused',
    correlationId: randomUUID(),
    decision: decisionOf(approvalId ? 'requires_approval' : 'denied'),
    actionDigest: 'test',
    message,
    ...(approvalId ? { approval: { id: approvalId, status: status.get(approvalId) } as ApprovalRecord } : {}),
  });

  const governor: Governor = {
    ask: async () => {
      throw new Error('a door asks by authorizing');
    },
    judge: async (action) => ({
      decision: decisionOf(verdict(action) === 'deny' ? 'denied' : 'allowed'),
      evidence: { parts: [], findings: [], safeTarget: action.target },
      actionDigest: 'test',
    }),
    authorize: async (action) => {
      const said = verdict(action);
      if (said === 'fault') throw new Error('at secret (/stack/trace.ts:1:1)');
      const entry: Judged = { action };
      judged.push(entry);
      if (said === 'allow') return permit(entry);
      if (said === 'deny') return refusal(`Denied by policy: ${action.actionType} ${action.target}.`);
      const key = JSON.stringify([action.actionType, action.target, action.parameters]);
      const known = byAction.get(key);
      const standing = known && status.get(known);
      if (known && standing === 'approved') {
        status.set(known, 'consumed');
        return permit(entry);
      }
      if (known && standing === 'rejected') return refusal(`Rejected by tester (request ${known}).`);
      if (known && standing === 'pending') return refusal(`Waiting for approval (request ${known}).`, known);
      const id = randomUUID();
      byAction.set(key, id);
      status.set(id, 'pending');
      requests.push(id);
      return refusal(`Waiting for approval (request ${id}).`, id);
    },
    run: () => Promise.reject(new Error('not used by the proxy')),
    refuse: async (action, why) => {
      unjudged.push({ action, why });
      return refusal(`Denied: ${why}`);
    },
    recordOutcome: () => Promise.reject(new Error('not used by the proxy')),
    awaitDecision: (id, { timeoutMs, signal }) =>
      new Promise((resolve) => {
        const timer = setTimeout(() => finish(), timeoutMs);
        const finish = (): void => {
          clearTimeout(timer);
          listeners.delete(look);
          resolve(status.get(id) ?? 'expired');
        };
        const look = (): void => {
          if (status.get(id) !== 'pending' || signal?.aborted) finish();
        };
        listeners.add(look);
        signal?.addEventListener('abort', look);
        look();
      }),
  };

  const system = {
    governor,
    loaded: () => ({
      config: {
        policies: { security: { enabled: true, secretScanning: true, secretPatterns: { action: 'block' } } },
        gateway: { tool, mcp: { approvalWaitSeconds: 60 } },
        approvals: { useWithinSeconds: 3600 },
      },
    }),
    maskSecrets: (text: string) => text,
    policies: () => ({ operation: (name: string) => BUILTIN_OPERATIONS.find((spec) => spec.name === name) }),
    close: async () => undefined,
  } as unknown as GovernedSystem;

  return {
    system,
    judged,
    unjudged,
    requests,
    decide: (id, to) => {
      status.set(id, to);
      for (const listener of [...listeners]) listener();
    },
  };
}
