import type { Command } from '../command.ts';
import { approvalsConsume } from './approvals-consume.ts';
import { approvalsApprove, approvalsReject } from './approvals-decide.ts';
import { approvalsDelegate, approvalsDelegations, approvalsUndelegate } from './approvals-delegate.ts';
import { approvalsDeliveries, approvalsRedeliver } from './approvals-deliveries.ts';
import { approvalsGrant, approvalsGrants, approvalsUngrant } from './approvals-grants.ts';
import { approvalsHistory, approvalsWatch } from './approvals-history.ts';
import { approvalsRequest } from './approvals-request.ts';
import { approvalsSign } from './approvals-sign.ts';
import { approvalsStatement, approvalsSubmit } from './approvals-submit.ts';
import { approvalsVerify } from './approvals-verify.ts';
import { approvalsList, approvalsShow } from './approvals-view.ts';
import { approvalsWait } from './approvals-wait.ts';
import { approvalsCancel, approvalsRevoke } from './approvals-withdraw.ts';
import { auditExport } from './audit-export.ts';
import { auditIngest } from './audit-ingest.ts';
import { auditKey } from './audit-key.ts';
import { auditMaintain } from './audit-maintain.ts';
import { auditProve } from './audit-prove.ts';
import { auditQuery, auditTail } from './audit-read.ts';
import { auditReport } from './audit-report.ts';
import { auditRotateKey } from './audit-rotate-key.ts';
import { auditStats } from './audit-stats.ts';
import { auditVerify } from './audit-verify.ts';
import { auditVerifyExport } from './audit-verify-export.ts';
import { auditVerifyProof } from './audit-verify-proof.ts';
import { check } from './check.ts';
import { doctor } from './doctor.ts';
import { hookClaudeCode } from './hook.ts';
import { init } from './init.ts';
import { install, uninstall } from './install.ts';
import { keysCreate } from './keys-create.ts';
import { keysEnrol } from './keys-enrol.ts';
import { keysList } from './keys-list.ts';
import { keysRevoke } from './keys-revoke.ts';
import { keysRotate } from './keys-rotate.ts';
import { policyExplain } from './policy-explain.ts';
import { policyTest } from './policy-test.ts';
import { policyUpdate } from './policy-update.ts';
import { policyValidate } from './policy-validate.ts';
import { proxy } from './proxy.ts';
import { securityCheckCommand } from './security-check-command.ts';
import { securityCheckPath } from './security-check-path.ts';
import { securityCheckUrl } from './security-check-url.ts';
import { securityScan } from './security-scan.ts';
import { worker } from './worker.ts';

/** Every command, in the order that help lists them. */
export const COMMANDS: readonly Command[] = [
  init,
  check,
  policyValidate,
  policyExplain,
  policyTest,
  policyUpdate,
  approvalsList,
  approvalsShow,
  approvalsApprove,
  approvalsReject,
  approvalsStatement,
  approvalsSign,
  approvalsSubmit,
  approvalsRequest,
  approvalsWait,
  approvalsCancel,
  approvalsRevoke,
  approvalsConsume,
  approvalsHistory,
  approvalsWatch,
  approvalsVerify,
  approvalsGrant,
  approvalsGrants,
  approvalsUngrant,
  approvalsDelegate,
  approvalsDelegations,
  approvalsUndelegate,
  approvalsDeliveries,
  approvalsRedeliver,
  keysCreate,
  keysEnrol,
  keysList,
  keysRotate,
  keysRevoke,
  auditTail,
  auditQuery,
  auditReport,
  auditExport,
  auditIngest,
  auditStats,
  auditVerify,
  auditProve,
  auditVerifyProof,
  auditVerifyExport,
  auditKey,
  auditRotateKey,
  auditMaintain,
  securityCheckCommand,
  securityCheckPath,
  securityCheckUrl,
  securityScan,
  proxy,
  worker,
  doctor,
  hookClaudeCode,
  install,
  uninstall,
];

/** Commands of the guide whose machinery this version lacks, and what to use meanwhile. */
export const NOT_YET: Readonly<Record<string, string>> = {
  'audit compliance': 'ggen-mcp audit query --json prints entries, one a line',
  'security report': 'ggen-mcp audit query --event-type security_incident lists incidents',
};
