export { createDelegationDesk, type DelegationDesk, type DelegationWish } from './delegation-desk.ts';
export { type DelegationLog, isRevoked } from './delegation-log.ts';
export { isSignedDelegation, lends } from './statement.ts';
