import { Client as ClientV2 } from '@modelcontextprotocol/client';
import { StdioClientTransport as StdioV2 } from '@modelcontextprotocol/client/stdio';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as StdioV1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import {
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  ListRootsRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';

export type ClientKind = 'v1' | 'v2' | 'v2 stateless';

export interface ServerLaunch {
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env?: Record<string, string>;
  /** folders that the client offers; none: it has no roots capability */
  readonly roots?: readonly string[];
}

/** The calls that the official clients of both lines share. */
export interface Peer {
  readonly client: ClientV2;
  /** every notification and request that came from the server, in the order of arrival */
  readonly received: unknown[];
  /** process id of what the client started */
  readonly pid: number | null;
  close(): Promise<void>;
}

const CAPABILITIES = { sampling: {}, elicitation: { form: {}, url: {} } };
const SAMPLED = { model: 'test', role: 'assistant', content: { type: 'text', text: 'sampled ✓' } } as const;
const ELICITED = { action: 'accept', content: { confirm: true, name: 'Zoë', integer: 7 } } as const;

/** Connects an official client to a server that it starts. */
export async function connect(kind: ClientKind, launch: ServerLaunch): Promise<Peer> {
  const [command = '', ...args] = launch.command;
  const start = {
    command,
    args,
    cwd: launch.cwd,
    stderr: 'ignore' as const,
    ...(launch.env ? { env: launch.env } : {}),
  };
  const roots = launch.roots?.map((path) => ({ uri: `file://${path}`, name: 'root' }));
  const capabilities = { ...CAPABILITIES, ...(roots ? { roots: { listChanged: true } } : {}) };
  const received: unknown[] = [];
  const info = { name: 'tester', version: '1.0.0' };

  if (kind === 'v1') {
    const transport = new StdioV1(start);
    const client = new ClientV1(info, { capabilities });
    client.setRequestHandler(CreateMessageRequestSchema, async () => SAMPLED);
    client.setRequestHandler(ElicitRequestSchema, async () => ELICITED);
    if (roots) client.setRequestHandler(ListRootsRequestSchema, async () => ({ roots }));
    await client.connect(transport);
    record(transport, received);
    const { pid } = transport;
    return { client: client as unknown as ClientV2, received, pid, close: () => client.close() };
  }
  const transport = new StdioV2(start);
  const client = new ClientV2(info, {
    capabilities,
    ...(kind === 'v2 stateless' ? { versionNegotiation: { mode: { pin: '2026-07-28' } } } : {}),
  });
  client.setRequestHandler('sampling/createMessage', async () => SAMPLED);
  client.setRequestHandler('elicitation/create', async () => ELICITED);
  if (roots) client.setRequestHandler('roots/list', async () => ({ roots }));
  await client.connect(transport);
  record(transport, received);
  return { client, received, pid: transport.pid, close: () => client.close() };
}

interface Listening {
  onmessage?: ((message: never, extra?: never) => void) | undefined;
}

function record(transport: Listening, into: unknown[]): void {
  const deliver = transport.onmessage?.bind(transport);
  transport.onmessage = (message: never, extra?: never) => {
    if ('method' in (message as object)) into.push(message);
    deliver?.(message, extra);
  };
}
