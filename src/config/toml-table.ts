import { parse, TomlError } from 'smol-toml';
import { GgenError, type Position } from '../kernel/errors.ts';
import { lineFinder, tomlPositions } from './toml-positions.ts';
import type { ConfigFile } from './types.ts';

export interface LocatedToml {
  readonly value: Record<string, unknown>;
  locate(path: string): Position;
}

/** A TOML file that is no configuration (policy tests): its values and where they stand. CONFIG_INVALID if it is no TOML. */
export function parseTomlTable(file: ConfigFile): LocatedToml {
  try {
    const value = parse(file.text, { maxDepth: 64 });
    const positions = tomlPositions(file.text);
    const place = lineFinder(file.text);
    return { value, locate: (path) => ({ file: file.name, ...place(positions.get(path) ?? 0) }) };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    throw new GgenError(
      'CONFIG_INVALID',
      error.message.split('\n', 1)[0]!.replace(/^Invalid TOML document: /, 'not TOML: '),
      {
        position: { file: file.name, line: error.line, column: error.column },
      },
    );
  }
}
