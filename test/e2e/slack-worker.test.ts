// What a user types so that people can click in Slack: the key that passes clicks on, and the worker that takes them.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type CommandEnd, GGEN_MCP, runCommandLine, runOnTerminal } from '../guide/command-line.ts';
import { type Folder, openFolder } from '../guide/folder.ts';
import { enrol } from '../support/approvers.ts';
import { clickBody, openSlack, postAsSlack, SLACK_SECRET, type TestSlack } from '../support/slack.ts';
import { approvalsFor, GOVERNANCE } from '../support/slack-folder.ts';

let slack: TestSlack;
let folder: Folder;
let home: string;
let worker: ChildProcess | undefined;

beforeEach(async () => {
  slack = await openSlack();
  home = mkdtempSync(join(tmpdir(), 'ggen-slack-'));
  folder = openFolder({
    'governance.toml': GOVERNANCE,
    'approvals.toml': `${approvalsFor(slack)}[[approvers.agent]]\nid = "bot"\ncan_approve = ["*"]\n`,
  });
  enrol(folder.configDir, 'ann', 'ben', 'cid', 'Writer', 'bot');
});
afterEach(() => {
  worker?.kill('SIGKILL');
  worker = undefined;
  slack.close();
  folder.remove();
  rmSync(home, { recursive: true, force: true });
});
const env = () => ({ ...process.env, GGEN_HOME: home, SLACK_SIGNING_SECRET: SLACK_SECRET });
const run = (line: string): Promise<CommandEnd> => runCommandLine(`ggen-mcp ${line}`, folder.workspace, env());

/** Runs the worker; the port at which it takes clicks. */
async function startWorker(): Promise<number> {
  const child = spawn(GGEN_MCP, ['worker'], { cwd: folder.workspace, env: env(), stdio: ['ignore', 'ignore', 'pipe'] });
  worker = child;
  let said = '';
  const from = /ggen-mcp worker: clicks in Slack come in at http:\/\/127\.0\.0\.1:(\d+)\/slack\/actions\n/;
  // It goes on being read: a worker that nobody listens to any more ends.
  const found = await new Promise<string | undefined>((resolve) => {
    child.stderr.on('data', (chunk) => {
      said += String(chunk);
      const [, port] = from.exec(said) ?? [];
      if (port !== undefined) resolve(port);
    });
    child.on('close', () => resolve(undefined));
  });
  if (found !== undefined) return Number(found);
  throw new Error(`the worker ended: ${said}`);
}

it('a key passes clicks on once it was made for that, and the worker takes them', async () => {
  expect((await run('policy validate')).stdout).toMatch(
    /approvals\.toml:\d+:\d+: warning: approvals\.slack\.users\.U0ANN: no key passes clicks of "ann" on, so they decide nothing \(ggen-mcp keys create --approver ann --relay slack\)/,
  );
  const made = await run('keys create --approver ann --relay slack');
  expect(made).toMatchObject({ code: 0, stderr: '' });
  expect(made.stdout).toMatch(
    /^made SHA256:\S+ for clicks of ann in Slack, enrolled in config\/approvers.allowed_signers\n$/,
  );
  const [file, ...more] = readdirSync(join(home, 'keys/slack-relay'));
  expect(more).toEqual([]);
  expect(statSync(join(home, 'keys/slack-relay', file!)).mode & 0o777).toBe(0o600);
  const roster = readFileSync(join(folder.configDir, 'approvers.allowed_signers'), 'utf8');
  expect(roster).toMatch(/^ann namespaces="ggen-approval-slack" ssh-ed25519 \S+$/m);
  expect((await run('keys list')).stdout).toMatch(/^ann {2}SHA256:\S+ {2}counts, by way of Slack, yours$/m);
  const listed = (await run('keys list --json')).stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(listed.filter(({ via }) => via === 'slack')).toMatchObject([
    { approver: 'ann', state: 'counts', yours: true },
  ]);
  expect((await run('policy validate')).stdout).not.toContain('clicks of "ann"');

  const port = await startWorker();
  const id = (
    await run('approvals request --action-type write_file --target src/a.txt --requester writer')
  ).stdout.trim();
  const message = await slack.next('/services');
  const button = message.buttons.find(({ action_id }) => action_id === 'ggen_approve')!;
  const answer = await postAsSlack(port, clickBody(button, 'U0ANN', slack.responseUrl));
  expect(answer).toMatchObject({ status: 200, body: '' });
  expect((await slack.next('/actions')).body.text).toBe('Approved: write_file src/a.txt');

  expect((await run(`approvals wait ${id}`)).stdout).toBe('approved\n');
  expect((await run(`approvals show ${id}`)).stdout).toContain('ann (by way of Slack, U0ANN): yes');
  expect(JSON.parse((await run(`approvals show ${id} --json`)).stdout).votes).toMatchObject([
    { approver: 'ann', kind: 'person', via: 'slack', via_user: 'U0ANN', verified: true },
  ]);
  const verified = await run(`approvals verify ${id} --output vote`);
  expect(verified).toMatchObject({ code: 0 });
  expect(verified.stdout).toMatch(
    /ann: yes, signed \S+ with SHA256:\S+, by way of Slack \(U0ANN\)\n.* is approved: holds/,
  );
  // OpenSSH says the same, and only in the relay's namespace.
  const check = (namespace: string) =>
    runCommandLine(
      `sh -c "ssh-keygen -Y verify -f config/approvers.allowed_signers -I ann -n ${namespace} -s vote.ann.sig < vote.ann.txt"`,
      folder.workspace,
    );
  expect((await check('ggen-approval-slack')).code).toBe(0);
  expect((await check('ggen-approval')).code).not.toBe(0);

  worker!.kill('SIGTERM');
  const [code] = await once(worker!, 'exit');
  expect(code).toBe(0);
  await expect(postAsSlack(port, '')).rejects.toThrow('ECONNREFUSED');
}, 60_000);

