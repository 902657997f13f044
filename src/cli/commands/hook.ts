import { GgenError } from '../../kernel/errors.ts';
import type { Command } from '../command.ts';

/**
 * `ggen-mcp hook claude-code`, for the help page: the launcher starts the hook's own small program before this one is
 * loaded, since a process is started for every call of a tool.
 */
export const hookClaudeCode: Command = {
  name: 'hook claude-code',
  usage: 'hook claude-code [--agent NAME] [--provider NAME]',
  summary: 'judge one call that Claude Code announces on standard input; written into its settings by install',
  details:
    'Exit code: 0 with no output leaves the call to the client’s own rules, 2 denies it with the reason on stderr.',
  options: { agent: { type: 'string' }, provider: { type: 'string' } },
  positionals: [],
  async run() {
    throw new GgenError('USAGE', 'start this through bin/ggen-mcp');
  },
};
