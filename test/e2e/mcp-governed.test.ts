import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type GovernedSystem, openSystem } from '../../src/compose/index.ts';
import type { RecordedEntry } from '../../src/model/audit-entry.ts';
import { enrol, signerOf } from '../support/approvers.ts';
import { type ClientKind, connect, type Peer } from './support/peer.ts';
import { eventually, outcomeOf, seen } from './support/scenarios.ts';

const REPOSITORY = resolve(import.meta.dirname, '../..');
const reference = (name: string) => join(REPOSITORY, `node_modules/@modelcontextprotocol/${name}/dist/index.js`);
const STATELESS = join(import.meta.dirname, 'support/stateless-server.ts');

const GOVERNANCE = `[policies]
version = "1.0"
enforcement_mode = "strict"

[policies.operational.require_approval]
operations = ["create_directory", "publish_template"]

[policies.agents.writer]
can_read = ["*"]
cannot_read = ["private/*"]
can_write = ["src/*", "config/*"]
cannot_write = ["src/vendor/*"]
can_call = ["memory/*", "filesystem/list_allowed_directories", "stateless-server/echo"]
cannot_call = ["memory/delete_*"]

[[gateway.tool]]
server = "stateless-server"
tool = "deploy"
operation = "publish_template"
target = ["env"]
`;
const APPROVALS = `[approvals]
enabled = true
default_timeout_seconds = 300

[approvals.strategies]
destructive_operations = "single-approval"
external_calls = "single-approval"
high_risk_operations = "single-approval"
read_only_operations = "auto-approval"
`;

interface Answer {
  readonly isError?: boolean;
  readonly content: { readonly text: string }[];
}

interface Scene {
  readonly root: string;
  readonly peer: Peer;
  /** the same installation, opened by this process as a second one */
  readonly system: GovernedSystem;
  call(name: string, args?: object, options?: object): Promise<Answer>;
  /** what an error says, or what is wrong with it */
  refusal(name: string, args?: object): Promise<string>;
  log(): Promise<RecordedEntry[]>;
}

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function open(server: string[] | 'filesystem', kind: ClientKind = 'v1', waitSeconds = 60): Promise<Scene> {
  const top = realpathSync(mkdtempSync(join(tmpdir(), 'ggen-mcp-')));
  cleanUps.push(() => rmSync(top, { recursive: true, force: true }));
  const root = join(top, 'work');
  for (const folder of ['config', 'src/vendor', 'private', 'docs']) mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, 'config/governance.toml'), GOVERNANCE);
  writeFileSync(join(root, 'config/approvals.toml'), APPROVALS);
  enrol(join(root, 'config'), 'olga');
  writeFileSync(join(root, 'private/note.txt'), 'private');
  writeFileSync(join(root, 'docs/a.txt'), 'public');
  const command = server === 'filesystem' ? [process.execPath, reference('server-filesystem'), root] : server;
  const proxy = [
    join(REPOSITORY, 'src/cli/main.ts'),
    'proxy',
    '--agent',
    'writer',
    '--wait',
    String(waitSeconds),
    '--',
  ];
  const peer = await connect(kind, {
    command: [process.execPath, ...proxy, ...command],
    cwd: root,
    env: { ...process.env, HOME: join(top, 'home'), MEMORY_FILE_PATH: join(root, 'memory.jsonl') } as Record<
      string,
      string
    >,
  });
  cleanUps.push(() => peer.close());
  const system = await openSystem({ configDir: join(root, 'config'), workspace: root, home: join(top, 'home') });
  cleanUps.push(() => system.close());
  const call = (name: string, args: object = {}, options?: object): Promise<Answer> => {
    const rest = options === undefined ? [] : kind === 'v1' ? [undefined, options] : [options];
    const params = { name, arguments: args as Record<string, unknown> };
    return peer.client.callTool(params, ...(rest as never[])) as unknown as Promise<Answer>;
  };
  return {
    root,
    peer,
    system,
    call,
    refusal: async (name, args) => {
      const answer = await call(name, args);
      return answer.isError
        ? answer.content.map((part) => part.text).join('\n')
        : `not refused: ${JSON.stringify(answer)}`;
    },
    log: async () => (await system.store.query({ limit: 1000 })).reverse(),
  };
}

