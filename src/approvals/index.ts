export { type ApprovalDesk, createApprovalDesk, type DeskDecision } from './approval-desk.ts';
export { recordExpiry } from './expiry.ts';
export type { ApprovalChange, ApprovalStore, Cast } from './ports.ts';
export { type QuorumAnswer, type QuorumSettings, quorumFor } from './quorum.ts';
export { isStep, statusAt } from './state-machine.ts';
