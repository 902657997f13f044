export type { AuditFilter, AuditStore } from './ports.ts';
