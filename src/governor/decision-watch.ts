import { isTimersTurn, statusAt } from '../approvals/index.ts';
import { GgenError } from '../kernel/errors.ts';
import type { Clock } from '../kernel/ports.ts';
import { printable } from '../kernel/text.ts';
import type { ApprovalRecord } from '../model/approval.ts';
import type { GovernanceStore, Sleep } from './ports.ts';
import type { Governor } from './types.ts';

const POLL_MS = 25;

/**
 * Waits for somebody, in this process or another, to decide a request. Reads the request before it first waits, so
 * that a decision made in between isn't missed; polls a change counter, which costs microseconds.
 */
export function createDecisionWatch(parts: {
  readonly store: GovernanceStore;
  readonly clock: Clock;
  readonly sleep: Sleep;
  /** writes down what time did to a request */
  readonly settle: (record: ApprovalRecord) => Promise<unknown>;
}): Governor['awaitDecision'] {
  const { store, clock, sleep, settle } = parts;
  return async (approvalId, { timeoutMs, signal }) => {
    const end = clock() + timeoutMs;
    for (;;) {
      const mark = await store.changeMark();
      const record = await store.getRequest(approvalId);
      if (!record) throw new GgenError('NOT_FOUND', `no approval request ${printable(approvalId)}`);
      if (isTimersTurn(record, clock())) {
        await settle(record);
        continue;
      }
      const status = statusAt(record, clock());
      if (status !== 'pending' || signal?.aborted || clock() >= end) return status;
      const until = Math.min(end, record.approvesItselfAt ?? record.decideBy);
      while ((await store.changeMark()) === mark && clock() < until && !signal?.aborted) {
        await sleep(Math.max(1, Math.min(POLL_MS, until - clock())), signal);
      }
    }
  };
}
