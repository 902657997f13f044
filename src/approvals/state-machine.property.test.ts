import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ApprovalRecord, ApprovalStatus } from '../model/approval.ts';
import { isFinal, isStep, statusAt } from './state-machine.ts';

const STATUSES: ApprovalStatus[] = [
  'pending',
  'approved',
  'rejected',
  'expired',
  'cancelled',
  'superseded',
  'consumed',
  'revoked',
];
const status = fc.constantFrom(...STATUSES);

describe('the approval request’s state machine', () => {
  it('never returns to a state it left, and every walk ends after at most two steps', () => {
    fc.assert(
      fc.property(fc.array(status, { maxLength: 12 }), (wishes) => {
        let state: ApprovalStatus = 'pending';
        let steps = 0;
        for (const wish of wishes) {
          if (isStep(state, wish)) {
            state = wish;
            steps += 1;
          }
        }
        expect(steps).toBeLessThanOrEqual(2);
        if (steps === 2) expect(isFinal(state)).toBe(true);
      }),
    );
  });

  it('is used only after it was approved', () => {
    for (const from of STATUSES) expect(isStep(from, 'consumed')).toBe(from === 'approved');
  });

  it('no passing of time grants or keeps alive anything', () => {
    fc.assert(
      fc.property(status, fc.nat(1000), fc.nat(1000), fc.nat(2000), (now, decideBy, useBy, at) => {
        const record = { status: now, decideBy, useBy } as unknown as ApprovalRecord;
        const standing = statusAt(record, at);
        if (standing !== now) expect(standing).toBe('expired');
        if (standing === 'approved') expect(at).toBeLessThan(useBy);
        if (standing === 'pending') expect(at).toBeLessThan(decideBy);
      }),
    );
  });
});
