// Every kind of approval, on both databases, when the process that has to do with it is killed and others go on.
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAgentKeyFiles } from '../../src/adapters/keys/index.ts';
import { renderApproverKey, VOTE_NAMESPACE } from '../../src/approvals/index.ts';
import type { GovernedSystem } from '../../src/compose/index.ts';
import { signerOf } from '../support/approvers.ts';
import { createKeyedFolder, type KeyedFolder } from '../support/keyed-folder.ts';
import { whyNoPostgres } from '../support/postgres-server.ts';
import { expectSoundApprovals } from './approval-check.ts';
import { type ApprovalProcess, startApprovalProcess } from './approval-process.ts';

const SOAK = process.env.GGEN_SOAK !== undefined;
const GOVERNANCE = `
[policies]
version = "1.0"
[policies.operational.require_approval]
operations = ["write_file"]
[policies.operational.auto_approval]
operations = ["read_file"]
[policies.agents.writer]
can_read = ["*"]
can_write = ["src/*"]
`;
const PEOPLE = ['ann', 'ben'].map((id) => `[[approvers.user]]\nid = "${id}"\ncan_approve = ["*"]\n`).join('');
const write = { actionType: 'write_file', target: 'src/a.txt', requester: 'writer', content: 'text' };
const WAIT_MS = 60_000;