const ended = (entry: RecordedEntry) => [entry.metadata.event, entry.operation.name, entry.result];

/** The one request that waits, once it is there. */
const pending = (scene: Scene): Promise<string> =>
  eventually(async () => (await scene.system.desk.list({ pending: true, limit: 10 }))[0]?.id);

const decide = (scene: Scene, approvalId: string, approved: boolean, comment?: string) =>
  scene.system.desk.decide({
    approvalId,
    approved,
    signer: signerOf('olga'),
    via: 'olga',
    ...(comment ? { comment } : {}),
  });

describe.each(['v1', 'v2'] as const)('the filesystem server under a policy, %s client', (kind) => {
  it('lets through what the agent may do, refuses the rest with rule and line, and records both', async () => {
    const scene = await open('filesystem', kind);
    const { root } = scene;
    expect((await scene.call('read_text_file', { path: join(root, 'docs/a.txt') })).content[0]?.text).toBe('public');
    expect((await scene.call('read_text_file', { path: 'docs/a.txt' })).content[0]?.text).toBe('public');
    expect((await scene.call('write_file', { path: 'src/new.ts', content: 'x' })).isError).toBeFalsy();
    expect(readFileSync(join(root, 'src/new.ts'), 'utf8')).toBe('x');
    expect((await scene.call('list_allowed_directories')).isError).toBeFalsy();

    const outside = await scene.refusal('write_file', { path: join(root, 'docs/a.txt'), content: 'changed' });
    expect(outside).toMatch(
      /^Denied by policy: write_file .*policies\.agents\.writer\.can_write.* config\/governance\.toml:11\b/,
    );
    expect(await scene.refusal('edit_file', { path: 'src/vendor/x', edits: [] })).toContain('cannot_write[0]');
    expect(await scene.refusal('read_multiple_files', { paths: ['docs/a.txt', 'private/note.txt'] })).toContain(
      'cannot_read[0]',
    );
    expect(await scene.refusal('search_files', { path: root, pattern: '**' })).toContain('cannot_read[0]');
    expect(await scene.refusal('read_text_file', { path: '../home/x' })).toContain('Denied by policy');
    expect(await scene.refusal('read_text_file', { path: '/etc/hostname' })).toContain('Denied by policy');
    expect(readFileSync(join(root, 'docs/a.txt'), 'utf8')).toBe('public');
    expect(readdirSync(join(root, 'src/vendor'))).toEqual([]);

    await scene.peer.close();
    const log = await scene.log();
    expect(log.filter((e) => e.metadata.event === 'attempt')).toHaveLength(4);
    expect(log.filter((e) => e.result === 'denied')).toHaveLength(6);
    expect(log.every((e) => e.actor.id === 'writer' && e.metadata.door !== 'cli')).toBe(true);
    const wrote = log.filter((e) => e.operation.name === 'write_file' && e.result !== 'denied');
    expect(wrote.map(ended)).toEqual([
      ['attempt', 'write_file', 'unknown'],
      ['outcome', 'write_file', 'success'],
    ]);
    expect(wrote[0]?.correlationId).toBe(wrote[1]?.correlationId);
  });

  it('reads no secret to the agent: it is masked in the answer', async () => {
    const scene = await open('filesystem', kind);
    writeFileSync(join(scene.root, 'docs/settings.ini'), 'user = me\npassword = "correct-horse-battery"\n');
    const text = (await scene.call('read_text_file', { path: 'docs/settings.ini' })).content[0]!.text;
    expect(text).toContain('user = me');
    expect(text).toContain('[secret:');
    expect(text).not.toContain('correct-horse');
  });

  it('does not let a file be moved to where it may be read, nor away from where it may not be written', async () => {
    const scene = await open('filesystem', kind);
    const move = (source: string, destination: string) => scene.refusal('move_file', { source, destination });
    expect(await move('private/note.txt', 'src/note.txt')).toContain('Denied by policy');
    expect(await move('private', 'src/p')).toContain('Denied by policy');
    expect(await move('docs/a.txt', 'src/a.txt')).toContain('Denied by policy');
    expect(existsSync(join(scene.root, 'private/note.txt'))).toBe(true);
  });

  it('keeps configuration, store and secrets out of reach, whatever the lists say', async () => {
    const scene = await open('filesystem', kind);
    expect(await scene.refusal('write_file', { path: 'config/governance.toml', content: '' })).toContain(
      'Denied by policy',
    );
    expect(await scene.refusal('write_file', { path: 'src/../config/governance.toml', content: '' })).toContain(
      'Denied by policy',
    );
    expect(readFileSync(join(scene.root, 'config/governance.toml'), 'utf8')).toBe(GOVERNANCE);
    expect(await scene.refusal('read_text_file', { path: 'docs/a.txt\u0000.md' })).toContain('Denied by policy');
    expect(await scene.refusal('read_text_file', { path: 'docs/a.txt\nx' })).toContain('Denied by policy');
    const secret =
      '-----BEGIN RSA PRIVATE KEY-----\nMIIBOgIBAAJBAKj34GkxFhD90vcNLYLInFEX6Ppy1tPf9Cnzj4p4WGeKLs1Pt8Qu\n';
    const told = await scene.refusal('edit_file', { path: 'src/k', edits: [{ oldText: '', newText: secret }] });
    expect(told).toContain('Denied by policy');
    await scene.peer.close();
    expect(JSON.stringify([told, await scene.log()])).not.toContain('MIIBOg');
  });
});

