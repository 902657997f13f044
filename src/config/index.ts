export { applyUpdate } from './apply-update.ts';
export { requiredApprovals } from './cross-check.ts';
export { defaultConfig } from './defaults.ts';
export { type EnvironmentOverride, environmentOverrides } from './environment-overrides.ts';
export { type ConfigFileKind, jsonSchema } from './json-schema.ts';
export { parseConfig, renderProblems, sortProblems } from './parse-config.ts';
export { initFiles, PROFILES, type Profile } from './templates/index.ts';
export { type LocatedToml, parseTomlTable } from './toml-table.ts';
export type { ConfigFile, ConfigProblem, ConfigResult, Environment, LoadedConfig } from './types.ts';
