import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type GovernedSystem, openSystem } from '../../src/compose/index.ts';

export const GOVERNANCE = `
[policies]
version = "1.0"
enforcement_mode = "strict"

[policies.security.allowed_commands]
commands = ["git status", "ls"]
require_approval = ["rm"]

[policies.operational.require_approval]
operations = ["delete_file", "publish_template"]

[policies.agents.writer]
can_read = ["*"]
can_write = ["src/*", "out/*"]
cannot_write = ["src/vendor/*"]
`;

export interface TestFolder {
  readonly root: string;
  readonly configDir: string;
  write(path: string, text: string | Buffer): string;
  remove(): void;
}

/** An empty workspace with a configuration folder, in the system's temporary directory. */
export function createFolder(files: Record<string, string> = {}): TestFolder {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'ggen-test-')));
  const write = (path: string, text: string | Buffer): string => {
    const full = join(root, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text);
    return full;
  };
  for (const [path, text] of Object.entries({ 'config/governance.toml': GOVERNANCE, ...files })) write(path, text);
  return {
    root,
    configDir: join(root, 'config'),
    write,
    remove: () => {
      for (const each of [root, `${root}-home`]) rmSync(each, { recursive: true, force: true });
    },
  };
}

/** Opens the real system over a folder, with a home of its own. */
export function openFolder(folder: TestFolder, env: Record<string, string> = {}): Promise<GovernedSystem> {
  return openSystem({ configDir: folder.configDir, workspace: folder.root, home: homeOf(folder), env });
}

/** The home of the one who runs the system over this folder. */
export function homeOf(folder: TestFolder): string {
  return `${folder.root}-home`;
}