describe('a call that needs approval', () => {
  it('goes on once a person in another process approves it, and once only', async () => {
    const scene = await open('filesystem');
    const running = scene.call('create_directory', { path: 'src/made' }, { onprogress: () => undefined });
    const id = await pending(scene);
    await eventually(() =>
      JSON.stringify(seen(scene.peer, 'notifications/progress')).includes(`approvals approve ${id}`),
    );
    expect((await scene.call('read_text_file', { path: 'docs/a.txt' })).content[0]?.text).toBe('public'); // meanwhile
    expect(existsSync(join(scene.root, 'src/made'))).toBe(false);
    await decide(scene, id, true, 'LGTM');
    expect((await running).isError).toBeFalsy();
    expect(existsSync(join(scene.root, 'src/made'))).toBe(true);

    const again = scene.call('create_directory', { path: 'src/made' });
    const second = await pending(scene);
    expect(second).not.toBe(id);
    await decide(scene, second, false, 'once is enough');
    const refused = await again;
    expect([refused.isError, refused.content[0]?.text]).toEqual([true, expect.stringMatching(/olga.*once is enough/)]);
    await scene.peer.close();
    expect((await scene.log()).filter((e) => e.operation.name === 'create_directory').map(ended)).toEqual([
      ['approval_requested', 'create_directory', 'pending'],
      ['approval_approved', 'create_directory', 'success'],
      ['approval_consumed', 'create_directory', 'success'],
      ['attempt', 'create_directory', 'unknown'],
      ['outcome', 'create_directory', 'success'],
      ['approval_requested', 'create_directory', 'pending'],
      ['approval_rejected', 'create_directory', 'denied'],
      ['refused', 'create_directory', 'denied'],
    ]);
  });

  it('is answered with the request’s id when nobody decides, and resumes by the same call, not by another', async () => {
    const scene = await open('filesystem', 'v2', 1);
    const told = await scene.refusal('create_directory', { path: 'src/made' });
    const id = (await scene.system.desk.list({ pending: true, limit: 1 }))[0]!.id;
    expect(told).toMatch(new RegExp(`^1 s passed without a decision.*ggen-mcp approvals approve ${id}`));
    await decide(scene, id, true);
    expect(await scene.refusal('create_directory', { path: 'src/other' })).toContain('without a decision');
    expect(existsSync(join(scene.root, 'src/other'))).toBe(false);
    expect((await scene.call('create_directory', { path: 'src/made' })).isError).toBeFalsy();
    expect(existsSync(join(scene.root, 'src/made'))).toBe(true);
  });

  it('is not done where the client took it back before it was approved', async () => {
    const scene = await open('filesystem');
    const abort = new AbortController();
    const running = outcomeOf(() => scene.call('create_directory', { path: 'src/made' }, { signal: abort.signal }));
    const id = await pending(scene);
    abort.abort('changed my mind');
    expect(await running).toMatchObject({ error: {} });
    await scene.call('list_allowed_directories'); // the cancellation has been read by now
    await decide(scene, id, true);
    await scene.call('list_allowed_directories');
    expect(existsSync(join(scene.root, 'src/made'))).toBe(false);
  });

  it('asks once where the server asks for more input in mid-call (2026-07-28)', async () => {
    const scene = await open([process.execPath, STATELESS], 'v2 stateless');
    const running = scene.call('deploy', { env: 'prod' });
    await decide(scene, await pending(scene), true);
    expect((await running).content[0]?.text).toBe('deployed to prod (1)');
    expect(await scene.refusal('count', { to: 1 })).toContain('Denied by policy: call_tool stateless-server/count');
    expect((await scene.call('echo', { message: 'x' })).content[0]?.text).toBe('Echo: x');
    await scene.peer.close();
    expect((await scene.log()).filter((e) => e.operation.name === 'publish_template').map(ended)).toEqual([
      ['approval_requested', 'publish_template', 'pending'],
      ['approval_approved', 'publish_template', 'success'],
      ['approval_consumed', 'publish_template', 'success'],
      ['attempt', 'publish_template', 'unknown'],
      ['outcome', 'publish_template', 'success'],
    ]);
  });
});

