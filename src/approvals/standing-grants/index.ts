export {
  createGrantDesk,
  type GrantDesk,
  type GrantWish,
  grantEntry,
} from './grant-desk.ts';
export type { StandingGrantStore } from './ports.ts';
export { covers, type GrantScope, type TargetPattern, whyNotGrantable } from './scope.ts';
export { isSignedGrant } from './statement.ts';
