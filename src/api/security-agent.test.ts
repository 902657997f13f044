import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTempWorkspace, type TempWorkspace } from '../adapters/files/temp-workspace.fixture.ts';
import { SecurityAgent } from './security-agent.ts';

let temp: TempWorkspace;
let agent: SecurityAgent;
beforeEach(() => {
  temp = openTempWorkspace();
  temp.file('ws/src/a.txt', 'inside');
  temp.file('out/secret.txt', 'outside');
  temp.link('ws/leak', join(temp.root, 'out'));
  agent = new SecurityAgent({ workspace: temp.workspace, env: {} });
});
afterEach(() => temp.remove());

describe('SecurityAgent.validateUrl', () => {
  it.each([
    'https://example.com/',
    'http://localhost:3000/',
    'http://127.0.0.1',
    'wss://a.example/x',
    'https://8.8.8.8/',
  ])('%s is safe', async (url) => expect(await agent.validateUrl(url)).toEqual({ safe: true }));

  it.each<[string, RegExp]>([
    ['http://example.com/', /not encrypted/],
    ['https://u:p@example.com/', /user name/],
    ['https://169.254.169.254/', /link-local address/],
    ['https://[::ffff:10.0.0.1]/', /private address/],
    ['https://0/', /unspecified address/],
    ['https://2852039166/', /169\.254\.169\.254 is a link-local/],
    ['file:///etc/passwd', /scheme/],
    ['https://p\u0430ypal.com', /several scripts/],
  ])('%s is not', async (url, reason) => {
    expect(await agent.validateUrl(url)).toMatchObject({ safe: false, reason: expect.stringMatching(reason) });
  });

  it('needs no encryption where the setting says so', async () => {
    const lax = new SecurityAgent({ workspace: temp.workspace, requireTls: false });
    expect(await lax.validateUrl('http://example.com/')).toEqual({ safe: true });
  });

  it('keeps the hosts of a configuration, also inside commands', async () => {
    temp.file(
      'ws/config/governance.toml',
      '[policies]\nversion = "1.0"\nenforcement_mode = "permissive"\n[policies.network]\nallowed_domains = ["github.com", "10.0.0.1"]\nblocked_domains = ["evil.example"]\n',
    );
    const strict = SecurityAgent.fromFile(join(temp.workspace, 'config/governance.toml'), { env: {} });
    expect(await strict.validateUrl('https://github.com/x')).toEqual({ safe: true });
    expect(await strict.validateUrl('https://10.0.0.1/')).toEqual({ safe: true });
    expect(await strict.validateUrl('https://example.com/')).toMatchObject({
      reason: expect.stringMatching(/in no allowed_domains/),
    });
    expect(await strict.validateUrl('https://EVIL.example./')).toMatchObject({ safe: false });
    expect(await strict.validateUrl('http://github.com/')).toMatchObject({
      reason: expect.stringMatching(/require_tls/),
    });
    expect(await strict.validateUrl('https://g1thub.com/')).toMatchObject({
      reason: expect.stringMatching(/looks like "github.com"/),
    });
    expect(await strict.validateCommand('curl https://example.com/')).toMatchObject({
      reason: expect.stringMatching(/allowed_domains/),
    });
    expect(await strict.validateCommand(['curl', 'https://github.com/'])).toMatchObject({ safe: true });
  });
});

describe('SecurityAgent.validateCommand of words', () => {
  it.each([
    [['git', 'status']],
    [['echo', "it's; rm -rf /", '$(x)', '', '~', '*', 'if']],
    [['git', 'log', '--format=%H %s']],
  ])('%j is safe: no shell reads them', async (words) =>
    expect(await agent.validateCommand(words)).toMatchObject({ safe: true }),
  );

  it.each([
    [['rm', '-rf', '/']],
    [['git', '-c', 'core.pager=x', 'log']],
    [['sh', '-c', 'rm -rf /']],
    [['A=1', 'ls']],
    [[]],
    [['cat', '/etc/passwd']],
    [['a\0b']],
  ])('%j is not', async (words) => expect(await agent.validateCommand(words)).toMatchObject({ safe: false }));
});

describe('SecurityAgent.validatePath', () => {
  it('says more of a path that is written', async () => {
    temp.hardLink('ws/hard.txt', 'out/secret.txt');
    expect(await agent.validatePath('hard.txt')).toEqual({ safe: true });
    expect(await agent.validatePath('hard.txt', 'write')).toMatchObject({
      safe: false,
      reason: expect.stringContaining('2 hard links'),
      findings: [{ kind: 'path', severity: 'deny' }],
    });
  });
});

describe('files that SecurityAgent opens', () => {
  it('are read, written, made and listed inside the workspace', async () => {
    expect(String(await agent.readFile('src/../src/a.txt'))).toBe('inside');
    await agent.writeFile('src/a.txt', 'new');
    await agent.writeFile('src/caf\u0065\u0301.txt', Buffer.from('made'));
    expect(String(await agent.readFile('src/a.txt'))).toBe('new');
    expect(readFileSync(join(temp.workspace, 'src/caf\u0065\u0301.txt'), 'utf8')).toBe('made');
    expect(await agent.listFiles('src')).toEqual(['a.txt', 'caf\u0065\u0301.txt']);
    expect(await agent.listFiles('.')).toContain('src');
  });

  it('are none outside', async () => {
    const code = 'NOT_PERMITTED';
    for (const path of ['leak/secret.txt', '../out/secret.txt', '/etc/passwd', '%2e%2e/out/secret.txt', '~/x']) {
      await expect(agent.readFile(path)).rejects.toMatchObject({ code });
      await expect(agent.writeFile(path, 'x')).rejects.toMatchObject({ code });
      await expect(agent.listFiles(path)).rejects.toMatchObject({ code });
    }
    await expect(agent.writeFile('leak/new.txt', 'x')).rejects.toMatchObject({ code });
    expect(readFileSync(join(temp.root, 'out/secret.txt'), 'utf8')).toBe('outside');
  });

  it('are none of those that governance keeps for itself, and none that are not there', async () => {
    await expect(agent.writeFile('config/governance.toml', 'x')).rejects.toMatchObject({ code: 'NOT_PERMITTED' });
    await expect(agent.readFile('none')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(agent.writeFile('none/x', 'x')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
