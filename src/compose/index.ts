export {
  EXPORT_FORMATS,
  type Exported,
  type ExportFormat,
  type ExportOptions,
  verifyExport,
  writeExport,
} from '../adapters/export/index.ts';
export { nodeFileSystem } from '../adapters/files/index.ts';
export {
  type ApproverKeyFiles,
  type ClosedKey,
  createAgentKeyFiles,
  createApproverKeyFiles,
  createRelayKeyFiles,
  MIN_PASSPHRASE,
  type OpenKey,
  sshKeygenSigner,
} from '../adapters/keys/index.ts';
export { type CommandOutput, runWords } from '../adapters/process/index.ts';
export { gitHooksFolder } from '../adapters/scan-sources/index.ts';
export { ENROLMENT_NAMESPACE, enrolmentText, readEnrolment } from './approver-enrolment.ts';
export { endKey, enrolKey, rotateKey } from './approver-roster.ts';
export { processUser } from './change-actor.ts';
export {
  displayPath,
  fingerprint,
  KEYS_FILE,
  readAnyConfigFiles,
  readConfigFile,
  readConfigFiles,
  writeFileAtomic,
} from './config-files.ts';
export { approvalDeskOver, delegationDeskOver, grantDeskOver, proofContext } from './desks.ts';
export { examine, type Finding } from './doctor/index.ts';
export { createIntake, type Intake, type Taken } from './intake.ts';
export { logKeys, logSigner, logWitnesses, openStore } from './log-store.ts';
export { type Housekeeping, maintainOnce } from './maintenance.ts';
export { newId } from './new-id.ts';
export { openInside } from './open-inside.ts';
export { openSystem, policyChangeEntry } from './open-system.ts';
export { findPlaces, type Places } from './places.ts';
export { type PlainWish, requestPlain } from './plain-request.ts';
export { holdPolicies, type PolicyChange, type PolicyHolder } from './policy-holder.ts';
export { hasReceivers } from './receivers.ts';
export {
  type Baseline,
  type FoundSecret,
  isRepository,
  newBaseline,
  readBaseline,
  scanSecrets,
  writeBaseline,
} from './scan-secrets.ts';
export { sleep } from './sleep.ts';
export { buildSnapshot, configError, type LoadedSnapshot, type SnapshotResult, snapshotOf } from './snapshot.ts';
export type { GovernedSystem, SystemOptions } from './types.ts';
export {
  type CommandValidator,
  frozenCopy,
  type HttpValidator,
  type LocalValidator,
  memberOf,
  type OperationValidator,
  privateKeyOf,
  runRound,
  voteOn,
} from './validation/index.ts';
export type { AgentDecider, Work } from './work/index.ts';
