export type { GovernedSystem, SystemOptions } from './types.ts';
