export {
  type ApproverKeyFiles,
  type ClosedKey,
  createApproverKeyFiles,
  MIN_PASSPHRASE,
  type OpenKey,
  openKey,
} from './approver-key-files.ts';
export { createLogKeys, type LogKeyFolder } from './log-keys.ts';
export { sshKeygenSigner } from './ssh-keygen.ts';
export { createAgentKeyFiles, createRelayKeyFiles, type UnattendedKeyFiles } from './unattended-key-files.ts';
