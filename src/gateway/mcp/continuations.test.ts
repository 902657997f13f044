import { describe, expect, it } from 'vitest';
import type { ActionOutcome, Governor, Permit } from '../../governor/index.ts';
import type { Action } from '../../model/action.ts';
import type { Decision, Outcome } from '../../model/decision.ts';
import type { ToolCall } from './client-frame.ts';
import { createContinuations } from './continuations.ts';

const ACTION: Action = { actionType: 'call_tool', target: 's/t', requester: 'a' };
const call = (retry?: { requestState: string }) =>
  ({ name: 't', args: { x: 1 }, ...(retry ? { retry } : {}) }) as unknown as ToolCall;

function scene() {
  const ended: ActionOutcome[] = [];
  const now = { at: 0, outcome: 'allowed' as Outcome, policySet: 'one' };
  const decision = (): Decision => ({
    outcome: now.outcome,
    reasons: [],
    warnings: [],
    policySet: now.policySet,
    mode: 'strict',
  });
  const permit = {
    outcome: 'permitted',
    decision: decision(),
    complete: async (outcome: ActionOutcome) => void ended.push(outcome),
  } as unknown as Permit;
  const governor = { judge: async () => ({ decision: decision() }) } as unknown as Governor;
  const continuations = createContinuations({ governor, clock: () => now.at, useWithinMs: () => 1000 });
  continuations.keep(call(), permit, 'state');
  return { now, permit, ended, take: () => continuations.take(call({ requestState: 'state' }), ACTION) };
}

describe('the retry of a call that the server asked more input for', () => {
  it('goes on under the permit it had, once', async () => {
    const { take, permit } = scene();
    expect(await take()).toBe(permit);
    expect(await take()).toBeUndefined();
  });

  it.each<[string, (now: ReturnType<typeof scene>['now']) => void]>([
    ['the policy changed', (now) => void Object.assign(now, { policySet: 'two' })],
    ['it is denied by now', (now) => void Object.assign(now, { outcome: 'denied' })],
    ['its time is over', (now) => void Object.assign(now, { at: 1000 })],
  ])('is judged anew where %s', async (_what, change) => {
    const { now, take, ended } = scene();
    change(now);
    expect(await take()).toBeUndefined();
    expect(ended).toEqual([{ result: 'failure', error: 'its retry is no longer allowed' }]);
  });
});
