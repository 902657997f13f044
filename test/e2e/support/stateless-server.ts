// A small server of the 2026-07-28 protocol on stdio (and of 2025, for clients that open so).
import {
  acceptedContent,
  fromJsonSchema,
  inputRequired,
  McpServer,
  ResourceTemplate,
} from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';

const text = (value: string) => ({ content: [{ type: 'text' as const, text: value }] });
const object = <T>(properties: Record<string, unknown>, required: string[] = Object.keys(properties)) =>
  fromJsonSchema<T>({ type: 'object', properties, required } as Parameters<typeof fromJsonSchema>[0]);

serveStdio(() => {
  const server = new McpServer(
    { name: 'stateless-fixture', version: '1.0.0' },
    { capabilities: { tools: { listChanged: true }, logging: {} }, instructions: 'A fixture.' },
  );
  let deployments = 0;

  server.registerTool(
    'echo',
    { description: 'Echoes', inputSchema: object<{ message: string }>({ message: { type: 'string' } }) },
    async ({ message }) => text(`Echo: ${message}`),
  );
  server.registerTool(
    'fail',
    { description: 'Fails', inputSchema: object<{ how: string }>({ how: { type: 'string' } }) },
    async ({ how }) => {
      if (how === 'throw') throw new Error('it threw');
      return { ...text('it failed'), isError: true };
    },
  );
  server.registerTool(
    'count',
    { description: 'Reports progress', inputSchema: object<{ to: number }>({ to: { type: 'number' } }) },
    async ({ to }, ctx) => {
      const progressToken = ctx.mcpReq._meta?.progressToken;
      for (let progress = 1; progressToken !== undefined && progress <= to; progress += 1) {
        await ctx.mcpReq.notify({
          method: 'notifications/progress',
          params: { progressToken, progress, total: to, message: `step ${progress}` },
        });
      }
      return text(`counted to ${to}`);
    },
  );
  server.registerTool(
    'hang',
    { description: 'Ends when cancelled', inputSchema: object<Record<string, never>>({}) },
    async (_args, ctx) => {
      await new Promise<void>((resolve) => ctx.mcpReq.signal.addEventListener('abort', () => resolve()));
      return text('cancelled');
    },
  );
  server.registerTool(
    'deploy',
    { description: 'Asks first', inputSchema: object<{ env: string }>({ env: { type: 'string' } }) },
    async ({ env }, ctx) => {
      const answer = acceptedContent<{ confirm: boolean }>(ctx.mcpReq.inputResponses, 'confirm');
      if (answer?.confirm !== true) {
        return inputRequired({
          inputRequests: {
            confirm: inputRequired.elicit({
              message: `Deploy to ${env}?`,
              requestedSchema: { type: 'object', properties: { confirm: { type: 'boolean' } }, required: ['confirm'] },
            }),
          },
          requestState: `deploy ${env} "ünïcode" \\`,
        });
      }
      deployments += 1;
      return text(`deployed to ${env} (${deployments})`);
    },
  );
  server.registerPrompt(
    'greet',
    {
      description: 'A greeting',
      argsSchema: object<{ name: string }>({ name: { type: 'string' } }),
    },
    async ({ name }) => ({ messages: [{ role: 'user', content: { type: 'text', text: `Hello ${name}` } }] }),
  );
  server.registerResource('motd', 'fixture://motd', { mimeType: 'text/plain' }, async (uri) => ({
    contents: [{ uri: uri.href, text: 'message of the day' }],
  }));
  server.registerResource(
    'page',
    new ResourceTemplate('fixture://page/{n}', {
      list: undefined,
      complete: { n: (value) => ['1', '2', '10'].filter((n) => n.startsWith(value)) },
    }),
    {},
    async (uri, { n }) => ({ contents: [{ uri: uri.href, text: `page ${n}` }] }),
  );
  return server;
});
