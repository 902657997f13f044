// Votes that are lent at a terminal, and votes that are signed elsewhere with ssh-keygen and handed in.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ApprovalManager, createGovernor } from '../../src/index.ts';
import { runCommandLine, runOnTerminal } from '../guide/command-line.ts';
import { type Folder, openFolder } from '../guide/folder.ts';
import { CONFIRM, ownKey, PASSPHRASE, signerOf } from '../support/approvers.ts';

const FLAGS = '--action-type delete_file --target notes/old.md --requester gardener';
let folder: Folder;
beforeEach(async () => {
  folder = openFolder({
    'governance.toml': `[policies]
version = "1.0"
[policies.operational.require_approval]
operations = ["delete_file"]
[policies.agents.gardener]
can_read = ["*"]
can_write = ["notes/*"]
`,
    'approvals.toml': `[approvals.strategies]
destructive_operations = "single-approval"
[[approvers.user]]
id = "ann"
can_approve = ["*"]
[[approvers.user]]
id = "ben"
can_approve = ["network"]
`,
  });
  await ownKey(folder.configDir, 'ann');
  await ownKey(folder.configDir, 'ben');
});
afterEach(() => folder.remove());

const run = (line: string) => runCommandLine(`ggen-mcp approvals ${line}`, folder.workspace);
const sign = (line: string) => runOnTerminal(`ggen-mcp approvals ${line}`, folder.workspace, [[CONFIRM, PASSPHRASE]]);
const ask = async (more = ''): Promise<string> => (await run(`request ${FLAGS} ${more}`)).stdout.trim();

it('a vote is lent, cast by another with both names shown, and taken back', async () => {
  const id = await ask('--justification "it is old" --metadata {"pages":3}');
  expect((await sign(`approve ${id} --as ben --on-behalf-of ann`)).code).toBe(2);
  expect((await run('delegations')).stdout).toBe('no vote is lent\n');
  const lent = await sign('delegate --to ben --for 8h --scope delete_file,files --reason leave --as ann');
  expect(lent.stdout).toContain('ben may cast your vote on delete_file, files, until 20');
  const delegation = /lent (\S+) until/.exec(lent.stdout)?.[1];
  expect((await run('delegations')).stdout).toContain(`${delegation}  ann to ben on delete_file, files, until 20`);
  expect(JSON.parse((await run('delegations --json')).stdout)).toMatchObject({ id: delegation, delegator: 'ann' });

  const cast = await sign(`approve ${id} --as ben --on-behalf-of ann`);
  expect(cast).toMatchObject({ code: 0 });
  expect(cast.stdout).toContain('approve this as ben for ann?');
  expect((await run(`show ${id}`)).stdout).toContain('ben for ann: yes');
  const shown = JSON.parse((await run(`show ${id} --json`)).stdout);
  expect(shown).toMatchObject({
    justification: 'it is old',
    metadata: { pages: 3 },
    votes: [{ approver: 'ben', on_behalf_of: 'ann', delegation_id: delegation, kind: 'person' }],
  });
  expect((await run(`verify ${id}`)).stdout).toMatch(/^ben for ann: yes, signed .*\n.* is approved: holds\n$/);
  expect(JSON.parse((await run(`verify ${id} --json`)).stdout)).toMatchObject({
    holds: true,
    votes: [{ approver: 'ben', on_behalf_of: 'ann', holds: true }],
  });
  expect(await run(`undelegate ${delegation}`)).toMatchObject({ code: 0, stdout: `taken back ${delegation}\n` });
  expect((await run(`undelegate ${delegation}`)).code).toBe(2);
});

