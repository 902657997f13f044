export type { ApprovalChange, ApprovalStore } from './ports.ts';
