// A small MCP server with one dangerous tool, made with the official SDK. It knows nothing of governance: it deletes
// what it is asked to delete, and the proxy in front of it decides whether it is asked.
import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';

const folder = process.argv[2] ?? '.';
const server = new Server({ name: 'cleanup', version: '1.0.0' }, { capabilities: { tools: {} } });

server.setRequestHandler(ListToolsRequestSchema, () => ({
  tools: [
    {
      name: 'delete_file',
      description: 'Deletes a file of the workspace for good',
      inputSchema: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] },
      annotations: { destructiveHint: true },
    },
  ],
}));

server.setRequestHandler(CallToolRequestSchema, async ({ params }) => {
  const path = String(params.arguments?.path);
  await rm(resolve(folder, path));
  return { content: [{ type: 'text', text: `deleted ${path}` }] };
});

await server.connect(new StdioServerTransport());
