import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommandLine } from '../../src/cli/run.ts';
import { ownKey } from '../support/approvers.ts';
import { createFolder, openFolder, type TestFolder } from '../support/test-system.ts';

let folder: TestFolder;
beforeEach(() => {
  folder = createFolder({ 'src/a.ts': 'old' });
});
afterEach(() => folder.remove());

interface End {
  code: number;
  stdout: string;
  stderr: string;
}

/** The real command line with streams of its own, in the test's folder. */
async function run(args: string[], stdin: Iterable<string | Buffer> = []): Promise<End> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const texts = [stdout, stderr].map(async (stream) => {
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks)
      .toString()
      .replaceAll(`${folder.root}/`, '')
      .replaceAll(/(\.\.\/)+[^\s:]*config\//g, 'config/');
  });
  const code = await runCommandLine({
    argv: args,
    env: process.env,
    cwd: folder.root,
    stdin: Readable.from(stdin),
    stdout,
    stderr,
    packageJson: fileURLToPath(new URL('../../package.json', import.meta.url)),
  });
  stdout.end();
  stderr.end();
  return { code, stdout: (await texts[0])!, stderr: (await texts[1])! };
}
const check = (actionType: string, target: string, ...more: string[]) =>
  run(['check', '--action-type', actionType, '--target', target, '--requester', 'writer', ...more]);

describe('ggen-mcp check', () => {
  it('says the outcome in words, with every reason and its place, and in its exit code', async () => {
    expect(await check('write_file', 'src/a.ts')).toEqual({
      code: 0,
      stdout:
        'allowed\n  matches can_write "src/*" of agent writer [policies.agents.writer.can_write[0] config/governance.toml:15]\n',
      stderr: '',
    });
    expect((await check('delete_file', 'src/a.ts')).code).toBe(3);
    const denied = await check('write_file', 'lib/b.ts');
    expect(denied.code).toBe(4);
    expect(denied.stdout).toMatch(
      /^denied\n {2}lib\/b\.ts is in no can_write of agent writer \[policies\.agents\.writer\.can_write \S+governance\.toml:15\]\n$/,
    );
  });

  it('gives the whole decision as JSON', async () => {
    const { stdout } = await check('write_file', 'src/a.ts', '--json');
    const decision = JSON.parse(stdout) as Record<string, unknown>;
    expect(decision).toMatchObject({ outcome: 'allowed', warnings: [], mode: 'strict' });
    expect(decision.reasons).toMatchObject([{ rule: 'policies.agents.writer.can_write[0]', line: 15 }]);
    expect(decision.policy_set).toMatch(/^[0-9a-f]{64}$/);
    expect(decision.action_digest).toMatch(/^[0-9a-f]{64}$/);
  });

  it('answers each line with a line, the unusable ones too, and leaves with 0', async () => {
    const lines = [
      '{"action_type":"write_file","target":"src/a.ts","requester":"writer"}',
      '',
      '{"action_type":"write_file","target":"src/a.ts"',
      '{"action_type":"write_file","target":"lib/a.ts","target":"src/a.ts","requester":"writer"}',
      '{"action_type":"write_file","target":"src/a.ts","requester":"writer","contnt":"x"}',
      `${'['.repeat(10_000)}${']'.repeat(10_000)}`,
      '{"action_type":"write_file","target":"src/\\u0000","requester":"writer"}',
      '{"action_type":"write_file","target":"src/\\ud800","requester":"writer"}',
    ];
    const { code, stdout } = await run(['check', '--stdin', '--json'], [`${lines.join('\n')}\n`]);
    const answers = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { outcome: string; reasons: { message: string }[] });
    expect(code).toBe(0);
    expect(answers.map((answer) => answer.outcome)).toEqual(['allowed', ...Array.from({ length: 6 }, () => 'denied')]);
    expect(answers[2]?.reasons[0]?.message).toContain('twice');
    expect(answers[3]?.reasons[0]?.message).toContain('did you mean content?');
  });

  it('drops a line of 100 MB while it comes in, and goes on with the next', async () => {
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    function* huge() {
      for (let i = 0; i < 100; i += 1) yield chunk;
      yield '\n{"action_type":"write_file","target":"src/a.ts","requester":"writer"}\n';
    }
    const before = process.memoryUsage().rss;
    const { stdout } = await run(['check', '--stdin'], huge());
    expect(stdout.split('\n').map((line) => line.split(' ')[0])).toEqual(['denied', 'allowed', '']);
    expect(process.memoryUsage().rss - before).toBeLessThan(400 * 1024 * 1024);
  });

  it('records nothing and makes no store', async () => {
    await check('delete_file', 'src/a.ts');
    expect(existsSync(join(folder.root, '.ggen'))).toBe(false);
  });
});

