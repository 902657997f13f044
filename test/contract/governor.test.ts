import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GovernedSystem } from '../../src/compose/index.ts';
import type { Permit, Refusal } from '../../src/governor/index.ts';
import type { Action } from '../../src/model/action.ts';
import { enrol, signerOf } from '../support/approvers.ts';
import { createFolder, GOVERNANCE, openFolder, type TestFolder } from '../support/test-system.ts';

let folder: TestFolder;
let system: GovernedSystem;

beforeEach(async () => {
  folder = createFolder({ 'src/a.ts': 'old', 'lib/b.ts': 'old' });
  enrol(folder.configDir, 'olga', 'root', 'writer', 'WRITER', 'ann', 'ben', 'cid');
  system = await openFolder(folder);
});
afterEach(async () => {
  await system.close();
  folder.remove();
});

const write = (target: string, content = 'new'): Action => ({
  actionType: 'write_file',
  target,
  content,
  requester: 'writer',
});
const remove = (target: string): Action => ({ actionType: 'delete_file', target, requester: 'writer' });
const entries = async () => (await system.store.query({ limit: 100 })).reverse();

function refused(result: Permit | Refusal): Refusal {
  if (result.outcome !== 'refused') throw new Error('was permitted');
  return result;
}
function permitted(result: Permit | Refusal): Permit {
  if (result.outcome !== 'permitted') throw new Error(`was refused: ${result.message}`);
  return result;
}

describe('the one path', () => {
  it('permits what policy allows, and records attempt and outcome under one correlation id', async () => {
    const result = await system.governor.run(write('src/a.ts'), () => 42);
    expect(result).toMatchObject({ outcome: 'done', value: 42 });
    const [attempt, outcome] = await entries();
    expect(attempt).toMatchObject({ eventType: 'agent_action', result: 'unknown', target: 'src/a.ts' });
    expect(attempt?.metadata).toMatchObject({ event: 'attempt', decision: 'allowed' });
    expect(outcome).toMatchObject({ result: 'success', correlationId: attempt?.correlationId });
    expect(outcome?.metadata).toMatchObject({ event: 'outcome', attempt: attempt?.id });
  });

  it('refuses what a door can not read, in every mode, and records why with secrets masked', async () => {
    await system.policyHolder.update('policies.enforcement_mode', 'audit-only', false);
    const token = `ghp_${'a1B2'.repeat(9)}`;
    const call: Action = { actionType: 'call_tool', target: 'filesystem/read_file', requester: 'writer' };
    const refusal = await system.governor.refuse(call, `path ${token} is no path`);
    expect(refusal.outcome).toBe('refused');
    const last = (await entries()).at(-1);
    expect(last).toMatchObject({
      eventType: 'policy_violation',
      result: 'denied',
      target: 'filesystem/read_file',
      actor: { actorType: 'agent', id: 'writer' },
      metadata: { event: 'refused', decision: 'denied', rules: ['builtin.unjudged'] },
    });
    expect(last?.metadata.error).toMatch(/^path .* is no path$/);
    expect(JSON.stringify([last, refusal])).not.toContain(token);
  });

  it('has the attempt durably on record before anything happens', async () => {
    await system.governor.run(write('src/a.ts'), async () => {
      expect(await entries()).toHaveLength(1);
    });
  });

  it('records what the action threw as failure and throws it on', async () => {
    await expect(
      system.governor.run(write('src/a.ts'), () => {
        throw new Error('disk on fire');
      }),
    ).rejects.toThrow('disk on fire');
    expect((await entries())[1]).toMatchObject({ result: 'failure', metadata: { error: 'disk on fire' } });
  });

  it('leaves an attempt that nobody completed as unknown', async () => {
    permitted(await system.governor.authorize(write('src/a.ts')));
    await system.store.flush();
    expect(await entries()).toMatchObject([{ result: 'unknown' }]);
  });

  it('refuses what lies outside the agent’s area, with rule, file and line, and records it', async () => {
    let ran = false;
    const result = await system.governor.run(write('lib/b.ts'), () => {
      ran = true;
    });
    expect(ran).toBe(false);
    expect(result.outcome).toBe('refused');
    const { message, decision } = result as Refusal;
    expect(decision.reasons[0]?.line).toBeGreaterThan(0);
    expect(message).toContain('governance.toml:');
    expect(message).toContain('writer may write: src/*, out/*');
    expect(await entries()).toMatchObject([{ eventType: 'policy_violation', result: 'denied', target: 'lib/b.ts' }]);
  });

  it('records digests, never content, and masks secrets in targets, parameters and messages', async () => {
    const secret = `api_key = "${'Zk3'.repeat(10)}"`;
    await system.governor.authorize(write('src/a.ts', 'TOP CONTENT'));
    const bad = refused(
      await system.governor.authorize({
        actionType: 'call_tool',
        target: `tool ${secret}`,
        parameters: { header: secret, text: 'TOP CONTENT' },
        content: 'TOP CONTENT',
        requester: 'writer',
      }),
    );
    await system.store.flush();
    const everything = JSON.stringify(await entries()) + bad.message;
    expect(everything).not.toContain('Zk3Zk3');
    expect(everything).not.toContain('TOP CONTENT');
    expect(everything).toContain('content_digest');
  });

  it('judges every part, and the strictest wins', async () => {
    const move: Action = { ...write('src/a.ts'), parts: [{ actionType: 'write_file', target: 'lib/b.ts' }] };
    expect(refused(await system.governor.authorize(move)).message).toContain('lib/b.ts');
  });
});

