import { type ChangeEar, isTimersTurn, statusAt } from '../approvals/index.ts';
import { GgenError } from '../kernel/errors.ts';
import type { Clock } from '../kernel/ports.ts';
import { printable } from '../kernel/text.ts';
import type { ApprovalRecord, ApprovalStatus } from '../model/approval.ts';
import type { GovernanceStore, Sleep } from './ports.ts';
import type { Governor } from './types.ts';

/** How often it looks where the store can't tell by itself, and where it can, in milliseconds. */
const POLL_MS = 25;
const TOLD_POLL_MS = 250;

/**
 * Waits for somebody, in this process or another, to decide a request. Reads the request before it first waits, so
 * that a decision made in between isn't missed; polls a change counter, which costs microseconds on SQLite, and is told
 * of changes where the store can tell.
 */
export function createDecisionWatch(parts: {
  readonly store: GovernanceStore;
  readonly clock: Clock;
  readonly sleep: Sleep;
  /** writes down what time did to a request; false where that was nothing */
  readonly settle: (record: ApprovalRecord) => Promise<boolean>;
}): Governor['awaitDecision'] {
  const { store, clock, sleep, settle } = parts;

  /** Resolves when the store's mark is another, at `until` at the latest. */
  const change = async (mark: number, until: number, signal: AbortSignal | undefined, ear: ChangeEar | undefined) => {
    for (;;) {
      // What is told from here on ends the sleep, though it comes before that begins.
      const told = ear?.next();
      if ((await store.changeMark()) !== mark || clock() >= until || signal?.aborted) return;
      const longest = told ? TOLD_POLL_MS : POLL_MS;
      const early = told && signal ? AbortSignal.any([told, signal]) : (told ?? signal);
      await sleep(Math.max(1, Math.min(longest, until - clock())), early);
    }
  };

  const watch = async (
    approvalId: string,
    { timeoutMs, signal }: Parameters<Governor['awaitDecision']>[1],
    ear: ChangeEar | undefined,
  ): Promise<ApprovalStatus> => {
    const end = clock() + timeoutMs;
    for (;;) {
      const mark = await store.changeMark();
      const record = await store.getRequest(approvalId);
      if (!record) throw new GgenError('NOT_FOUND', `no approval request ${printable(approvalId)}`);
      const turn = isTimersTurn(record, clock());
      // Where the timer may not approve of it as it stands, there is nothing to wait for but the end.
      if (turn && (await settle(record))) continue;
      const status = statusAt(record, clock());
      if (status !== 'pending' || signal?.aborted || clock() >= end) return status;
      const next = turn ? record.decideBy : (record.approvesItselfAt ?? record.decideBy);
      await change(mark, Math.min(end, next), signal, ear);
    }
  };

  return async (approvalId, options) => {
    const ear = store.hear?.();
    try {
      return await watch(approvalId, options, ear);
    } finally {
      ear?.close();
    }
  };
}
