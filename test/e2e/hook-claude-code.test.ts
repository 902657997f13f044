import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type GovernedSystem, openSystem } from '../../src/compose/index.ts';
import type { RecordedEntry } from '../../src/model/audit-entry.ts';
import { enrol, signerOf } from '../support/approvers.ts';
import { createFolder, type TestFolder } from '../support/test-system.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const ASK = `
[gateway.claude_code]
interactive_ask = true
`;
const POLICY = `[policies]
version = "1.0"
enforcement_mode = "strict"

[policies.security.allowed_commands]
commands = ["ls"]
require_approval = ["rm"]

[policies.agents.claude-code]
can_read = ["*"]
can_write = ["src/*"]
cannot_write = ["src/vendor/*"]
`;

let folder: TestFolder;
const children: ChildProcess[] = [];

beforeAll(() => {
  const { status, stderr } = spawnSync(process.execPath, [join(ROOT, 'scripts/build.mjs')], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
});
beforeEach(() => {
  folder = createFolder({ 'config/governance.toml': POLICY, 'a.txt': 'a' });
  enrol(folder.configDir, 'owner');
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  folder.remove();
});

const home = () => join(folder.root, 'home');

function hook(input: string | Buffer, extra: readonly string[] = []) {
  const args = ['--config', folder.configDir, '--workspace', folder.root, ...extra];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(ROOT, 'bin/ggen-mcp'), 'hook', 'claude-code', ...args],
    { input, encoding: 'utf8', env: { HOME: home() }, cwd: folder.root, maxBuffer: 1 << 20 },
  );
  return { status, stdout, stderr };
}

function message(tool: string, input: object, more: object = {}): string {
  return JSON.stringify({
    hook_event_name: 'PreToolUse',
    session_id: 's-1',
    cwd: folder.root,
    tool_use_id: 'toolu_1',
    tool_name: tool,
    tool_input: input,
    ...more,
  });
}

async function withSystem<T>(use: (system: GovernedSystem) => T | Promise<T>): Promise<T> {
  const system = await openSystem({ configDir: folder.configDir, workspace: folder.root, home: home(), env: {} });
  try {
    return await use(system);
  } finally {
    await system.close();
  }
}

const log = (): Promise<RecordedEntry[]> => withSystem(async (system) => await system.store.query({ limit: 100 }));

function expectRefusal(answer: ReturnType<typeof hook>, says: RegExp): void {
  expect(answer.stdout).toBe('');
  expect(answer.stderr).toMatch(says);
  expect(answer.stderr).toMatch(/^[^\n]+\n$/);
  expect(answer.status).toBe(2);
}

describe('the answers', () => {
  it('says nothing of an allowed call', () => {
    expect(hook(message('Bash', { command: 'ls' }))).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(hook(message('Read', { file_path: join(folder.root, 'a.txt') })).status).toBe(0);
  });

  it('judges every program, file and line of a command', () => {
    expect(hook(message('Bash', { command: 'ls src &&\n  ls a.txt > src/list.txt' }))).toMatchObject({
      status: 0,
      stdout: '',
    });
    expectRefusal(hook(message('Bash', { command: 'ls; id' })), /id is in neither list/);
    expectRefusal(hook(message('Bash', { command: 'ls > a.txt' })), /a\.txt is in no can_write/);
    expectRefusal(hook(message('Bash', { command: 'ls $(id)' })), /id is in neither list/);
    expectRefusal(hook(message('Bash', { command: 'LD_PRELOAD=./x.so ls' })), /LD_PRELOAD can change what runs/);
  });

  it('denies with the rule, and where it stands', () => {
    const target = join(folder.root, 'src/vendor/a.ts');
    const answer = hook(message('Write', { file_path: target, content: 'x' }));
    expectRefusal(answer, /cannot_write\[0\] .*governance\.toml:\d+\]/);
  });

  it('names the request and the command that approves it; once approved, the same call passes once', async () => {
    const call = message('Bash', { command: 'rm src/a.txt', description: 'one way to say it' });
    const first = hook(call);
    expectRefusal(first, /ggen-mcp approvals approve [0-9a-f-]{36}/);
    const approvalId = /approve ([0-9a-f-]{36})/.exec(first.stderr)![1]!;
    await withSystem(({ desk }) => desk.decide({ approvalId, approved: true, signer: signerOf('owner'), via: 'test' }));

    expectRefusal(hook(message('Bash', { command: 'rm src/b.txt' })), /Waiting for approval/);
    const again = hook(
      message('Bash', { command: 'rm src/a.txt', description: 'another' }, { tool_use_id: 'toolu_2' }),
    );
    expect(again).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(again.stdout).hookSpecificOutput).toMatchObject({
      hookEventName: 'PreToolUse',
      permissionDecision: 'allow',
      permissionDecisionReason: expect.stringContaining(approvalId),
    });
    expectRefusal(hook(call), /Waiting for approval/);
  });

  it('asks at the client where that is configured, with the attempt on record', async () => {
    folder.write('config/governance.toml', POLICY + ASK);
    const answer = hook(message('Bash', { command: 'rm src/a.txt' }));
    expect(answer).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(answer.stdout).hookSpecificOutput.permissionDecision).toBe('ask');
    expect(JSON.stringify(await log())).toContain('asked_at_client');
  });

  it.each([
    ['PostToolUse', {}, 'success'],
    ['PostToolUseFailure', { error: 'it broke' }, 'failure'],
  ])('%s records the outcome beside the attempt', async (event, more, result) => {
    const call = { command: 'ls' };
    hook(message('Bash', call));
    const answer = hook(message('Bash', call, { hook_event_name: event, ...more }));
    expect(answer).toEqual({ status: 0, stdout: '', stderr: '' });
    const entries = await log();
    const [outcome, attempt] = entries;
    expect(entries).toHaveLength(2);
    expect(outcome!.result).toBe(result);
    expect(outcome!.correlationId).toBe(attempt!.correlationId);
  });

  it('denies a tool that nothing knows, and one whose arguments make no sense, on record', async () => {
    expectRefusal(hook(message('Mystery', {})), /Denied by policy: call_tool Mystery/);
    expectRefusal(hook(message('Bash', { command: 7 })), /Bash can't be judged: the argument command is missing/);
    expect(await log()).toHaveLength(2);
  });
});

describe('what can’t be judged is denied', () => {
  it.each([
    ['malformed JSON', '{"hook_event_name":'],
    ['no input', ''],
    ['a list', '[]'],
    ['an unknown event', '{"hook_event_name":"Other","tool_input":{}}'],
    ['a missing session', '{"hook_event_name":"PreToolUse","tool_name":"Read","tool_input":{},"cwd":"/"}'],
  ])('%s', (_name, text) => {
    expectRefusal(hook(text), /can't be judged/);
  });

  it('a key that is there twice', () => {
    const text = message('Bash', { command: 'ls' }).replace('"command":', '"command":"rm -rf /","command":');
    expectRefusal(hook(text), /can't be judged/);
  });

  it('a message larger than 64 MiB', () => {
    expectRefusal(hook(Buffer.alloc(64 * 1024 * 1024 + 1, 0x20)), /larger than 64 MiB/);
  });

  it('an unknown option, a missing workspace', () => {
    expectRefusal(hook(message('Bash', { command: 'ls' }), ['--nonsense', 'x']), /unknown option --nonsense/);
    expectRefusal(hook(message('Bash', { command: 'ls' }), ['--workspace', '/nowhere/at/all']), /does not exist/);
  });

  it('no configuration', () => {
    rmSync(folder.configDir, { recursive: true });
    expectRefusal(hook(message('Bash', { command: 'ls' })), /can't be judged/);
  });

  it('a policy that can’t be read', () => {
    folder.write('config/governance.toml', '[policies\n');
    expectRefusal(hook(message('Bash', { command: 'ls' })), /governance\.toml:1/);
  });

  it('a store folder that can’t be made', () => {
    writeFileSync(join(folder.root, '.ggen'), 'a file where the folder should be');
    expectRefusal(hook(message('Bash', { command: 'ls' })), /can't be judged/);
  });

  it('a database that another process holds', async () => {
    hook(message('Bash', { command: 'ls' }));
    const path = join(folder.root, '.ggen/audit.db');
    const program = `const { DatabaseSync } = require('node:sqlite');
      const db = new DatabaseSync(${JSON.stringify(path)});
      db.exec('BEGIN EXCLUSIVE'); process.stdout.write('held'); setInterval(() => db, 1000);`;
    const holder = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'ignore'] });
    children.push(holder);
    await once(holder.stdout, 'data');
    const answer = hook(message('Bash', { command: 'ls' }));
    expect(answer.stdout).toBe('');
    expect(answer.stderr).toMatch(/^[^\n]+\n$/);
    expect(answer.status).toBe(2);
  });

  it('a store that is no database', () => {
    const path = join(folder.root, '.ggen/audit.db');
    mkdirSync(dirname(path));
    writeFileSync(path, 'no database at all, whatever its name says'.repeat(100));
    expect(() => new DatabaseSync(path).exec('select * from sqlite_schema')).toThrow();
    expectRefusal(hook(message('Bash', { command: 'ls' })), /./);
  });

  it('counts its calls for the provider’s rate limit, from process to process', () => {
    folder.write(
      'config/governance.toml',
      `${POLICY}\n[policies.resource.rate_limits]\nanthropic_requests_per_minute = 1\n`,
    );
    const read = message('Read', { file_path: join(folder.root, 'src/a.ts') });
    expect(hook(read).status).toBe(0);
    const second = hook(read);
    expect(second.status).toBe(2);
    expect(second.stderr).toContain('policies.resource.rate_limits.anthropic_requests_per_minute');
    expect(hook(read, ['--provider', 'ollama']).status).toBe(0);
  });
});