describe('the record', () => {
  it('ties an outcome that another process saw to its attempt, whatever the policy is by then', async () => {
    const action = { ...write('src/a.ts'), context: { correlationId: 'call-1' } };
    const permit = permitted(await system.governor.authorize(action));
    await system.policyHolder.update('policies.quality.max_iterations', 9, false);
    await system.governor.recordOutcome('call-1', action, { result: 'failure', error: 'no' });
    const outcome = (await entries()).at(-1);
    expect(outcome).toMatchObject({ result: 'failure', correlationId: 'call-1' });
    expect(outcome?.metadata).toMatchObject({ attempt: permit.attemptId, action_digest: permit.actionDigest });
  });

  it('has no secret of a session, a correlation id, a comment or a working folder', async () => {
    const secret = 'api_key=Zk3Zk3Zk3Zk3Zk3Zk3Zk3Zk3Zk3';
    const context = { session: secret, correlationId: secret, cwd: join(folder.root, 'src'), justification: secret };
    const asked = refused(await system.governor.authorize({ ...remove('a.ts'), context }));
    await system.desk.decide({
      approvalId: asked.approval!.id,
      approved: true,
      signer: signerOf('olga'),
      via: 't',
      comment: secret,
    });
    const everything = JSON.stringify([await entries(), await system.desk.list({ pending: false, limit: 9 })]);
    expect(everything).not.toContain('Zk3Zk3');
  });
});

