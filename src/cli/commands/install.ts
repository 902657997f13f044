import { existsSync, realpathSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { displayPath, gitHooksFolder } from '../../compose/index.ts';
import {
  type InstallPlace,
  installClaudeCode,
  installGitHook,
  settingsPath,
  uninstallClaudeCode,
  uninstallGitHook,
} from '../../gateway/hooks/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import { type Command, type CommandContext, EXIT } from '../command.ts';
import { loadPolicies } from './load-policies.ts';

/** `ggen-mcp install claude-code`: our hooks into the client's settings, nothing else of them disturbed. */
export const install: Command = {
  name: 'install',
  usage: 'install claude-code [--project] [--agent NAME] [--provider NAME] | install git',
  summary: 'put the governor before every tool call of a client, or a search for secrets before every commit',
  details:
    '--project writes ./.claude/settings.json instead of the one in your home directory. git writes the pre-commit hook of the\n' +
    'repository that --workspace lies in; a hook that stands there goes on being called. What config/secrets-baseline.json\n' +
    'holds is known.',
  options: {
    project: { type: 'boolean', about: 'the settings of this project, not those of your home directory' },
    agent: { type: 'string', value: 'NAME', about: 'who every call counts as (default claude-code)' },
    provider: { type: 'string', value: 'NAME', about: 'model provider whose rate limit counts' },
  },
  exits: '0 written, or there already; 2 nothing written',
  positionals: ['claude-code|git'],
  async run(context) {
    if (context.positionals[0] === 'git') return installGit(context);
    const place = placeOf(context);
    loadPolicies(context); // a hook without a usable policy denies everything: say so now
    const changed = installClaudeCode({
      ...place,
      configDir: context.configDir,
      agent: String(context.values.agent ?? 'claude-code'),
      ...(typeof context.values.provider === 'string' ? { provider: context.values.provider } : {}),
      node: process.execPath,
      launcher: launcherOf(context),
    });
    const path = displayPath(settingsPath(place));
    context.print(changed ? `hooks written to ${path}; restart the client` : `hooks stand in ${path} already`);
    return EXIT.ok;
  },
};

/** `ggen-mcp uninstall claude-code`: takes exactly ours out again. */
export const uninstall: Command = {
  name: 'uninstall',
  usage: 'uninstall claude-code [--project] | uninstall git',
  summary: 'take the governor out of a client’s settings, or out of git’s hooks, again',
  details: 'Takes out what install wrote and leaves the rest.',
  options: {
    project: { type: 'boolean', about: 'the settings of this project, not those of your home directory' },
  },
  exits: '0 taken out, or not there; 2 nothing changed',
  positionals: ['claude-code|git'],
  async run(context) {
    if (context.positionals[0] === 'git') return uninstallGit(context);
    const place = placeOf(context);
    const changed = uninstallClaudeCode(place);
    const path = displayPath(settingsPath(place));
    context.print(changed ? `hooks taken out of ${path}; restart the client` : `no hooks of ours in ${path}`);
    return EXIT.ok;
  },
};

function launcherOf(context: CommandContext): string {
  const launcher = context.env.GGEN_LAUNCHER ?? process.argv[1];
  if (!launcher || !existsSync(launcher)) throw new GgenError('INTERNAL', 'the path of ggen-mcp is not known');
  return realpathSync(launcher);
}

function installGit(context: CommandContext): number {
  const hooks = gitHooksFolder(context.workspace);
  const launcher = launcherOf(context);
  const changed = installGitHook({ hooks, node: process.execPath, launcher, configDir: context.configDir });
  const path = displayPath(join(hooks, 'pre-commit'));
  context.print(changed ? `hook written to ${path}` : `the hook stands in ${path} already`);
  return EXIT.ok;
}

function uninstallGit(context: CommandContext): number {
  const hooks = gitHooksFolder(context.workspace);
  const changed = uninstallGitHook(hooks);
  const path = displayPath(join(hooks, 'pre-commit'));
  context.print(changed ? `hook taken out of ${path}` : `no hook of ours in ${path}`);
  return EXIT.ok;
}

function placeOf(context: CommandContext): InstallPlace {
  const client = context.positionals[0];
  if (client !== 'claude-code') {
    throw new GgenError('USAGE', `unknown client ${JSON.stringify(client)}`, { hint: 'known: claude-code, git' });
  }
  const home = context.env.HOME ?? homedir();
  const workspace = realpathSync(context.workspace);
  if (context.values.project !== true && !existsSync(home))
    throw new GgenError('USAGE', `no home directory ${join(home)}`);
  const place = { project: context.values.project === true, workspace, home };
  const path = settingsPath(place);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new GgenError('CONFLICT', `${displayPath(path)} is a folder`, {
      hint: 'the client keeps its settings in a file of that name; move the folder away',
    });
  return place;
}
