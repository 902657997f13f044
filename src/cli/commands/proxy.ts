import { openSystem } from '../../compose/index.ts';
import { runProxy } from '../../gateway/mcp/index.ts';
import { GgenError, renderError } from '../../kernel/errors.ts';
import type { Command } from '../command.ts';

/** `ggen-mcp proxy`: the governor in front of a stdio MCP server. */
export const proxy: Command = {
  name: 'proxy',
  usage: 'proxy --agent NAME [--server NAME] [--session ID] [--provider NAME] [--wait SECONDS] -- COMMAND [ARG…]',
  summary: 'put the governor in front of a stdio MCP server',
  details:
    '--server names the table that maps the server’s tools to operations; known servers are recognised by COMMAND.\n' +
    '--wait is how long a call waits for an approval (default [gateway.mcp] approval_wait_seconds).',
  options: {
    agent: { type: 'string', value: 'NAME', about: 'who every call counts as' },
    server: { type: 'string', value: 'NAME', about: 'the server’s short name (default: read off COMMAND)' },
    session: { type: 'string', value: 'ID', about: 'recorded with every call' },
    provider: { type: 'string', value: 'NAME', about: 'model provider whose rate limit counts' },
    wait: { type: 'string', value: 'SECONDS', about: 'how long a call waits for an approval' },
  },
  exits: 'the server’s own, 128 + n where signal n ended it; 127 or 126 it could not be started, 2 the proxy could not',
  positionals: [],
  async run(context) {
    const { values, rest, stdin, stdout, stderr } = context;
    if (typeof values.agent !== 'string' || values.agent === '')
      throw new GgenError('USAGE', '--agent NAME is missing', { hint: `usage: ggen-mcp ${proxy.usage}` });
    if (!rest?.length)
      throw new GgenError('USAGE', 'the server’s command is missing', { hint: `usage: ggen-mcp ${proxy.usage}` });
    const waitSeconds = values.wait === undefined ? undefined : Number(values.wait);
    if (waitSeconds !== undefined && !(waitSeconds >= 0 && waitSeconds <= 86_400)) {
      throw new GgenError('USAGE', '--wait takes seconds from 0 to 86400');
    }
    const system = await openSystem({
      ...context,
      watch: true,
      onReloadError: (error) => stderr.write(`ggen-mcp proxy: configuration not taken over: ${renderError(error)}\n`),
      onWorkFault: (line) => stderr.write(`ggen-mcp proxy: ${line}\n`),
    });
    try {
      return await runProxy({
        system,
        agent: values.agent,
        command: [...rest],
        server: typeof values.server === 'string' ? values.server : undefined,
        ...(typeof values.session === 'string' ? { session: values.session } : {}),
        ...(typeof values.provider === 'string' ? { provider: values.provider } : {}),
        ...(waitSeconds === undefined ? {} : { waitSeconds }),
        stdin,
        stdout,
        stderr,
      });
    } finally {
      await system.close();
    }
  },
};
