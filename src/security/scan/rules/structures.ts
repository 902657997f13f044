import { once, type ScanRule } from '../scan-rule.ts';
import { addressRules } from './addresses.ts';
import { fileRules } from './files.ts';
import { keyRules } from './keys.ts';
import { serviceRules } from './services.ts';

/** Secrets that are known by what stands around them. */
export const structureRules = once((): readonly ScanRule[] => [
  ...keyRules(),
  ...addressRules(),
  ...serviceRules(),
  ...fileRules(),
]);
