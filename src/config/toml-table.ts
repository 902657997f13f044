import { GgenError, type Position } from '../kernel/errors.ts';
import { splitPath } from './key-path.ts';
import { parseTomlFile } from './toml-file.ts';
import type { ConfigFile } from './types.ts';

export interface LocatedToml {
  readonly value: Record<string, unknown>;
  locate(path: string): Position;
}

/** A TOML file that is no configuration (policy tests): its values and where they stand. CONFIG_INVALID if it is no TOML. */
export function parseTomlTable(file: ConfigFile): LocatedToml {
  const parsed = parseTomlFile(file);
  if (!parsed.ok) throw new GgenError('CONFIG_INVALID', parsed.message, { position: parsed.position });
  const { value, locate } = parsed.toml;
  return {
    value,
    locate(path) {
      const { found, position } = locate(splitPath(path).steps);
      return found === 0 ? { file: file.name, line: 1, column: 1 } : position;
    },
  };
}
