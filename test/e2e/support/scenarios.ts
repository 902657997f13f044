import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Peer } from './peer.ts';

export interface Scenario {
  readonly name: string;
  /** only with these clients; default all that the server speaks to */
  readonly only?: 'initialized' | 'stateless';
  run(peer: Peer, root: string): Promise<unknown>;
}

const call = (name: string, args: Record<string, unknown> = {}): Scenario => ({
  name: `call ${name}`,
  run: (peer) => peer.client.callTool({ name, arguments: args }),
});

/** The answer, or the error as a client sees it. */
export async function outcomeOf(run: () => Promise<unknown>): Promise<unknown> {
  try {
    return { answer: await run() };
  } catch (error) {
    const { code, message, data } = error as { code?: unknown; message?: string; data?: unknown };
    return { error: { code, message, data } };
  }
}

/** Waits until `find` gives something, for as long as the test may run. */
export async function eventually<T>(find: () => T | undefined | false | Promise<T | undefined | false>): Promise<T> {
  for (;;) {
    const found = await find();
    if (found !== undefined && found !== false) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export const seen = (peer: Peer, method: string): unknown[] =>
  peer.received.filter((message) => (message as { method?: string }).method === method);

const COMMON: readonly Scenario[] = [
  {
    name: 'what the server says of itself',
    run: async ({ client }) => [
      client.getServerVersion(),
      client.getServerCapabilities(),
      client.getInstructions(),
      client.getNegotiatedProtocolVersion(),
    ],
  },
  { name: 'tools/list', run: ({ client }) => client.listTools() },
  { name: 'an unknown method', run: ({ client }) => raw(client, 'nobody/knows', { x: 1 }) },
  { name: 'an unknown tool', run: ({ client }) => client.callTool({ name: 'no_such_tool', arguments: {} }) },
  { name: 'ping', only: 'initialized', run: ({ client }) => client.ping() },
];

/** A request that the client knows no types for. */
function raw(client: Peer['client'], method: string, params: Record<string, unknown>): Promise<unknown> {
  const anything = {
    parse: (value: unknown) => value,
    safeParse: (data: unknown) => ({ success: true, data }),
    '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) },
  };
  return client.request({ method, params }, anything as never);
}

/**
 * A call that asks for progress, and the notes as they came. (What the client's own callback sees depends on when the
 * answer is read: it is taken away with it.)
 */
async function withProgress(
  peer: Peer,
  params: { name: string; arguments: Record<string, unknown> },
): Promise<unknown> {
  const before = seen(peer, 'notifications/progress').length;
  const options = { onprogress: () => undefined };
  const answer = await peer.client.callTool(params, ...([undefined, options].slice(isV1(peer) ? 0 : 1) as never[]));
  return { answer, notes: seen(peer, 'notifications/progress').slice(before) };
}

export const EVERYTHING: readonly Scenario[] = [
  ...COMMON,
  call('echo', { message: 'hello' }),
  {
    name: 'unicode',
    run: ({ client }) =>
      client.callTool({ name: 'echo', arguments: { message: 'Zoë 日本 🏳️‍🌈 \u2028\u0000\u001f\\"\u007f\ufeff' } }),
  },
  {
    name: 'half a megabyte both ways',
    run: ({ client }) => client.callTool({ name: 'echo', arguments: { message: 'é"\\'.repeat(100_000) } }),
  },
  { name: 'wrong arguments', run: ({ client }) => client.callTool({ name: 'echo', arguments: { message: 7 } }) },
  { name: 'no arguments', run: ({ client }) => client.callTool({ name: 'echo' }) },
  call('get-sum', { a: 0.1, b: 12345678901234 }),
  call('get-tiny-image'),
  call('get-structured-content', { location: 'New York' }),
  call('get-annotated-message', { messageType: 'error', includeImage: true }),
  call('get-resource-reference', { resourceType: 'Text', resourceId: 1 }),
  call('get-resource-links', { count: 3 }),
  call('trigger-sampling-request', { prompt: 'hi', maxTokens: 5 }),
  call('trigger-elicitation-request'),
  call('get-roots-list'),
  {
    name: 'a hundred calls at once',
    run: ({ client }) =>
      Promise.all(
        Array.from({ length: 100 }, (_, i) => client.callTool({ name: 'echo', arguments: { message: `m${i}` } })),
      ),
  },
  {
    name: 'progress',
    run: (peer) =>
      withProgress(peer, { name: 'trigger-long-running-operation', arguments: { duration: 0.2, steps: 4 } }),
  },
  {
    name: 'cancellation, and the connection goes on',
    run: async (peer) => {
      const abort = new AbortController();
      const options = { signal: abort.signal };
      const long = { name: 'trigger-long-running-operation', arguments: { duration: 30, steps: 3 } };
      const running = outcomeOf(() =>
        peer.client.callTool(long, ...([undefined, options].slice(isV1(peer) ? 0 : 1) as never[])),
      );
      await peer.client.callTool({ name: 'echo', arguments: { message: 'before' } });
      abort.abort('enough');
      return [await running, await peer.client.callTool({ name: 'echo', arguments: { message: 'after' } })];
    },
  },
  { name: 'resources/list', run: ({ client }) => client.listResources() },
  { name: 'resources/templates/list', run: ({ client }) => client.listResourceTemplates() },
  { name: 'resources/read text', run: ({ client }) => client.readResource({ uri: 'demo://resource/dynamic/text/1' }) },
  {
    name: 'resources/read blob',
    run: async ({ client }) => {
      const { contents } = await client.readResource({ uri: 'demo://resource/dynamic/blob/2' });
      return contents.map((part) => ('blob' in part ? { ...part, blob: atob(part.blob) } : part)); // it tells the time
    },
  },
  { name: 'resources/read that fails', run: ({ client }) => client.readResource({ uri: 'demo://nothing' }) },
  {
    name: 'subscription',
    run: async (peer) => {
      const uri = 'demo://resource/dynamic/text/1';
      const subscribed = await peer.client.subscribeResource({ uri });
      const toggled = await peer.client.callTool({ name: 'toggle-subscriber-updates', arguments: {} });
      const update = await eventually(() => seen(peer, 'notifications/resources/updated')[0]);
      await peer.client.callTool({ name: 'toggle-subscriber-updates', arguments: {} });
      return [subscribed, toggled, update, await peer.client.unsubscribeResource({ uri })];
    },
  },
  { name: 'prompts/list', run: ({ client }) => client.listPrompts() },
  { name: 'prompts/get', run: ({ client }) => client.getPrompt({ name: 'args-prompt', arguments: { city: 'Köln' } }) },
  {
    name: 'prompts/get with a resource',
    run: ({ client }) =>
      client.getPrompt({ name: 'resource-prompt', arguments: { resourceType: 'Text', resourceId: '1' } }),
  },
  { name: 'prompts/get that fails', run: ({ client }) => client.getPrompt({ name: 'args-prompt', arguments: {} }) },
  {
    name: 'completion',
    run: ({ client }) =>
      client.complete({
        ref: { type: 'ref/prompt', name: 'completable-prompt' },
        argument: { name: 'name', value: 'A' },
        context: { arguments: { department: 'Engineering' } },
      }),
  },
  {
    name: 'logging',
    run: async (peer) => {
      const before = seen(peer, 'notifications/message').length;
      const set = await peer.client.setLoggingLevel('debug');
      const on = await peer.client.callTool({ name: 'toggle-simulated-logging', arguments: {} });
      const messages = await eventually(() => seen(peer, 'notifications/message').length > before);
      return [set, on, messages, await peer.client.callTool({ name: 'toggle-simulated-logging', arguments: {} })];
    },
  },
  {
    name: 'list_changed while tools are listed anew',
    run: async (peer) => {
      // the server adds its conditional tools once it knows what the client can do
      const change = await eventually(() => seen(peer, 'notifications/tools/list_changed')[0]);
      return [change, await peer.client.listTools()];
    },
  },
  {
    name: 'a tool call as a task',
    run: async ({ client }) => {
      const params = { name: 'simulate-research-query', arguments: { topic: 'x' }, task: { ttl: 60_000 } };
      const created = (await raw(client, 'tools/call', params)) as { task?: { taskId?: string } };
      const taskId = created.task?.taskId;
      const got = (await raw(client, 'tasks/get', { taskId })) as { taskId?: string };
      return [
        Object.keys(created),
        got.taskId === taskId,
        await raw(client, 'tasks/cancel', { taskId }).then(() => 'cancelled'),
      ];
    },
  },
];

export const FILESYSTEM: readonly Scenario[] = [
  ...COMMON,
  {
    name: 'read_text_file',
    run: ({ client }, root) => client.callTool({ name: 'read_text_file', arguments: { path: join(root, 'a.txt') } }),
  },
  {
    name: 'read_file with head',
    run: ({ client }, root) =>
      client.callTool({ name: 'read_file', arguments: { path: join(root, 'a.txt'), head: 1 } }),
  },
  {
    name: 'a relative path',
    run: ({ client }) => client.callTool({ name: 'read_text_file', arguments: { path: 'a.txt' } }),
  },
  {
    name: 'read_media_file',
    run: ({ client }, root) =>
      client.callTool({ name: 'read_media_file', arguments: { path: join(root, 'pixel.png') } }),
  },
  {
    name: 'read_multiple_files',
    run: ({ client }, root) =>
      client.callTool({ name: 'read_multiple_files', arguments: { paths: [join(root, 'a.txt'), join(root, 'none')] } }),
  },
  {
    name: 'outside',
    run: ({ client }) => client.callTool({ name: 'read_text_file', arguments: { path: '/etc/hostname' } }),
  },
  {
    name: 'write_file',
    run: async ({ client }, root) => {
      const path = join(root, 'new ü.txt');
      const answer = await client.callTool({ name: 'write_file', arguments: { path, content: 'line\r\n\u{1f600}' } });
      return [answer, readFileSync(path, 'utf8')];
    },
  },
  {
    name: 'edit_file',
    run: ({ client }, root) =>
      client.callTool({
        name: 'edit_file',
        arguments: { path: join(root, 'a.txt'), edits: [{ oldText: 'two', newText: 'zwei' }] },
      }),
  },
  {
    name: 'create_directory',
    run: ({ client }, root) => client.callTool({ name: 'create_directory', arguments: { path: join(root, 'd/e') } }),
  },
  {
    name: 'move_file',
    run: ({ client }, root) =>
      client.callTool({
        name: 'move_file',
        arguments: { source: join(root, 'b.txt'), destination: join(root, 'd/b.txt') },
      }),
  },
  {
    name: 'list_directory',
    run: ({ client }, root) => client.callTool({ name: 'list_directory', arguments: { path: root } }),
  },
  {
    name: 'list_directory_with_sizes',
    run: ({ client }, root) => client.callTool({ name: 'list_directory_with_sizes', arguments: { path: root } }),
  },
  {
    name: 'directory_tree',
    run: ({ client }, root) => client.callTool({ name: 'directory_tree', arguments: { path: root } }),
  },
  {
    name: 'search_files',
    run: ({ client }, root) =>
      client.callTool({ name: 'search_files', arguments: { path: root, pattern: '**/*.txt' } }),
  },
  {
    name: 'get_file_info',
    run: async ({ client }, root) => {
      const answer = await client.callTool({ name: 'get_file_info', arguments: { path: join(root, 'a.txt') } });
      return JSON.parse(JSON.stringify(answer).replace(/(created|modified|accessed): [^\\]*/g, '$1: <time>'));
    },
  },
  call('list_allowed_directories'),
  {
    name: 'a big file',
    run: ({ client }, root) => client.callTool({ name: 'read_text_file', arguments: { path: join(root, 'big.txt') } }),
  },
];

export const MEMORY: readonly Scenario[] = [
  ...COMMON,
  call('create_entities', {
    entities: [
      { name: 'Zoë', entityType: 'person', observations: ['likes tea'] },
      { name: 'B', entityType: 'x', observations: [] },
    ],
  }),
  call('create_relations', { relations: [{ from: 'Zoë', to: 'B', relationType: 'knows' }] }),
  call('add_observations', { observations: [{ entityName: 'Zoë', contents: ['and 日本'] }] }),
  call('read_graph'),
  call('search_nodes', { query: 'tea' }),
  call('open_nodes', { names: ['B'] }),
  { name: 'the graph as a resource', run: ({ client }) => client.readResource({ uri: 'memory://knowledge-graph' }) },
  {
    name: 'a subscribed resource changes',
    run: async (peer) => {
      await peer.client.subscribeResource({ uri: 'memory://knowledge-graph' });
      const answer = await peer.client.callTool({
        name: 'delete_observations',
        arguments: { deletions: [{ entityName: 'Zoë', observations: ['likes tea'] }] },
      });
      return [answer, await eventually(() => seen(peer, 'notifications/resources/updated')[0])];
    },
  },
  call('delete_relations', { relations: [{ from: 'Zoë', to: 'B', relationType: 'knows' }] }),
  call('delete_entities', { entityNames: ['Zoë', 'B'] }),
  { name: 'the graph at the end', run: ({ client }) => client.callTool({ name: 'read_graph', arguments: {} }) },
];

export const STATELESS: readonly Scenario[] = [
  ...COMMON,
  call('echo', { message: 'Zoë 🏳️‍🌈' }),
  call('fail', { how: 'throw' }),
  call('fail', { how: 'isError' }),
  {
    name: 'progress',
    run: (peer) => withProgress(peer, { name: 'count', arguments: { to: 3 } }),
  },
  {
    name: 'cancellation',
    run: async (peer) => {
      const abort = new AbortController();
      const running = outcomeOf(() => peer.client.callTool({ name: 'hang', arguments: {} }, { signal: abort.signal }));
      await peer.client.callTool({ name: 'echo', arguments: { message: 'before' } });
      abort.abort('enough');
      return [await running, await peer.client.callTool({ name: 'echo', arguments: { message: 'after' } })];
    },
  },
  {
    name: 'more input in mid-call',
    run: ({ client }) => client.callTool({ name: 'deploy', arguments: { env: 'prod' } }),
  },
  { name: 'server/discover', only: 'stateless', run: ({ client }) => client.discover() },
  {
    name: 'subscriptions/listen',
    only: 'stateless',
    run: async ({ client }) => (await client.listen({ toolsListChanged: true })).close(),
  },
  {
    name: 'prompts',
    run: async ({ client }) => [
      await client.listPrompts(),
      await client.getPrompt({ name: 'greet', arguments: { name: 'Ö' } }),
    ],
  },
  {
    name: 'resources',
    run: async ({ client }) => [
      await client.listResources(),
      await client.readResource({ uri: 'fixture://motd' }),
      await client.readResource({ uri: 'fixture://page/7' }),
    ],
  },
  {
    name: 'completion',
    run: ({ client }) =>
      client.complete({
        ref: { type: 'ref/resource', uri: 'fixture://page/{n}' },
        argument: { name: 'n', value: '1' },
      }),
  },
];

function isV1(peer: Peer): boolean {
  return !('getProtocolEra' in peer.client);
}