describe('a vote that is signed elsewhere', () => {
  const statement = async (id: string, decision: string, more = ''): Promise<void> => {
    const end = await run(`statement ${id} --as ann --decision ${decision} ${more}`);
    expect(end).toMatchObject({ code: 0, stderr: '' });
    folder.write('vote', end.stdout);
  };
  const submit = () => run('submit --statement vote --signature vote.sig');

  it('counts once it is handed in, by whomever, and only as it was signed', async () => {
    const key = folder.path('id');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
    const [type, base64] = execFileSync('ssh-keygen', ['-y', '-f', key], { encoding: 'utf8' }).split(' ');
    writeFileSync(
      folder.path('config/approvers.allowed_signers'),
      `ann namespaces="ggen-approval" ${type} ${base64!.trim()}\n`,
      { flag: 'a' },
    );
    const keygen = (namespace = 'ggen-approval'): void => {
      execFileSync('rm', ['-f', folder.path('vote.sig')]);
      execFileSync('ssh-keygen', ['-q', '-Y', 'sign', '-n', namespace, '-f', key, folder.path('vote')]);
    };
    const id = await ask();
    await statement(id, 'approve', '--comment "on the train"');
    keygen('something-else');
    expect(await submit()).toMatchObject({ code: 2, stderr: expect.stringContaining('ann signed something else') });
    keygen();
    folder.write('vote', (await run(`statement ${id} --as ann --decision reject`)).stdout);
    expect(await submit()).toMatchObject({ code: 2, stderr: expect.stringContaining('ann signed something else') });
    await statement(id, 'approve', '--comment "on the train"');
    keygen();
    expect((await submit()).stdout).toMatch(/^approved /);
    expect((await run(`verify ${id}`)).code).toBe(0);
    expect((await run(`show ${id}`)).stdout).toContain('decided by ann: on the train');
    expect((await run(`statement ${id} --as ann --decision approve`)).code).toBe(2);
    folder.write('vote', 'anything\n');
    expect(await submit()).toMatchObject({ code: 2, stderr: expect.stringContaining('no statement of a vote') });
  });

  it('is signed with a key that lies in another home, where neither configuration nor store are', async () => {
    const home = mkdtempSync(join(tmpdir(), 'ggen-elsewhere-'));
    const env = { ...process.env, GGEN_HOME: home };
    await ownKey(folder.configDir, 'ann', home);
    const id = await ask();
    await statement(id, 'approve', '--comment fine');
    const line = `ggen-mcp approvals sign ${folder.path('vote')} --output ${join(home, 'vote.sig')}`;
    const signed = await runOnTerminal(line, home, [[CONFIRM, PASSPHRASE]], env);
    expect(signed).toMatchObject({ code: 0 });
    expect(signed.stdout).toContain(`approve request ${id} as ann`);
    expect(signed.stdout).toContain('comment    fine');
    expect((await run(`submit --statement vote --signature ${join(home, 'vote.sig')}`)).stdout).toMatch(/^approved /);
    expect((await runOnTerminal(line, home, [], env)).code).toBe(2);
    rmSync(home, { recursive: true });
  });

  it('is the same from a program', async () => {
    const open = () =>
      ApprovalManager.fromConfig(folder.path('config/approvals.toml'), { workspace: folder.workspace });
    const action = { actionType: 'delete_file', target: 'notes/old.md', requester: 'gardener' };
    const manager = open();
    const request = { operation: { name: 'delete_file' }, requester: 'gardener', action, justification: 'old' };
    const approvalId = await manager.requestApproval(request);
    const word = { approvalId, approver: 'ann', approved: true, comment: 'fine' };
    const { statement, at } = await manager.statement(word);
    const key = signerOf('ann');
    await expect(manager.provideApproval({ ...word, at, signature: await key.sign(statement) })).rejects.toMatchObject({
      message: expect.stringContaining('not enrolled for that name'),
    });
    await expect(manager.provideApproval({ ...word, signature: 'x' })).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    await expect(manager.provideApproval({ ...word, at: at + 120_000, signature: 'x' })).rejects.toMatchObject({
      message: expect.stringContaining('later than now'),
    });
    await manager.close();
    const own = await openOwn();
    const other = open();
    await other.provideApproval({ ...word, at, signature: await own.sign(statement) });
    expect(await other.waitForApproval(approvalId, 1000)).toEqual({ outcome: 'approved', approvers: ['ann'] });
    // The action passes at a door, once.
    const governor = await createGovernor({ configDir: folder.configDir, workspace: folder.workspace });
    expect(await governor.authorize(action)).toMatchObject({ outcome: 'permitted', approvalId });
    expect((await governor.authorize(action)).outcome).toBe('refused');
    await governor.close();
    await expect(other.requestApproval({ ...request, requester: 'x' })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
    });
    const read = { ...action, actionType: 'read_file' };
    await expect(
      other.requestApproval({ ...request, operation: { name: 'read_file' }, action: read }),
    ).rejects.toMatchObject({ code: 'CONFLICT' });
    const outside = { ...action, target: 'src/a.ts' };
    await expect(other.requestApproval({ ...request, action: outside })).rejects.toMatchObject({
      code: 'NOT_PERMITTED',
    });

    // Taken back: while it waits, and once it is approved.
    const [waiting] = await other.listApprovals({ pending: true });
    await other.cancelApproval(waiting!.id);
    expect(await other.getApproval(waiting!.id)).toMatchObject({ status: 'cancelled' });
    await expect(other.cancelApproval(waiting!.id)).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(other.revokeApproval(waiting!.id)).rejects.toMatchObject({ code: 'CONFLICT' });
    const next = await other.requestApproval(request);
    const said = await other.statement({ ...word, approvalId: next });
    await other.provideApproval({ ...word, approvalId: next, at: said.at, signature: await own.sign(said.statement) });
    await other.revokeApproval(next);
    expect(await other.waitForApproval(next, 1000)).toEqual({ outcome: 'rejected', reason: 'revoked' });
    await other.close();
  });

  const openOwn = async () => {
    const { openApproverKey } = await import('../../src/index.ts');
    return await openApproverKey({ approver: 'ann', passphrase: PASSPHRASE });
  };
});

