import { buildSnapshot, configError, findPlaces, type LoadedSnapshot, readConfigFiles } from '../../compose/index.ts';
import type { CommandContext } from '../command.ts';

/** The policies of the configuration folder, compiled, with no store opened; CONFIG_INVALID where they can't be. */
export function loadPolicies(context: CommandContext): LoadedSnapshot {
  const built = buildSnapshot(readConfigFiles(context.configDir), findPlaces(context), context.env);
  if (!built.ok) throw configError(built.problems);
  return built.snapshot;
}
