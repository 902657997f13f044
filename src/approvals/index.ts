export { type ApprovalDesk, createApprovalDesk, type DeskDecision } from './approval-desk.ts';
export { eligibleUsers } from './eligibility.ts';
export { recordExpiry } from './expiry.ts';
export type { ApprovalChange, ApprovalStore } from './ports.ts';
export { isStep, statusAt } from './state-machine.ts';
