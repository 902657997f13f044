export { applyUpdate } from './apply-update.ts';
export { defaultConfig } from './defaults.ts';
export { type EnvironmentOverride, environmentOverrides, withOverrides } from './environment-overrides.ts';
export { type ConfigFileKind, jsonSchema } from './json-schema.ts';
export { splitPath } from './key-path.ts';
export { type ListenAddress, parseListenAddress } from './listen-address.ts';
export { parseConfig } from './parse-config.ts';
export { renderProblems } from './problems.ts';
export {
  isGrave,
  leastPeople,
  requiredApprovals,
  requiredOf,
  ruleOf,
  toleratedFaults,
  whyUnreachable,
} from './quorum.ts';
export { referencePage } from './reference-page.ts';
export { initFiles, PROFILES, type Profile } from './templates/index.ts';
export { type LocatedToml, parseTomlTable } from './toml-table.ts';
export type { ConfigFile, ConfigProblem, ConfigResult, Environment, LoadedConfig } from './types.ts';