describe('approval', () => {
  const decide = (id: string, approved = true) =>
    system.desk.decide({ approvalId: id, approved, signer: signerOf('olga'), via: 'test', comment: 'looked at it' });

  it('waits for a person, passes once when approved, and asks anew after that', async () => {
    const first = refused(await system.governor.authorize(remove('src/a.ts')));
    expect(first.approval?.status).toBe('pending');
    expect(first.message).toContain(`ggen-mcp approvals approve ${first.approval?.id}`);
    const again = refused(await system.governor.authorize(remove('src/a.ts')));
    expect(again.approval?.id).toBe(first.approval?.id);
    await decide(first.approval!.id);
    expect(permitted(await system.governor.authorize(remove('src/a.ts'))).approvalId).toBe(first.approval?.id);
    const third = refused(await system.governor.authorize(remove('src/a.ts')));
    expect(third.approval?.id).not.toBe(first.approval?.id);
    expect((await entries()).map((entry) => entry.metadata.event)).toEqual([
      'approval_requested',
      'approval_awaited',
      'approval_approved',
      'approval_consumed',
      'attempt',
      'approval_requested',
    ]);
  });

  it('gives concurrent callers one grant between them', async () => {
    const first = refused(await system.governor.authorize(remove('src/a.ts')));
    await decide(first.approval!.id);
    const results = await Promise.all(Array.from({ length: 8 }, () => system.governor.authorize(remove('src/a.ts'))));
    expect(results.filter((result) => result.outcome === 'permitted')).toHaveLength(1);
  });

  it.each([
    ['content', (a: Action): Action => ({ ...a, content: 'changed' })],
    ['target', (a: Action): Action => ({ ...a, target: 'src/c.ts' })],
    ['cwd', (a: Action): Action => ({ ...a, target: 'a.ts', context: { cwd: join(folder.root, 'src') } })],
    ['parameters', (a: Action): Action => ({ ...a, parameters: { force: true } })],
    ['parts', (a: Action): Action => ({ ...a, parts: [{ actionType: 'write_file', target: 'src/d.ts' }] })],
    ['argv', (a: Action): Action => ({ ...a, context: { argv: ['x'] } })],
    ['environment', (a: Action): Action => ({ ...a, context: { env: { A: '1' } } })],
    ['requester', (a: Action): Action => ({ ...a, requester: 'default' })],
  ])('doesn’t cover a changed %s', async (_what, change) => {
    await system.close();
    folder.write('config/governance.toml', `${GOVERNANCE}\n[policies.agents.default]\ncan_write = ["*"]\n`);
    system = await openFolder(folder);
    const first = refused(await system.governor.authorize(remove('src/a.ts')));
    await decide(first.approval!.id);
    refused(await system.governor.authorize(change(remove('src/a.ts'))));
    permitted(await system.governor.authorize(remove('src/a.ts')));
  });

  it('does cover a retry from another session with another correlation id and justification', async () => {
    const first = refused(await system.governor.authorize(remove('src/a.ts')));
    await decide(first.approval!.id);
    const retry = { ...remove('src/a.ts'), context: { session: 's2', correlationId: 'c2', justification: 'please' } };
    permitted(await system.governor.authorize(retry));
  });

  it('doesn’t cover a symbolic link that points elsewhere by now', async () => {
    folder.write('src/one.ts', '1');
    folder.write('src/two.ts', '2');
    symlinkSync('one.ts', join(folder.root, 'src/link.ts'));
    const first = refused(await system.governor.authorize(remove('src/link.ts')));
    await decide(first.approval!.id);
    rmSync(join(folder.root, 'src/link.ts'));
    symlinkSync('two.ts', join(folder.root, 'src/link.ts'));
    refused(await system.governor.authorize(remove('src/link.ts')));
  });

  it('doesn’t cover a file that the command names and that was rewritten meanwhile', async () => {
    const run: Action = { actionType: 'execute_shell', target: 'rm src/a.ts', requester: 'writer' };
    const first = refused(await system.governor.authorize(run));
    await decide(first.approval!.id);
    folder.write('src/a.ts', 'rewritten while it was pending');
    const second = refused(await system.governor.authorize(run));
    expect(second.approval?.id).not.toBe(first.approval?.id);
    folder.write('src/a.ts', 'old');
    permitted(await system.governor.authorize(run));
  });

  it('doesn’t cover a script that was rewritten in the folder where the command runs', async () => {
    await system.close();
    folder.write('config/governance.toml', GOVERNANCE.replace('["rm"]', '["./deploy"]'));
    folder.write('src/deploy', 'echo one');
    system = await openFolder(folder);
    const cwd = join(folder.root, 'src');
    const run: Action = { actionType: 'execute_shell', target: './deploy now', requester: 'writer', context: { cwd } };
    const first = refused(await system.governor.authorize(run));
    await decide(first.approval!.id);
    folder.write('src/deploy', 'echo two');
    refused(await system.governor.authorize(run));
    folder.write('src/deploy', 'echo one');
    permitted(await system.governor.authorize(run));
  });

  it.each([
    ['a file in a folder that the command names', 'rm -r src/sub', () => folder.write('src/sub/x', '2')],
    ['a file named behind =', 'rm --files-from=src/sub/x', () => folder.write('src/sub/x', '2')],
    ['a file glued to an option', 'rm -fsrc/sub/x', () => folder.write('src/sub/x', '2')],
    [
      'where a link that the command names leads',
      'rm src/link',
      () => {
        rmSync(join(folder.root, 'src/link'));
        symlinkSync('b.ts', join(folder.root, 'src/link'));
      },
    ],
  ])('doesn’t cover a change of %s', async (_what, command, change) => {
    folder.write('src/sub/x', '1');
    folder.write('src/b.ts', 'old');
    symlinkSync('a.ts', join(folder.root, 'src/link'));
    const run: Action = { actionType: 'execute_shell', target: command, requester: 'writer' };
    const first = refused(await system.governor.authorize(run));
    await decide(first.approval!.id);
    change();
    const second = refused(await system.governor.authorize(run));
    expect(second.approval?.id).not.toBe(first.approval?.id);
  });

  it('needs the strictest strategy of all that one action touches, and an approver for each of it', async () => {
    await system.close();
    folder.write('config/approvals.toml', '[approvals.strategies]\ndestructive_operations = "multi-approval"\n');
    folder.write(
      'config/governance.toml',
      GOVERNANCE.replace('["delete_file", "publish_template"]', '["delete_file", "publish_template", "write_file"]'),
    );
    system = await openFolder(folder);
    const both: Action = { ...write('src/b.ts'), parts: [{ actionType: 'delete_file', target: 'src/a.ts' }] };
    expect(refused(await system.governor.authorize(write('src/b.ts'))).approval).toBeDefined();
    expect(refused(await system.governor.authorize(both)).message).toContain('multi-approval');
  });

  it('is asked for where the operation is listed by name, even if its class would approve itself', async () => {
    await system.close();
    folder.write('config/approvals.toml', '[approvals.strategies]\nexternal_calls = "auto-approval"\n');
    folder.write(
      'config/governance.toml',
      `${GOVERNANCE.replace('"publish_template"', '"http_request"')}\n[policies.network]\nallowed_domains = ["a.com"]\n`,
    );
    system = await openFolder(folder);
    const call: Action = { actionType: 'http_request', target: 'https://a.com/', requester: 'writer' };
    expect(refused(await system.governor.authorize(call)).approval?.status).toBe('pending');
  });

  it('may not be given by an approver for only a part of it', async () => {
    await system.close();
    folder.write(
      'config/approvals.toml',
      '[[approvers.user]]\nid = "olga"\ncan_approve = ["publish_template"]\n[[approvers.user]]\nid = "root"\ncan_approve = ["*"]\n',
    );
    system = await openFolder(folder);
    const action: Action = {
      actionType: 'publish_template',
      target: 't',
      requester: 'writer',
      parts: [{ actionType: 'delete_file', target: 'src/a.ts' }],
    };
    const id = refused(await system.governor.authorize(action)).approval!.id;
    const by = (approver: string) =>
      system.desk.decide({ approvalId: id, approved: true, signer: signerOf(approver), via: 'test' });
    expect(system.desk.eligible(await system.desk.show(id))?.map((user) => user.id)).toEqual(['root']);
    await expect(by('olga')).rejects.toMatchObject({ code: 'NOT_PERMITTED' });
    expect((await by('root')).status).toBe('approved');
  });

  it('doesn’t survive a change of policy', async () => {
    const first = refused(await system.governor.authorize(remove('src/a.ts')));
    await decide(first.approval!.id);
    await system.policyHolder.update('policies.quality.min_validation_score', 0.5, false);
    refused(await system.governor.authorize(remove('src/a.ts')));
  });

  it('tells a rejected agent who and why, and doesn’t bother the person again', async () => {
    const first = refused(await system.governor.authorize(remove('src/a.ts')));
    await decide(first.approval!.id, false);
    const again = refused(await system.governor.authorize(remove('src/a.ts')));
    expect(again.approval).toBeUndefined();
    expect(again.message).toContain('Rejected by olga: looked at it');
    expect(await system.desk.list({ pending: true, limit: 10 })).toHaveLength(0);
  });

  it('can’t be given by the requester, twice, or for a request that isn’t there', async () => {
    const first = refused(await system.governor.authorize(remove('src/a.ts')));
    const id = first.approval!.id;
    const asWriter = { approvalId: id, approved: true, signer: signerOf('writer'), via: 'test' };
    await expect(system.desk.decide(asWriter)).rejects.toThrow(/can't decide/);
    await expect(system.desk.decide({ ...asWriter, signer: signerOf('WRITER') })).rejects.toThrow(/can't decide/);
    await decide(id);
    // The same word again, by somebody who wasn't told that it arrived, changes nothing.
    expect(await decide(id)).toMatchObject({ id, status: 'approved', votes: [{ approved: true }] });
    const other = { approvalId: id, approved: false, signer: signerOf('olga'), via: 'test' };
    await expect(system.desk.decide(other)).rejects.toThrow(/is approved, not pending/);
    await expect(decide('nope')).rejects.toThrow(/no approval request/);
  });

  it('expires undecided, is never granted by time, and its expiry is on record', async () => {
    await system.close();
    folder.write('config/approvals.toml', '[approvals]\ndefault_timeout_seconds = 1\n');
    system = await openFolder(folder);
    const first = refused(await system.governor.authorize(remove('src/a.ts')));
    const id = first.approval!.id;
    expect(await system.governor.awaitDecision(id, { timeoutMs: 20_000 })).toBe('expired');
    expect(await system.desk.list({ pending: true, limit: 10 })).toEqual([]);
    await expect(decide(id)).rejects.toThrow(/is expired, not pending/);
    expect((await system.store.getRequest(id))?.status).toBe('expired');
    expect((await entries()).map((entry) => entry.metadata.event)).toContain('approval_expired');
    const second = refused(await system.governor.authorize(remove('src/a.ts')));
    expect(second.approval?.id).not.toBe(id);
  });

  it('survives a restart', async () => {
    const first = refused(await system.governor.authorize(remove('src/a.ts')));
    await system.close();
    system = await openFolder(folder);
    await decide(first.approval!.id);
    await system.close();
    system = await openFolder(folder);
    permitted(await system.governor.authorize(remove('src/a.ts')));
  });

  it('is seen by a waiter, and a wait that ends doesn’t end the request', async () => {
    const first = refused(await system.governor.authorize(remove('src/a.ts')));
    const id = first.approval!.id;
    expect(await system.governor.awaitDecision(id, { timeoutMs: 60 })).toBe('pending');
    const waiting = system.governor.awaitDecision(id, { timeoutMs: 20_000 });
    await decide(id);
    expect(await waiting).toBe('approved');
  });

  it('is refused at once where no configured approver may give it', async () => {
    await system.close();
    folder.write(
      'config/approvals.toml',
      '[approvals]\nenabled = true\n[[approvers.user]]\nid = "olga"\nrole = "dev"\ncan_approve = ["graph_operations"]\n',
    );
    system = await openFolder(folder);
    const result = refused(await system.governor.authorize(remove('src/a.ts')));
    expect(result.approval).toBeUndefined();
    expect(result.message).toContain('no configured approver');
  });

  it('is refused at once where it takes several people and none are named', async () => {
    await system.close();
    folder.write('config/approvals.toml', '[approvals.strategies]\ndestructive_operations = "multi-approval"\n');
    system = await openFolder(folder);
    const result = refused(await system.governor.authorize(remove('src/a.ts')));
    expect(result.approval).toBeUndefined();
    expect(result.message).toContain('no approvers are configured: nobody can give it');
  });

  it('by several people passes once enough of them have said yes, and not before', async () => {
    await system.close();
    const people = ['ann', 'ben', 'cid', 'writer'].map(
      (id) => `[[approvers.user]]\nid = "${id}"\ncan_approve = ["*"]\n`,
    );
    const rule =
      '[approvals.strategies]\ndestructive_operations = "multi-approval"\n[approvals.multi-approval]\nmin_approvers = 2\nquorum_percentage = 0.5\n';
    folder.write('config/approvals.toml', rule + people.join(''));
    system = await openFolder(folder);
    const id = refused(await system.governor.authorize(remove('src/a.ts'))).approval!.id;
    // The requester is an approver too, and doesn't count.
    expect(await system.desk.show(id)).toMatchObject({
      quorum: { required: 2, of: 3, eligible: ['ann', 'ben', 'cid'] },
    });
    const vote = (approver: string, approved: boolean) =>
      system.desk.decide({ approvalId: id, approved, signer: signerOf(approver), via: 'test' });
    expect(await vote('ann', true)).toMatchObject({ status: 'pending' });
    expect(refused(await system.governor.authorize(remove('src/a.ts'))).approval?.id).toBe(id);
    await expect(vote('ann', false)).rejects.toThrow('ann has approved request');
    await expect(vote('writer', true)).rejects.toThrow(/can't decide/);
    await expect(vote('dan', true)).rejects.toThrow(/not a configured approver/);
    expect(await vote('ben', false)).toMatchObject({ status: 'pending' });
    expect(await vote('cid', true)).toMatchObject({ status: 'approved', decidedBy: { id: 'cid' } });
    expect((await system.governor.authorize(remove('src/a.ts'))).outcome).toBe('permitted');
    expect(refused(await system.governor.authorize(remove('src/a.ts'))).approval?.id).not.toBe(id);
    const votes = (await entries()).filter((entry) => entry.metadata.event === 'approval_vote');
    expect(votes.map(({ actor, metadata }) => [actor.id, metadata.approved, metadata.votes])).toEqual(
      [
        ['ann', true, { approved: 1, rejected: 0, required: 2, of: 3 }],
        ['ben', false, { approved: 1, rejected: 1, required: 2, of: 3 }],
        ['cid', true, { approved: 2, rejected: 1, required: 2, of: 3 }],
      ].slice(0, votes.length),
    );
    expect(votes).toHaveLength(3);
  });
});

describe('limits', () => {
  it('count a provider’s requests in the shared store', async () => {
    await system.close();
    folder.write(
      'config/governance.toml',
      `${GOVERNANCE}\n[policies.resource.rate_limits]\nanthropic_requests_per_minute = 2\nollama_requests_per_minute = 0\n`,
    );
    system = await openFolder(folder);
    const call = (provider: string): Action => ({ ...write('src/a.ts'), context: { provider } });
    permitted(await system.governor.authorize(call('anthropic')));
    permitted(await system.governor.authorize(call('anthropic')));
    expect(refused(await system.governor.authorize(call('anthropic'))).message).toContain('rate_limits');
    for (let i = 0; i < 5; i += 1) permitted(await system.governor.authorize(call('ollama')));
  });

  it('hold under concurrent callers too', async () => {
    await system.close();
    folder.write(
      'config/governance.toml',
      `${GOVERNANCE}\n[policies.resource.rate_limits]\nanthropic_requests_per_minute = 3\n`,
    );
    system = await openFolder(folder);
    const call: Action = { ...write('src/a.ts'), context: { provider: 'anthropic' } };
    const results = await Promise.all(Array.from({ length: 10 }, () => system.governor.authorize(call)));
    expect(results.filter((result) => result.outcome === 'permitted')).toHaveLength(3);
  });

  it('bound how many agents are active at once', async () => {
    await system.close();
    folder.write(
      'config/governance.toml',
      `${GOVERNANCE}\n[policies.resource]\nmax_concurrent_agents = 2\n[policies.agents.default]\ncan_write = ["*"]\n`,
    );
    system = await openFolder(folder);
    const by = (requester: string): Action => ({ ...write('src/a.ts'), requester });
    permitted(await system.governor.authorize(by('a')));
    permitted(await system.governor.authorize(by('b')));
    expect(refused(await system.governor.authorize(by('c'))).message).toContain('max_concurrent_agents');
    permitted(await system.governor.authorize(by('a')));
  });
});

describe.each(['strict', 'permissive', 'audit-only'])('in %s mode', (mode) => {
  beforeEach(async () => {
    await system.close();
    folder.write('config/governance.toml', GOVERNANCE.replace('"strict"', `"${mode}"`));
    system = await openFolder(folder);
  });

  it.each([
    ['write_file', 'config/governance.toml'],
    ['write_file', 'src/../config/approvals.toml'],
    ['write_file', '.ggen/audit.db'],
    ['delete_file', '.ggen'],
    ['write_file', '.claude/settings.json'],
    ['execute_shell', 'ggen-mcp approvals approve x'],
    ['execute_shell', 'rm .ggen/audit.db'],
  ])('no agent may %s %s', async (actionType, target) => {
    const result = refused(await system.governor.authorize({ actionType, target, requester: 'writer' }));
    expect(result.decision.reasons.some((reason) => reason.rule.startsWith('builtin.protected'))).toBe(true);
  });

  it('ordinary bounds are enforced as the mode says', async () => {
    const result = await system.governor.authorize(write('lib/b.ts'));
    expect(result.outcome).toBe(mode === 'strict' ? 'refused' : 'permitted');
    if (mode !== 'strict') expect(result.decision.strict?.outcome).toBe('denied');
  });

  it('a path that escapes is stopped unless the mode enforces nothing', async () => {
    const result = await system.governor.authorize(write('src/../../../../etc/x'));
    expect(result.outcome).toBe(mode === 'audit-only' ? 'permitted' : 'refused');
  });

  it('limits stop in strict mode only, and count in every mode', async () => {
    await system.close();
    const limits = '\n[policies.resource.rate_limits]\nanthropic_requests_per_minute = 1\n';
    folder.write('config/governance.toml', GOVERNANCE.replace('"strict"', `"${mode}"`) + limits);
    system = await openFolder(folder);
    const call: Action = { ...write('src/a.ts'), context: { provider: 'anthropic' } };
    permitted(await system.governor.authorize(call));
    const second = await system.governor.authorize(call);
    expect(second.outcome).toBe(mode === 'strict' ? 'refused' : 'permitted');
    const said = mode === 'strict' ? second.decision.reasons : second.decision.warnings;
    expect(said.some((reason) => reason.rule.startsWith('policies.resource.rate_limits'))).toBe(true);
  });

  it('lifting a denial doesn’t lift the question: outside the bounds people are asked all the same', async () => {
    const result = await system.governor.authorize(remove('lib/b.ts'));
    expect(result.outcome).toBe(mode === 'audit-only' ? 'permitted' : 'refused');
    if (mode === 'permissive') expect(refused(result).approval?.status).toBe('pending');
  });

  it('approvals are asked for unless the mode enforces nothing', async () => {
    const result = await system.governor.authorize(remove('src/a.ts'));
    expect(result.outcome).toBe(mode === 'audit-only' ? 'permitted' : 'refused');
  });
});
