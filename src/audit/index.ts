export { AuditQuery } from './audit-query.ts';
export { canonicalEntry, type EntryTexts, entryFromTexts, entryTexts } from './canonical-entry.ts';
export { confirmErasure } from './confirm-erasure.ts';
export { auditEntryFromJson, auditEntryFromParts, auditEntryToJson } from './entry-json.ts';
export { HANDED_OVER, INGESTED, isHandedOver, renderEntryLine } from './entry-line.ts';
export { ERASE_EVENT, ERASE_OPERATION } from './erasure-said.ts';
export * from './export/index.ts';
export { type FollowOptions, followLog } from './follow.ts';
export type {
  AuditFilter,
  AuditStore,
  CountCell,
  DerivedState,
  LeftOut,
  LoggedEntry,
  LogHead,
  LogKeys,
  StatGroup,
  StatQuestion,
  StatRow,
  StoredEntry,
  Witness,
} from './ports.ts';
export { STAT_GROUPS } from './ports.ts';
export * from './proof/index.ts';
export { proveConsistency, proveEntry, proveKeyChange } from './prove.ts';
export { queryAll } from './query-all.ts';
export { createRecordFilter } from './record-filter.ts';
export { eraseBefore, erasureEntry, firstYoungRun, type RetentionRule, retentionRule } from './retention.ts';
export { isDay, parseDuration, parseInstant } from './time.ts';
export { type LogProblem, type LogVerification, verifyLog } from './verify-log.ts';