describe('ggen-mcp policy', () => {
  it('validate lists everything at once and leaves with 2', async () => {
    folder.write(
      'config/governance.toml',
      '[policies]\nversion = 1\n[policies.security.secret_patterns]\npatterns = ["("]\n[policies.agents.a]\ncan_reed = []\n',
    );
    const { code, stdout } = await run(['policy', 'validate']);
    expect(code).toBe(2);
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/governance\.toml:2:1: error: policies\.version: expected one of "1\.0", found 1$/),
      expect.stringMatching(
        /governance\.toml:6:1: error: policies\.agents\.a\.can_reed: unknown key "can_reed" \(did you mean can_read\?\)$/,
      ),
      'NOT usable: 2 errors, 0 warnings, 0 keys not enforced yet',
      '',
    ]);
    folder.write(
      'config/governance.toml',
      '[policies.security.secret_patterns]\npatterns = ["ok", "("]\n[policies.agents.a]\ncan_read = ["a[b]"]\n',
    );
    const second = await run(['policy', 'validate', '--json']);
    const { ok, problems } = JSON.parse(second.stdout) as {
      ok: boolean;
      problems: { path: string; line: number; column: number }[];
    };
    expect(ok).toBe(false);
    expect(problems.map(({ path, line, column }) => `${path} ${line}:${column}`)).toEqual([
      'policies.agents.a.can_read[0] 4:13',
      'policies.security.secret_patterns.patterns[1] 2:19',
    ]);
  });

  it('validate warns of rules that can’t do what their author hopes, and leaves with 0', async () => {
    folder.write(
      'config/governance.toml',
      '[policies.agents.a]\ncan_write = ["src/*", "src/x/*", "lib/*"]\ncannot_write = ["lib/*"]\n[policies.operational.require_approval]\noperations = ["delete_files"]\n',
    );
    const { code, stdout } = await run(['policy', 'validate']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/:2:\d+: warning: .*"src\/x\/\*"/);
    expect(stdout).toMatch(/:2:\d+: warning: .*"lib\/\*"/);
    expect(stdout).toMatch(/:5:\d+: warning: .*"delete_files".*did you mean delete_file\?/);
  });

  it('explain shows every step', async () => {
    const { stdout } = await run([
      'policy',
      'explain',
      '--action-type',
      'delete_file',
      '--target',
      'src/a.ts',
      '--requester',
      'writer',
    ]);
    expect(stdout).toMatch(/^classify/m);
    expect(stdout).toMatch(/requires_approval/);
    expect(stdout).toMatch(/^=> requires approval \(mode strict, policy set [0-9a-f]{12}\)$/m);
  });

  it('test runs the cases beside the policy and says which rules none touches', async () => {
    folder.write(
      'config/writer.test.toml',
      '[[test]]\nname = "own area"\naction_type = "write_file"\ntarget = "src/a.ts"\nrequester = "writer"\nexpect = "allowed"\nrule = "policies.agents.writer.can_write[0]"\n' +
        '[[test]]\naction_type = "write_file"\ntarget = "lib/a.ts"\nrequester = "writer"\nexpect = "allowed"\n',
    );
    const { code, stdout } = await run(['policy', 'test', '--coverage']);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^FAILED .*writer\.test\.toml:8: test 2: expected allowed, decided denied by policies\.agents\.writer\.can_write$/m,
    );
    expect(stdout).toMatch(/^1 passed, 1 failed; \d+ of \d+ rules covered$/m);
    expect(stdout).toContain('no test touches policies.agents.writer.cannot_write[0]');
    folder.write('config/bad.test.toml', '[[test]]\nexpct = "allowed"\n');
    expect((await run(['policy', 'test'])).stderr).toMatch(
      /bad\.test\.toml:2:1: unknown key "expct" \(did you mean expect\?\)/,
    );
  });

  it('update changes one setting in its file, and records it', async () => {
    expect((await run(['policy', 'update', 'policies.enforcement_mode', 'permissive'])).code).toBe(0);
    expect(readFileSync(join(folder.root, 'config/governance.toml'), 'utf8')).toContain(
      'enforcement_mode = "permissive"',
    );
    const { stdout } = await run(['audit', 'tail', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      event_type: 'system_event',
      actor: { actor_type: 'user', id: userInfo().username },
      metadata: { event: 'policy_updated' },
    });
    const bad = await run(['policy', 'update', 'policies.enforcement_mode', 'lax']);
    expect(bad).toMatchObject({ code: 2, stdout: '' });
    expect(readFileSync(join(folder.root, 'config/governance.toml'), 'utf8')).toContain('"permissive"');
  });
});

