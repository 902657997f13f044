import type { GovernanceConfig } from '../model/configuration.ts';
import { approvals, audit, compliance, gateway, operations, security } from './keys/others.ts';
import { policies } from './keys/policies.ts';
import { table } from './spec.ts';

/** Every key there is. Any root table may stand in any of the files. */
export const ROOT = table<GovernanceConfig>('The configuration of ggen governance.', {
  policies,
  operations,
  approvals,
  audit,
  security,
  compliance,
  gateway,
});
