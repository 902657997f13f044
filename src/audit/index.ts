export { AuditQuery } from './audit-query.ts';
export { auditEntryFromJson, auditEntryToJson } from './entry-json.ts';
export { renderEntryLine } from './entry-line.ts';
export type { AuditFilter, AuditStore } from './ports.ts';
export { parseDuration } from './time.ts';
