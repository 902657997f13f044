export type { ConfigFile, ConfigProblem, ConfigResult, Environment, LoadedConfig } from './types.ts';