describe('the memory server under a policy', () => {
  it('is governed tool by tool', async () => {
    const scene = await open([process.execPath, reference('server-memory')]);
    const entities = [{ name: 'n', entityType: 't', observations: ['o'] }];
    expect((await scene.call('create_entities', { entities })).isError).toBeFalsy();
    expect(await scene.refusal('delete_entities', { entityNames: ['n'] })).toContain('cannot_call[0]');
    expect((await scene.call('read_graph')).content[0]?.text).toContain('"n"');
    const secret = {
      name: 'k',
      entityType: 't',
      observations: ['api_key = "abcdefghijklmnopqrstuvwx"', 'AKIAIOSFODNN7EXAMPLQ'],
    };
    expect(await scene.refusal('create_entities', { entities: [secret] })).toContain('Denied by policy');
  });
});

describe('what can not be recorded', () => {
  it('is not done', async () => {
    const scene = await open('filesystem');
    expect((await scene.call('write_file', { path: 'src/a', content: '1' })).isError).toBeFalsy();
    const { path } = scene.system.loaded().config.audit.storage;
    for (const suffix of ['', '-wal', '-shm']) rmSync(join(scene.root, `${path}${suffix}`), { force: true });
    // the store looks for its file every now and then, not with each commit
    for (let told = ''; !/removed or replaced/.test(told); )
      told = await scene.refusal('read_text_file', { path: 'src/a' });
    expect(await scene.refusal('write_file', { path: 'src/b', content: '2' })).toMatch(/removed or replaced/);
    expect(existsSync(join(scene.root, 'src/b'))).toBe(false);
  });
});