describe('help', () => {
  it('of a command is the same, asked for in either way', async () => {
    const asked = await run(['policy', 'test', '--help']);
    expect(asked).toMatchObject({ code: 0, stderr: '' });
    expect(asked.stdout).toMatch(/^usage: ggen-mcp policy test /);
    expect(await run(['help', 'policy', 'test'])).toEqual(asked);
    expect((await run(['help', 'hook', 'claude-code'])).stdout).toMatch(/^usage: ggen-mcp hook claude-code /);
  });

  it.each(['policy', 'approvals', 'audit', 'security', 'hook'])('of %s lists its commands', async (word) => {
    const asked = await run([word, '--help']);
    expect(asked).toMatchObject({ code: 0, stderr: '' });
    expect(asked.stdout).toMatch(new RegExp(`^( {2}${word} .*\n)+\nggen-mcp COMMAND --help says more\\.\n$`));
    expect(await run(['help', word])).toEqual(asked);
  });

  it('of everything, and the version', async () => {
    const asked = await run([]);
    expect(asked.code).toBe(0);
    for (const args of [['help'], ['--help'], ['-h'], ['help', '--help']]) expect(await run(args)).toEqual(asked);
    for (const word of ['--version', '-V', 'version']) expect((await run([word])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('bad usage is one line that says what to do', () => {
  it.each([
    [['chek'], 'ggen-mcp: unknown command chek (did you mean check? ggen-mcp help lists all)\n'],
    [['policy'], 'ggen-mcp: policy takes one of: validate, explain, test, update\n'],
    [['audit', 'tial'], /^ggen-mcp: audit takes one of: tail, query, .* \(did you mean tail\?\)\n$/],
    [
      ['audit', 'tail', '--lines', 'x'],
      'ggen-mcp audit tail: --lines takes a whole number from 1 to 1000000, not "x"\n',
    ],
    [['audit', 'query', '--event-type', 'policy_violations'], /did you mean policy_violation\?/],
    [['audit', 'query', '--last', 'soon'], /^ggen-mcp audit query: .*soon.*\n$/],
    [['check', '--target', 'x'], 'ggen-mcp check: --action-type, --requester are missing\n'],
    [['check', '--action-type', 'a', '--target', 'x'], 'ggen-mcp check: --requester is missing\n'],
    [['check', '--nope'], /^ggen-mcp check: Unknown option '--nope' \(usage: .*\)\n$/],
    [
      ['check', '--traget', 'x'],
      /^ggen-mcp check: Unknown option '--traget', did you mean --target\? \(usage: .*\)\n$/,
    ],
    [['check', '--stdin', '--target', 'x'], /: --stdin reads whole actions from standard input: --target can't stand/],
    [
      ['check', '--action-type', 'a', '--target', 'x', '--requester', 'y', '--context', '{bad'],
      /^ggen-mcp check: --context: not usable as JSON: /,
    ],
    [
      ['audit', 'tail', '--lines', '-1'],
      'ggen-mcp audit tail: --lines takes a value; one that begins with a dash is written --lines=VALUE (usage: ggen-mcp audit tail [--lines N] [--follow] [--json])\n',
    ],
    [['approvals', 'show'], 'ggen-mcp approvals show: ID missing (usage: ggen-mcp approvals show ID [--json])\n'],
    [
      ['policy', 'update'],
      'ggen-mcp policy update: PATH and VALUE missing (usage: ggen-mcp policy update PATH VALUE)\n',
    ],
    [['proxy', '--agent', 'a', 'cat'], /^ggen-mcp proxy: unexpected word "cat" \(usage: .* -- COMMAND/],
    [
      ['init', '--config', 'src/a.ts'],
      'ggen-mcp init: --config takes the folder of governance.toml; src/a.ts is a file\n',
    ],
    [
      ['init', '--config', 'src/a.ts/b'],
      /^ggen-mcp init: the folder src\/a\.ts\/b can't be made: ENOTDIR \(--config DIR/,
    ],
    [
      ['policy', 'validate', '--config', 'config/governance.toml'],
      /: --config takes the folder of governance\.toml; \S*config\/governance\.toml is a file \(did you mean --config \S*config\?\)/,
    ],
    [
      ['check', '--workspace', 'src/a.ts'],
      /: --workspace takes the folder that agents work in; \S*src\/a\.ts is a file\n/,
    ],
    [['policy', 'test', 'src/none.toml'], /^ggen-mcp policy test: no file \S*src\/none\.toml\n$/],
    [['help', 'chek'], 'ggen-mcp: unknown command chek (did you mean check? ggen-mcp help lists all)\n'],
    [
      ['approvals', 'show', 'nope'],
      'ggen-mcp approvals show: no approval request nope (see `ggen-mcp approvals list`)\n',
    ],
    [['proxy', '--agent', 'a'], /^ggen-mcp proxy: the server’s command is missing/],
    [['install', 'vim'], 'ggen-mcp install: unknown client "vim" (known: claude-code, git)\n'],
    [
      ['check', '--config', 'nowhere', '--action-type', 'a', '--target', 'b', '--requester', 'c'],
      /^ggen-mcp check: no \S*nowhere\/governance\.toml \(ggen-mcp init writes one/,
    ],
    [
      ['audit', 'compliance', '--standard', 'ISO27001'],
      'ggen-mcp: audit compliance is not available yet: ggen-mcp audit query --json prints entries, one a line\n',
    ],
    [
      ['audit', 'export', '--format', 'json'],
      'ggen-mcp audit export: --output is missing (as in --output audit.json)\n',
    ],
    [
      ['audit', 'export', '--format', 'jsonn', '--output', 'a'],
      'ggen-mcp audit export: --format "jsonn" is none of json, csv, parquet (did you mean json?)\n',
    ],
    [
      ['audit', 'export', '--format', 'parquet', '--output', 'a', '--resume'],
      'ggen-mcp audit export: --resume is for json and csv: Parquet is written in large pieces\n',
    ],
    [['audit', 'verify-export', 'a.json'], /^ggen-mcp audit verify-export: no key to check signatures with/],
  ])('%j', async (args, line) => {
    const { code, stdout, stderr } = await run(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    if (typeof line === 'string') expect(stderr).toBe(line);
    else expect(stderr).toMatch(line);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('install names a mistake in the configuration, and writes nothing', async () => {
    folder.write('config/governance.toml', '[policies]\nenforcment_mode = "strict"\n');
    const { code, stderr } = await run(['install', 'claude-code', '--project']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/governance\.toml:2:1: policies\.enforcment_mode: unknown key/);
    expect(existsSync(join(folder.root, '.claude'))).toBe(false);
  });

  it('install and uninstall name a folder that stands where the settings should', async () => {
    folder.write('.claude/settings.json/a', '');
    for (const verb of ['install', 'uninstall']) {
      const { code, stderr } = await run([verb, 'claude-code', '--project']);
      expect(code).toBe(2);
      expect(stderr).toMatch(new RegExp(`^ggen-mcp ${verb}: \\S*\\.claude/settings\\.json is a folder \\(.*\\)\n$`));
    }
  });

  it('policy update says how a list is written', async () => {
    for (const text of ['src/*', '[src/*]']) {
      const { code, stderr } = await run(['policy', 'update', 'policies.agents.writer.can_write', text]);
      expect(code).toBe(2);
      expect(stderr).toMatch(/governance\.toml:15:1: .*expected a list, .*\(a list is written '\["a","b"\]'\)\n$/);
    }
  });

  it('init overwrites nothing', async () => {
    const before = readFileSync(join(folder.root, 'config/governance.toml'), 'utf8');
    expect(await run(['init'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('already there; nothing written'),
    });
    expect(readFileSync(join(folder.root, 'config/governance.toml'), 'utf8')).toBe(before);
    expect(existsSync(join(folder.root, 'config/audit.toml'))).toBe(false);
  });

  it.each(['approve', 'reject'])('%s decides nothing without a terminal, whatever is piped in', async (verb) => {
    await ownKey(folder.configDir, 'olga');
    const system = await openFolder(folder);
    const asked = await system.governor.authorize({
      actionType: 'delete_file',
      target: 'src/a.ts',
      requester: 'writer',
    });
    const id = asked.outcome === 'refused' ? asked.approval!.id : '';
    // a session of its own has no terminal
    const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
    const child = spawn(process.execPath, [main, 'approvals', verb, id], { cwd: folder.root, detached: true });
    child.stdin.end(`yes\n${verb}\n`);
    let text = '';
    for await (const chunk of child.stderr) text += String(chunk);
    const code = child.exitCode ?? ((await once(child, 'exit')) as [number])[0];
    expect(code).toBe(2);
    expect(text).toBe(
      `ggen-mcp approvals ${verb}: this needs a person at a terminal, and there is none (run it in a terminal window)\n`,
    );
    expect((await system.desk.show(id)).status).toBe('pending');
    await system.close();
  });
});
