import type { Governor, Permit } from '../../governor/index.ts';
import { canonicalJson } from '../../kernel/canonical-json.ts';
import { sha256 } from '../../kernel/digest.ts';
import type { Clock } from '../../kernel/ports.ts';
import type { Action } from '../../model/action.ts';
import type { ToolCall } from './client-frame.ts';

/**
 * Permitted calls that the server has not finished: it asked for more input (2026-07-28), and the client sends the
 * same call again with the answer. That is the same attempt, so it needs no second approval.
 */
export interface Continuations {
  /** Remembers that the server asked for more before it finishes this call. */
  keep(call: ToolCall, permit: Permit, requestState: string | undefined): void;
  /**
   * The permit that this retry goes on under, once for each answer of the server; undefined where there is none, or
   * where policy no longer lets the action happen: then it must be authorized anew.
   */
  take(call: ToolCall, action: Action): Promise<Permit | undefined>;
  /** Records the end of those that nobody took up again. */
  close(): void;
}

const MAX_KEPT = 64;

export function createContinuations(parts: {
  readonly governor: Governor;
  readonly clock: Clock;
  /** how long an approval may lie unused */
  readonly useWithinMs: () => number;
}): Continuations {
  const { governor, clock } = parts;
  const kept = new Map<string, { permit: Permit; until: number }>();

  // INVARIANT: what was approved is bound to name and arguments: a retry that differs in either finds nothing here.
  const keyOf = (call: ToolCall, requestState: string | undefined): string =>
    `${sha256(canonicalJson([call.name, call.args]))}:${requestState === undefined ? '' : sha256(requestState)}`;

  const abandon = (permit: Permit, error: string): void => {
    permit.complete({ result: 'failure', error }).catch(() => undefined);
  };

  return {
    keep: (call, permit, requestState) => {
      const key = keyOf(call, requestState);
      const before = kept.get(key);
      if (before) abandon(before.permit, 'the same call was asked for input again');
      kept.delete(key);
      kept.set(key, { permit, until: clock() + parts.useWithinMs() });
      const oldest = kept.size > MAX_KEPT ? kept.entries().next().value : undefined;
      if (!oldest) return;
      kept.delete(oldest[0]);
      abandon(oldest[1].permit, 'asked for input that was not given');
    },
    take: async (call, action) => {
      if (!call.retry) return undefined;
      const key = keyOf(call, call.retry.requestState);
      const found = kept.get(key);
      if (!found) return undefined;
      kept.delete(key);
      // A retry under another policy is judged anew, with a new approval where one is needed (rule 2).
      const { outcome, policySet } = (await governor.judge(action)).decision;
      const stands = outcome !== 'denied' && policySet === found.permit.decision.policySet;
      if (clock() < found.until && stands) return found.permit;
      abandon(found.permit, 'its retry is no longer allowed');
      return undefined;
    },
    close: () => {
      for (const { permit } of kept.values()) abandon(permit, 'asked for input that was not given');
      kept.clear();
    },
  };
}