describe.each(['sqlite', 'postgres'] as const)('on %s, after kill -9', (backend) => {
  const missing = backend === 'postgres' ? whyNoPostgres() : undefined;
  const survives = (title: string, test: () => Promise<void>) => it.skipIf(missing !== undefined)(title, test, 120_000);
  let folder: KeyedFolder;
  let running: ApprovalProcess[];
  beforeEach(async () => {
    running = [];
    if (missing === undefined) folder = await createKeyedFolder(backend, GOVERNANCE, '', ['ann', 'ben']);
  });
  afterEach(async () => {
    await Promise.all(running.map((one) => one.kill().catch(() => undefined)));
    if (missing === undefined) await folder.remove();
  });

  const configure = (approvals: string): void => folder.write('config/approvals.toml', approvals);
  const start = (options: { readonly watch?: boolean } = {}): ApprovalProcess => {
    const one = startApprovalProcess(folder.root, options);
    running.push(one);
    return one;
  };
  const ask = async (by: ApprovalProcess): Promise<string> => {
    const answer = await by.perform({ do: 'ask', action: write });
    if (answer?.is !== 'asked') throw new Error(`not asked: ${JSON.stringify(answer)}`);
    return answer.id;
  };
  /** Asked by a process that is killed as soon as it has said so. */
  const askAndDie = async (options: { readonly watch?: boolean } = {}): Promise<string> => {
    const asker = start(options);
    const id = await ask(asker);
    expect(await asker.kill()).toBe('SIGKILL');
    return id;
  };
  const vote = (by: ApprovalProcess, id: string, approver: string) =>
    by.perform({ do: 'vote', id, approver, approved: true });
  /** Used by a process that is killed when it has said so, and then by nobody any more. */
  const expectUsedOnce = async (id: string, user = start()): Promise<void> => {
    const used = await user.perform({ do: 'use', action: write });
    expect(used).toMatchObject({ is: 'used', id });
    expect(await user.kill()).toBe('SIGKILL');
    const system = await folder.open();
    expect(await system.governor.authorize(write)).toMatchObject({ outcome: 'refused' });
    const { requests } = await expectSoundApprovals(system, { asked: [id], uses: used?.is === 'used' ? [used] : [] });
    expect(requests.get(id)?.status).toBe('consumed');
  };
  const decide = (system: GovernedSystem, approvalId: string, approver: string) =>
    system.desk.decide({ approvalId, approved: true, signer: signerOf(approver), via: 'test' });
  const until = async (is: () => Promise<boolean>): Promise<void> => {
    while (!(await is())) await delay(20);
  };
  const event = async (system: GovernedSystem, name: string) =>
    (await system.store.query({ limit: 1000 })).find(({ metadata }) => metadata.event === name);

  survives('what needs nobody is on record, and needs nobody again', async () => {
    const read = { actionType: 'read_file', target: 'src/a.txt', requester: 'writer' };
    const first = start();
    const done = await first.perform({ do: 'use', action: read });
    expect(done).toMatchObject({ is: 'used', id: '' });
    expect(await first.kill()).toBe('SIGKILL');
    const system = await folder.open();
    expect(await system.governor.authorize(read)).toMatchObject({ outcome: 'permitted' });
    const { entries, requests } = await expectSoundApprovals(system);
    expect(entries.find(({ id }) => done?.is === 'used' && id === done.attempt)).toMatchObject({
      metadata: {
        event: 'attempt',
        decision: 'allowed',
        rules: expect.arrayContaining([expect.stringContaining('auto_approval')]),
      },
      result: 'unknown',
    });
    expect(requests.size).toBe(0);
  });

  survives('one person’s decision reaches who waits in another process, and holds until it is used', async () => {
    configure(PEOPLE);
    const [waiter, decider] = [start(), start()];
    const id = await askAndDie();
    const told = waiter.perform({ do: 'wait', id, timeoutMs: WAIT_MS });
    expect(await vote(decider, id, 'ann')).toEqual({ is: 'voted', status: 'approved' });
    expect(await decider.kill()).toBe('SIGKILL');
    expect(await told).toEqual({ is: 'decided', status: 'approved' });
    expect(await waiter.kill()).toBe('SIGKILL');
    await expectUsedOnce(id);
  });

  survives('the votes of several people stand, each cast in a process that is killed', async () => {
    configure(`${PEOPLE}[approvals.operations.write_file]\nstrategy = "multi-approval"\nmin_approvers = 2\n`);
    const [first, second] = [start(), start()];
    const id = await ask(first);
    expect(await vote(first, id, 'ann')).toEqual({ is: 'voted', status: 'pending' });
    expect(await first.kill()).toBe('SIGKILL');
    expect(await vote(second, id, 'ben')).toEqual({ is: 'voted', status: 'approved' });
    expect(await second.kill()).toBe('SIGKILL');
    await expectUsedOnce(id);
  });

  survives('a timer fires in whichever process is there when its time has come', async () => {
    const timed = '[approvals.operations.write_file]\nstrategy = "time-based-approval"\n';
    configure(`[approvals]\nauto_approve_after_seconds = 1\nuse_within_seconds = 600\n${timed}${PEOPLE}`);
    const id = await askAndDie({ watch: true });
    await delay(1000);
    const worker = start({ watch: true });
    const system = await folder.open();
    await until(async () => (await system.store.getRequest(id))?.status !== 'pending');
    expect(await event(system, 'approval_approved')).toMatchObject({ metadata: { decided_by_kind: 'timer' } });
    await expectUsedOnce(id, worker);
  });

  survives('those who are asked later are asked, and may decide', async () => {
    configure(`[approvals.escalation]\nafter_seconds = 1\napprovers = ["ben"]\n${PEOPLE}`);
    const id = await askAndDie({ watch: true });
    const worker = start({ watch: true });
    const system = await folder.open();
    await until(async () => (await event(system, 'approval_escalated')) !== undefined);
    expect(await event(system, 'approval_escalated')).toMatchObject({ metadata: { approvers: ['ben'] } });
    expect(await decide(system, id, 'ben')).toMatchObject({ status: 'approved' });
    await expectUsedOnce(id, worker);
  });

  describe('of an agent that decides', () => {
    const agent = (id: string, more = ''): string =>
      `[[approvers.agent]]\nid = "${id}"\ncan_approve = ["*"]\nauto_approve = true\n${more}`;
    const agentKey = (id: string): void => {
      const { key } = createAgentKeyFiles(`${folder.root}-home/.config/ggen-governance/keys`).create(id);
      const line = renderApproverKey({
        approver: id,
        key,
        from: 0,
        until: Number.POSITIVE_INFINITY,
        namespace: VOTE_NAMESPACE,
      });
      appendFileSync(join(folder.root, 'config/approvers.allowed_signers'), `${line}\n`);
    };

    survives('a request that was made without it is decided by the next worker', async () => {
      configure(`${PEOPLE}${agent('security_agent')}`);
      agentKey('security_agent');
      const id = await askAndDie();
      const worker = start({ watch: true });
      const system = await folder.open();
      expect(await system.governor.awaitDecision(id, { timeoutMs: WAIT_MS })).toBe('approved');
      await expectUsedOnce(id, worker);
    });

    // Its lease is as long as it may think, and ten seconds more.
    it.runIf(SOAK && missing === undefined)(
      'a decision that was under way is begun anew where its lease is over, and people may be faster',
      async () => {
        configure(`${PEOPLE}${agent('stalling', 'timeout_seconds = 1\n')}`);
        agentKey('stalling');
        const worker = start({ watch: true });
        await worker.ready;
        const id = await askAndDie();
        await worker.agentBegun;
        expect(await worker.kill()).toBe('SIGKILL');
        const next = start({ watch: true });
        await next.agentBegun;
        const system = await folder.open();
        expect(await system.store.listJobs({ state: 'waiting', limit: 9 })).toContainEqual(
          expect.objectContaining({ kind: 'approval_agent_vote stalling', attempts: 2, subject: id }),
        );
        expect(await decide(system, id, 'ann')).toMatchObject({ status: 'approved' });
        await expectUsedOnce(id);
      },
      120_000,
    );
  });
});
