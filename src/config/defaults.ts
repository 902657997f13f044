import { parseConfig } from './parse-config.ts';
import type { LoadedConfig } from './types.ts';

/** The guide's secure defaults: what an empty configuration means. */
export function defaultConfig(): LoadedConfig {
  const result = parseConfig([{ name: '(defaults)', text: '' }], {});
  if (!result.ok) throw new Error('the defaults do not hold');
  return result.loaded;
}
