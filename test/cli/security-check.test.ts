import { PassThrough, Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommandLine } from '../../src/cli/run.ts';
import { createFolder, type TestFolder } from '../support/test-system.ts';

let folder: TestFolder;
beforeEach(() => {
  folder = createFolder({ 'src/a.ts': 'old' });
});
afterEach(() => folder.remove());

async function run(args: string[], stdin: Iterable<string | Buffer> = []) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const texts = [stdout, stderr].map(async (stream) => {
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString().replaceAll(`${folder.root}/`, '');
  });
  const code = await runCommandLine({
    argv: ['security', ...args],
    env: {},
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

const BY_FILE = 'judged by config/governance.toml\n';

describe('ggen-mcp security check-command', () => {
  it('says safe and leaves with 0, or unsafe with every reason and leaves with 1', async () => {
    expect(await run(['check-command', 'git status'])).toEqual({ code: 0, stdout: 'safe\n', stderr: BY_FILE });
    const bad = await run(['check-command', 'ls; rm -rf /']);
    expect(bad.code).toBe(1);
    expect(bad.stdout).toMatch(/^unsafe\n( {2}.+ \[\S+\]\n)+$/);
  });

  it('takes words behind -- as they are', async () => {
    expect((await run(['check-command', '--', 'echo', 'x; rm -rf /'])).stdout).toBe('safe\n');
    expect((await run(['check-command', 'echo x; rm -rf /'])).code).toBe(1);
    expect((await run(['check-command', '--json', '--', 'rm', '-rf', '/'])).code).toBe(1);
  });

  it('answers each line with a line of JSON, and leaves with 1 where one is unsafe', async () => {
    const end = await run(['check-command', '--stdin', '--json'], ['git status\n\neval "$x"\n']);
    const lines = end.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(end.code).toBe(1);
    expect(lines).toEqual([
      { safe: true, reason: null, findings: [] },
      { safe: false, reason: expect.any(String), findings: expect.arrayContaining([expect.any(Object)]) },
    ]);
    expect((await run(['check-command', '--stdin'], ['git status\n'])).code).toBe(0);
  });

  it('calls a line over 1 MiB unsafe and goes on with the next', async () => {
    const end = await run(['check-command', '--stdin'], [`${'x'.repeat(1024 * 1024 + 1)}\n`, 'git status\n']);
    expect(end.stdout).toBe('unsafe   the line is longer than 1 MiB [builtin.unusable-input]\nsafe\n');
  });
});

describe('ggen-mcp security check-path', () => {
  it('judges where a path leads, for reading and for writing', async () => {
    expect((await run(['check-path', 'src/a.ts'])).code).toBe(0);
    expect(await run(['check-path', '../../etc/passwd'])).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^unsafe\n/),
    });
    expect(await run(['check-path', '%2e%2e%2fx'])).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/decoded, it is another path/),
    });
    expect((await run(['check-path', '--write', 'src/a.ts'])).code).toBe(0);
    expect((await run(['check-path', 'config/governance.toml'])).code).toBe(0);
    expect((await run(['check-path', '--write', 'config/governance.toml'])).code).toBe(1);
  });
});

describe('ggen-mcp security check-url', () => {
  it('keeps to the hosts of the configuration, and says which it is', async () => {
    folder.write(
      'config/governance.toml',
      '[policies]\nversion = "1.0"\n[policies.network]\nallowed_domains = ["github.com"]\n',
    );
    expect(await run(['check-url', 'https://github.com/x'])).toEqual({ code: 0, stdout: 'safe\n', stderr: BY_FILE });
    expect(await run(['check-url', 'https://g1thub.com/'])).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/looks like "github.com"/),
    });
    expect(await run(['check-url', 'https://example.com/'])).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/in no allowed_domains/),
    });
  });

  it('takes the secure defaults where there is no configuration, unless one was named', async () => {
    const bare = createFolder();
    folder.remove();
    folder = { ...bare };
    const none = ['--workspace', folder.root];
    const { rmSync } = await import('node:fs');
    rmSync(folder.configDir, { recursive: true });
    const end = await run(['check-url', 'https://example.com/', ...none]);
    expect(end).toEqual({
      code: 0,
      stdout: 'safe\n',
      stderr: 'judged by the secure defaults: no configuration here\n',
    });
    expect((await run(['check-url', 'https://169.254.169.254/'])).code).toBe(1);
    expect(await run(['check-url', 'https://example.com/', '--config', 'none'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/no none\/governance\.toml/),
    });
  });
});

describe('what is no use of these commands', () => {
  it.each([
    [['check-path']],
    [['check-path', 'a', 'b']],
    [['check-path', 'a', '--stdin']],
    [['check-path', '--', 'a']],
    [['check-url', '--', 'https://a/']],
    [['check-command', 'ls', '--', 'ls']],
    [['check-command', '--write', 'ls']],
  ])('%j leaves with 2 and one line', async (args) => {
    const end = await run(args);
    expect(end).toMatchObject({ code: 2, stdout: '' });
    expect(end.stderr.replace(BY_FILE, '')).toMatch(/^ggen-mcp security check-\w+: .+\n$/);
  });

  it('a configuration that can not be used judges nothing', async () => {
    folder.write('config/governance.toml', '[policies]\nversion = 1\n');
    expect(await run(['check-path', 'src/a.ts'])).toMatchObject({ code: 2, stdout: '' });
  });
});
