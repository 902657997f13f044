import type { GovernanceConfig } from '../model/configuration.ts';
import { approvals } from './keys/approvals.ts';
import { audit } from './keys/audit.ts';
import { compliance } from './keys/compliance.ts';
import { gateway } from './keys/gateway.ts';
import { security } from './keys/incidents.ts';
import { operations } from './keys/operations.ts';
import { policies } from './keys/policies.ts';
import { table } from './spec-tables.ts';

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