it('only people who are configured have one, one each, and it never leaves this machine', async () => {
  const refused = async (line: string): Promise<string> => {
    const end = await run(line);
    expect(end.code).toBe(2);
    return end.stderr;
  };
  expect(await refused('keys create --approver bot --relay slack')).toContain('bot is no person who approves');
  expect(await refused('keys create --approver dan --relay slack')).toContain('dan is no person who approves');
  expect(await refused('keys create --approver ann --relay teams')).toContain('--relay takes slack');
  expect(await refused('keys create --approver ann --relay slack --unattended')).toContain('one of them');
  expect(await refused('keys create --approver ann --relay slack --output f')).toContain('--output can not stand');
  await run('keys create --approver ann --relay slack');
  expect(await refused('keys create --approver ann --relay slack')).toMatch(
    /ann has a key already: SHA256:\S+ \(`ggen-mcp keys revoke --approver ann --key SHA256:\S+` ends it\)/,
  );
  const line = readFileSync(join(folder.configDir, 'approvers.allowed_signers'), 'utf8').split('\n').at(-2);
  folder.write('brought', `${line}\n-----BEGIN SSH SIGNATURE-----\n`);
  expect(await refused('keys enrol --from brought')).toContain('brought is for votes by way of Slack');
  const [entry] = (await run('audit query --text approver_key_enrolled --json')).stdout.trim().split('\n');
  expect(JSON.parse(entry!).metadata).toMatchObject({ approver: 'ann', via: 'slack' });

  // Revoked, its line stays for what it is; the approver's own key is another.
  const fingerprint = /SHA256:\S+/.exec(
    (await run('keys list')).stdout.split('\n').find((one) => one.includes('Slack'))!,
  )![0];
  const end = await runOnTerminal(
    `ggen-mcp keys revoke --approver ann --key ${fingerprint}`,
    folder.workspace,
    [['Type revoke to confirm: ', 'revoke']],
    env(),
  );
  expect(end.stdout).toContain(`revoked ${fingerprint} of ann`);
  const keys = (await run('keys list')).stdout;
  expect(keys).toMatch(/^ann {2}SHA256:\S+ {2}revoked, by way of Slack, yours$/m);
  expect(keys).toMatch(/^ann {2}SHA256:\S+ {2}counts$/m);
  expect(readFileSync(join(folder.configDir, 'approvers.allowed_signers'), 'utf8')).toMatch(
    /^ann namespaces="ggen-approval-slack",valid-before="\d+Z" /m,
  );
}, 60_000);
