// The agent's side: the official MCP client, connected to a server through `ggen-mcp proxy`.
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { CallToolResultSchema } from '@modelcontextprotocol/sdk/types.js';

/** How a governed call ended, in the agent's eyes. */
export interface CallEnd {
  readonly refused: boolean;
  readonly text: string;
}

export interface GovernedServer {
  call(tool: string, input: Record<string, unknown>, onWaiting?: () => void): Promise<CallEnd>;
  close(): Promise<void>;
}

/** Starts an MCP server behind `ggen-mcp proxy`; `waitSeconds` is how long a call waits for a person. */
export async function openGovernedServer(start: {
  readonly ggenMcp: string;
  readonly workspace: string;
  readonly server: string;
  readonly command: readonly string[];
  readonly waitSeconds: number;
}): Promise<GovernedServer> {
  const { ggenMcp, workspace, server, command, waitSeconds } = start;
  const client = new Client({ name: 'first-session', version: '1.0.0' });
  await client.connect(
    new StdioClientTransport({
      command: ggenMcp,
      args: ['proxy', '--agent', 'demo', '--server', server, '--wait', String(waitSeconds), '--', ...command],
      cwd: workspace,
      stderr: 'ignore',
    }),
  );
  return {
    call: async (tool, input, onWaiting) => {
      const result = await client.callTool({ name: tool, arguments: input }, CallToolResultSchema, {
        timeout: (waitSeconds + 60) * 1000,
        ...(onWaiting ? { onprogress: onWaiting } : {}),
      });
      const { content, isError } = CallToolResultSchema.parse(result);
      const text = content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
      return { refused: isError === true, text };
    },
    close: () => client.close(),
  };
}