describe('a script that does itself what is approved', () => {
  it('uses the approval up once, right before', async () => {
    const self = '--action-type publish_template --target rest-api --requester publisher --self';
    const id = (await run(`request ${self} --metadata {"version":3}`)).stdout.trim();
    expect((await run(`consume ${id}`)).code).toBe(2);
    await sign(`approve ${id} --as ann`);
    expect(await run(`consume ${id}`)).toMatchObject({ code: 0, stdout: `used up ${id}\n` });
    expect(await run(`consume ${id}`)).toMatchObject({ code: 2, stderr: expect.stringContaining('is consumed') });
    expect((await run(`wait ${id}`)).code).toBe(0);
    expect((await run(`request ${self} --content x`)).stderr).toContain('--self binds no content');
    const bound = await ask();
    await sign(`approve ${bound} --as ann`);
    expect((await run(`consume ${bound}`)).stderr).toContain('is used up by the door that lets its action pass');
  });

  it('has its key bound to a request that waits already', async () => {
    const id = await ask();
    expect(await ask('--idempotency-key late')).toBe(id);
    const other = await run(
      'request --action-type delete_file --target notes/b.md --requester gardener --idempotency-key late',
    );
    expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining(`request ${id}'s`) });
  });

  it('sees in verify what would not pass any more', async () => {
    const id = await ask();
    await sign(`approve ${id} --as ann`);
    expect(JSON.parse((await run(`verify ${id} --json`)).stdout)).toMatchObject({ holds: true, passes_now: true });
    const revoke = 'ggen-mcp keys revoke --approver ann';
    await runOnTerminal(revoke, folder.workspace, [['Type revoke to confirm: ', 'revoke']]);
    // Times in the keys' file are whole seconds: it ends with the one in which it was revoked.
    let after = await run(`verify ${id}`);
    for (let i = 0; i < 10 && !after.stdout.includes('it would not pass now'); i += 1) {
      await delay(500);
      after = await run(`verify ${id}`);
    }
    expect(after.stdout).toContain('it would not pass now');
    await ownKey(folder.configDir, 'ann');
    const governor = await createGovernor({ configDir: folder.configDir, workspace: folder.workspace });
    const answer = await governor.authorize({
      actionType: 'delete_file',
      target: 'notes/old.md',
      requester: 'gardener',
    });
    expect(answer).toMatchObject({ outcome: 'refused', message: expect.stringMatching(/^Approval .* counts no more/) });
    await governor.close();
  });
});

describe('a request from a script', () => {
  it('has a key of its own, takes the place of another, and says what does not fit', async () => {
    const first = await ask('--idempotency-key k1');
    expect(await ask('--idempotency-key k1')).toBe(first);
    expect(await run(`request ${FLAGS} --content x --idempotency-key k1`)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`that idempotency key is request ${first}'s`),
    });
    const second = (await run(`request ${FLAGS} --content other --supersedes ${first}`)).stdout.trim();
    expect(JSON.parse((await run(`show ${first} --json`)).stdout)).toMatchObject({ status: 'superseded' });
    expect((await run(`request ${FLAGS} --content third --supersedes ${first}`)).code).toBe(2);
    expect((await run(`request ${FLAGS} --metadata [1]`)).stderr).toContain('--metadata takes a JSON object');
    expect((await run(`request ${FLAGS} --metadata {`)).stderr).toContain('--metadata: ');
    expect(JSON.parse((await run(`cancel ${second} --json`)).stdout)).toMatchObject({
      id: second,
      status: 'cancelled',
    });
  });
});
