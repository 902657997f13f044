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
    'Without output and with 0 the call is left to the client’s own rules. With --help, as with anything else that it\n' +
    'can’t judge, the hook itself denies: this page is ggen-mcp help hook claude-code.',
  options: {
    agent: { type: 'string', value: 'NAME', about: 'who every call counts as (default claude-code)' },
    provider: { type: 'string', value: 'NAME', about: 'model provider whose rate limit counts' },
  },
  exits: '0 judged, the answer on standard output; 2 denied, the reason on standard error',
  positionals: [],
  async run() {
    throw new GgenError('USAGE', 'start this through bin/ggen-mcp');
  },
};
