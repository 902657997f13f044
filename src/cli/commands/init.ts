import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { displayPath } from '../../compose/index.ts';
import { initFiles, PROFILES, type Profile } from '../../config/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import { type Command, EXIT } from '../command.ts';

/** `ggen-mcp init`: a commented configuration for this folder, asking nothing, overwriting nothing. */
export const init: Command = {
  name: 'init',
  usage: 'init [--profile coding-agent|platform]',
  summary: 'write a commented configuration with JSON Schemas beside it',
  details: 'Asks nothing, overwrites nothing. platform shows all that can be set, some of which is not enforced yet.',
  options: { profile: { type: 'string', value: 'NAME', about: 'coding-agent (default) or platform' } },
  exits: '0 written, 2 nothing written',
  positionals: [],
  async run({ configDir, values, print }) {
    const profile = String(values.profile ?? 'coding-agent');
    if (!PROFILES.includes(profile as Profile)) {
      throw new GgenError('USAGE', `unknown profile ${JSON.stringify(profile)}`, {
        hint: `one of ${PROFILES.join(', ')}`,
      });
    }
    const files = initFiles(profile as Profile);
    const there = files.map((file) => join(configDir, file.name)).filter((path) => existsSync(path));
    if (there.length) {
      throw new GgenError('CONFLICT', `${there.map(displayPath).join(', ')} already there; nothing written`, {
        hint: 'remove them first, or choose another folder with --config',
      });
    }
    createFolder(configDir);
    for (const file of files) {
      const path = join(configDir, file.name);
      writeFileSync(path, file.text, { flag: 'wx' });
      print(`wrote ${displayPath(path)}`);
    }
    print(
      'next: ggen-mcp policy validate; then ggen-mcp install claude-code, or ggen-mcp proxy --agent NAME -- COMMAND',
    );
    return EXIT.ok;
  },
};

function createFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new GgenError('USAGE', `the folder ${displayPath(path)} can't be made: ${code}`, {
      hint: '--config DIR names another one',
    });
  }
}
