import { expect, it } from 'vitest';
import type { ApprovalRecord } from '../model/approval.ts';
import { createDecisionWatch } from './decision-watch.ts';
import type { GovernanceStore, Sleep } from './ports.ts';

/** A store that holds one request, and tells of its changes as soon as somebody can hear. */
function tellingStore() {
  let [mark, open, decided] = [0, 0, false];
  let told = new AbortController();
  let onMark: (() => void) | undefined;
  const record = { id: 'x', status: 'pending', strategy: 'single-approval', decideBy: 1e9 } as ApprovalRecord;
  const store = {
    changeMark: async () => {
      const seen = mark;
      onMark?.();
      return seen;
    },
    getRequest: async () => ({ ...record, status: decided ? 'approved' : 'pending' }),
    hear: () => {
      open += 1;
      return {
        next: () => told.signal,
        close: () => {
          open -= 1;
        },
      };
    },
  } as unknown as GovernanceStore;
  const decide = (): void => {
    [decided, mark] = [true, mark + 1];
    const before = told;
    told = new AbortController();
    before.abort();
  };
  const afterLooking = (times: number, then: () => void): void => {
    onMark = () => {
      times -= 1;
      if (times === 0) then();
    };
  };
  return { store, decide, afterLooking, ears: () => open };
}

/** Sleeps for ever, unless it is told to wake. */
const untilTold: Sleep = (_ms, signal) =>
  new Promise((resolve) => {
    if (signal?.aborted) resolve();
    signal?.addEventListener('abort', () => resolve());
  });
const watchOf = (store: GovernanceStore) =>
  createDecisionWatch({ store, clock: () => 0, sleep: untilTold, settle: async () => false });

it('who waits is woken by what the store tells, and leaves no ear open', async () => {
  const { store, decide, ears } = tellingStore();
  const waiting = watchOf(store)('x', { timeoutMs: 1000 });
  await new Promise((resolve) => setImmediate(resolve));
  expect(ears()).toBe(1);
  decide();
  expect(await waiting).toBe('approved');
  expect(ears()).toBe(0);
});

it.each([1, 2])('what is told while it looks the %d. time is not missed', async (times) => {
  const { store, decide, afterLooking } = tellingStore();
  afterLooking(times, decide);
  expect(await watchOf(store)('x', { timeoutMs: 1000 })).toBe('approved');
});

it('an end of the wait by its caller wakes it too, and leaves no ear open', async () => {
  const { store, ears } = tellingStore();
  const end = new AbortController();
  const waiting = watchOf(store)('x', { timeoutMs: 1000, signal: end.signal });
  await new Promise((resolve) => setImmediate(resolve));
  end.abort();
  expect(await waiting).toBe('pending');
  expect(ears()).toBe(0);
});
