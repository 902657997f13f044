import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ClientKind, connect } from './support/peer.ts';
import { EVERYTHING, FILESYSTEM, MEMORY, outcomeOf, type Scenario, STATELESS } from './support/scenarios.ts';

const REPOSITORY = resolve(import.meta.dirname, '../..');
const REFERENCE = join(REPOSITORY, 'node_modules/@modelcontextprotocol');
const GGEN_MCP = [process.execPath, join(REPOSITORY, 'src/cli/main.ts')];

interface Server {
  readonly name: string;
  readonly scenarios: readonly Scenario[];
  readonly clients: readonly ClientKind[];
  readonly roots?: boolean;
  command(root: string): string[];
}

const SERVERS: readonly Server[] = [
  {
    name: 'server-everything',
    scenarios: EVERYTHING,
    clients: ['v1', 'v2'],
    roots: true,
    command: () => [process.execPath, join(REFERENCE, 'server-everything/dist/index.js')],
  },
  {
    name: 'server-filesystem',
    scenarios: FILESYSTEM,
    clients: ['v1', 'v2'],
    command: (root) => [process.execPath, join(REFERENCE, 'server-filesystem/dist/index.js'), root],
  },
  {
    name: 'server-memory',
    scenarios: MEMORY,
    clients: ['v1', 'v2'],
    command: () => [process.execPath, join(REFERENCE, 'server-memory/dist/index.js')],
  },
  {
    name: 'a server of the 2026-07-28 protocol',
    scenarios: STATELESS,
    clients: ['v2 stateless', 'v2'],
    command: () => [process.execPath, join(import.meta.dirname, 'support/stateless-server.ts')],
  },
];

/** The real proxy with everything behind it, under a policy that records what it would refuse and enforces nothing. */
function proxy(top: string, root: string): string[] {
  const config = join(top, 'config');
  mkdirSync(config);
  writeFileSync(join(config, 'governance.toml'), '[policies]\nversion = "1.0"\nenforcement_mode = "audit-only"\n');
  writeFileSync(join(config, 'audit.toml'), `[audit.storage]\npath = "${join(top, 'audit.db')}"\n`);
  return [...GGEN_MCP, 'proxy', '--config', config, '--workspace', root, '--agent', 'tester', '--'];
}

/** Runs every scenario in order with one client, over a fresh folder; what differs between any two runs is masked. */
async function answers(server: Server, kind: ClientKind, proxied: boolean): Promise<Record<string, unknown>> {
  const top = realpathSync(mkdtempSync(join(tmpdir(), 'ggen-mcp-')));
  const root = join(top, 'work');
  mkdirSync(root);
  writeFileSync(join(root, 'a.txt'), 'one\ntwo\nthree\n');
  writeFileSync(join(root, 'b.txt'), 'b');
  writeFileSync(join(root, 'big.txt'), 'é"\\\n'.repeat(500_000));
  writeFileSync(join(root, 'pixel.png'), Buffer.from('89504e470d0a1a0a', 'hex'));
  mkdirSync(join(root, 'sub'));
  const env = { ...process.env, HOME: top, MEMORY_FILE_PATH: join(top, 'memory.jsonl') } as Record<string, string>;
  const peer = await connect(kind, {
    command: [...(proxied ? proxy(top, root) : []), ...server.command(root)],
    cwd: root,
    env,
    ...(server.roots ? { roots: [root] } : {}),
  });
  try {
    const found: Record<string, unknown> = {};
    for (const scenario of server.scenarios) {
      if (scenario.only && (scenario.only === 'stateless') !== (kind === 'v2 stateless')) continue;
      found[scenario.name] = mask(await outcomeOf(() => scenario.run(peer, root)), root);
    }
    return found;
  } finally {
    await peer.close();
    expect(existsSync(join(top, 'audit.db'))).toBe(proxied);
    rmSync(top, { recursive: true, force: true });
  }
}

function mask(value: unknown, root: string): unknown {
  const text = JSON.stringify(value) ?? 'null';
  return JSON.parse(
    text
      .replaceAll(root, '<root>')
      .replace(/\d{1,2}:\d{2}:\d{2} [AP]M/g, '<time>')
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>'),
  );
}

describe('every answer is the same with and without the proxy', () => {
  for (const server of SERVERS) {
    for (const kind of server.clients) {
      it(`${server.name}, ${kind} client, ${server.scenarios.length} scenarios`, { timeout: 120_000 }, async () => {
        const direct = await answers(server, kind, false);
        const proxied = await answers(server, kind, true);
        expect(Object.keys(proxied)).toEqual(Object.keys(direct));
        for (const [name, answer] of Object.entries(direct))
          expect({ [name]: proxied[name] }).toEqual({ [name]: answer });
      });
    }
  }
});
