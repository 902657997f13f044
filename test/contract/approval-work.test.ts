// What approvals need done while nobody is there: timers, agents that decide, people who are asked later; on both databases.
import { appendFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAgentKeyFiles } from '../../src/adapters/keys/index.ts';
import { renderApproverKey } from '../../src/approvals/index.ts';
import { type GovernedSystem, openSystem, type SystemOptions } from '../../src/compose/index.ts';
import type { ApprovalRecord } from '../../src/model/approval.ts';
import type { RecordedEntry } from '../../src/model/audit-entry.ts';
import { enrol, signerOf } from '../support/approvers.ts';
import { createDatabase, dropDatabase } from '../support/postgres-database.ts';
import { whyNoPostgres } from '../support/postgres-server.ts';
import { createFolder, homeOf, type TestFolder } from '../support/test-system.ts';

const GOVERNANCE = `
[policies]
version = "1.0"
[policies.security.allowed_commands]
require_approval = ["make"]
[policies.operational.require_approval]
operations = ["write_file", "delete_file", "call_tool"]
[policies.agents.writer]
can_read = ["*"]
can_write = ["src/*"]
can_call = ["*"]
`;
const write = { actionType: 'write_file', target: 'src/a.txt', requester: 'writer', content: 'text' };
const remove = { actionType: 'delete_file', target: 'src/a.txt', requester: 'writer' };
const call = { actionType: 'call_tool', target: 'deploy', requester: 'writer' };

describe.each(['sqlite', 'postgres'] as const)('on %s', (backend) => {
  const missing = backend === 'postgres' ? whyNoPostgres() : undefined;
  const works = missing === undefined ? it : it.skip;
  let folder: TestFolder;
  let database: string | undefined;
  let systems: GovernedSystem[];

  beforeEach(async () => {
    systems = [];
    folder = createFolder({ 'config/governance.toml': GOVERNANCE });
    if (backend === 'postgres' && missing === undefined) {
      database = await createDatabase();
      folder.write('config/audit.toml', `[audit.storage]\nbackend = "postgres"\nconnection_string = "${database}"\n`);
    }
    enrol(folder.configDir, 'ann', 'ben');
  });
  afterEach(async () => {
    await Promise.all(systems.map((system) => system.close()));
    if (database !== undefined) await dropDatabase(database);
    database = undefined;
    folder.remove();
  });

  const configure = (approvals: string): void => {
    folder.write('config/approvals.toml', approvals);
  };
  const open = async (more: Partial<SystemOptions> = {}): Promise<GovernedSystem> => {
    const system = await openSystem({
      configDir: folder.configDir,
      workspace: folder.root,
      home: homeOf(folder),
      env: {},
      ...more,
    });
    systems.push(system);
    return system;
  };
  const ask = async (system: GovernedSystem, action = write): Promise<string> => {
    const asked = await system.governor.ask(action);
    if (asked.outcome !== 'waiting') throw new Error(`not asked: ${JSON.stringify(asked)}`);
    return asked.approval.id;
  };
  const until = async (system: GovernedSystem, id: string, is: (record: ApprovalRecord) => boolean) => {
    for (const end = Date.now() + 20_000; Date.now() < end; await delay(10)) {
      const record = (await system.store.getRequest(id))!;
      if (is(record)) return record;
    }
    throw new Error(`it never became so: ${JSON.stringify(await system.store.getRequest(id))}`);
  };
  const events = async (system: GovernedSystem, event: string): Promise<RecordedEntry[]> =>
    (await system.store.query({ limit: 1000 })).filter(({ metadata }) => metadata.event === event);

  const PEOPLE = ['ann', 'ben'].map((id) => `[[approvers.user]]\nid = "${id}"\ncan_approve = ["*"]\n`).join('');
  const timed = (more = ''): string =>
    `[approvals]\nauto_approve_after_seconds = 1\nuse_within_seconds = 60\n${more}[approvals.operations.write_file]\nstrategy = "time-based-approval"\n${PEOPLE}`;

  describe('a request under time-based approval', () => {
    works('is approved by the timer, says so everywhere, and passes once', async () => {
      configure(timed());
      const system = await open({ watch: true });
      const asked = Date.now();
      const id = await ask(system);
      expect((await system.governor.authorize(write)).outcome).toBe('refused');
      const record = await until(system, id, ({ status }) => status === 'approved');
      expect(Date.now() - asked).toBeGreaterThanOrEqual(1000);
      expect(record).toMatchObject({ verified: false, decidedBy: { actorType: 'system', id: 'time-based-approval' } });
      expect(record).toMatchObject({ strategy: 'time-based-approval', useBy: record.decideBy });
      const [entry] = await events(system, 'approval_approved');
      expect(entry).toMatchObject({
        actor: { actorType: 'system', id: 'time-based-approval' },
        metadata: { decided_by_kind: 'timer', strategy: 'time-based-approval', auto_approve_after_seconds: 1 },
      });
      expect(await system.governor.authorize(write)).toMatchObject({ outcome: 'permitted', approvalId: id });
      expect((await system.governor.authorize(write)).outcome).toBe('refused');
    });

    works('is approved without any worker by whoever waits for it, and by who asks again', async () => {
      configure(timed());
      const system = await open();
      const id = await ask(system);
      expect(await system.governor.awaitDecision(id, { timeoutMs: 20_000 })).toBe('approved');
      const other = await ask(system, { ...write, content: 'other' });
      await delay(1050);
      const answer = await system.governor.authorize({ ...write, content: 'other' });
      expect(answer).toMatchObject({ outcome: 'permitted', approvalId: other });
    });

    works('is rejected by a person who is faster, and stays so', async () => {
      configure(timed());
      const system = await open({ watch: true });
      const id = await ask(system);
      await system.desk.decide({ approvalId: id, approved: false, signer: signerOf('ann'), via: 'test' });
      await delay(1300);
      expect((await system.store.getRequest(id))?.status).toBe('rejected');
      expect(await events(system, 'approval_approved')).toEqual([]);
      expect((await system.governor.authorize(write)).outcome).toBe('refused');
    });

    works('fires after a restart where its time has come meanwhile', async () => {
      configure(timed());
      const first = await open();
      const id = await ask(first);
      await first.close();
      await delay(1100);
      const second = await open({ watch: true });
      const started = performance.now();
      await until(second, id, ({ status }) => status === 'approved');
      // A second is what is promised; the rest is for a busy machine.
      expect(performance.now() - started).toBeLessThan(5000);
    });

    works('passes nothing that the store alone makes old, or that a later configuration gives to people', async () => {
      configure(timed());
      const system = await open();
      const id = await ask(system);
      const record = (await system.store.getRequest(id))!;
      // As somebody would who writes the database: long ago asked, just now approved by the timer.
      const forged: ApprovalRecord = {
        ...record,
        id: '01a20c01-ab91-7720-923f-3c0a9f440efb',
        status: 'approved',
        createdAt: record.createdAt - 60_000,
        decidedAt: record.createdAt,
        decidedBy: { actorType: 'system', id: 'time-based-approval', name: 'timer' },
        useBy: record.decideBy,
      };
      await system.desk.withdraw(id, 'cancelled', { actorType: 'user', id: 'x', name: 'x' });
      const entry = { id: '01a20c01-ab91-7720-923f-3c0a9f440efc', timestamp: Date.now() } as const;
      await system.store.createRequest(forged, {
        ...entry,
        eventType: 'system_event',
        actor: { actorType: 'system', id: 'x', name: 'x' },
        operation: { name: 'x' },
        result: 'success',
        metadata: {},
        correlationId: record.correlationId,
      });
      expect((await system.governor.authorize(write)).outcome).toBe('refused');
      expect((await system.store.getRequest(forged.id))?.status).toBe('revoked');
      expect(await events(system, 'approval_unproven')).toHaveLength(1);
    });

    works('of several operations is decided by people where one of these asks for them', async () => {
      configure(timed());
      const system = await open();
      const both = { ...write, parts: [{ actionType: 'call_tool', target: 'deploy' }] };
      const record = (await system.store.getRequest(await ask(system, both)))!;
      expect(record.strategy).toBe('single-approval');
      expect(record.approvesItselfAt).toBeUndefined();
    });
  });

  const agentKey = (agent: string): void => {
    const { key } = createAgentKeyFiles(`${homeOf(folder)}/.config/ggen-governance/keys`).create(agent);
    const line = renderApproverKey({ approver: agent, key, from: 0, until: Number.POSITIVE_INFINITY });
    appendFileSync(join(folder.configDir, 'approvers.allowed_signers'), `${line}\n`);
  };
  const agent = (id: string, more: string): string =>
    `[[approvers.agent]]\nid = "${id}"\ncan_approve = ["*"]\nauto_approve = true\n${more}`;

  describe('an agent that decides by itself', () => {
    works('looks at what is asked, approves what inspectors find nothing wrong with, and says so', async () => {
      configure(`${PEOPLE}${agent('security_agent', '')}`);
      agentKey('security_agent');
      const system = await open({ watch: true });
      const record = await until(system, await ask(system), ({ status }) => status === 'approved');
      expect(record).toMatchObject({
        verified: true,
        decidedBy: { actorType: 'agent', id: 'security_agent' },
        comment: 'inspectors found nothing',
      });
      const [entry] = await events(system, 'approval_approved');
      expect(entry).toMatchObject({
        actor: { actorType: 'agent' },
        metadata: { decided_by_kind: 'agent', verified: true },
      });
      expect((await system.governor.authorize(write)).outcome).toBe('permitted');
    });

    works('never stands for a person: what can’t be undone still waits for one', async () => {
      configure(
        `[approvals.strategies]\ndestructive_operations = "single-approval"\n${PEOPLE}${agent('checker', 'role = "security_validator"\n')}`,
      );
      agentKey('checker');
      const system = await open({ watch: true });
      const id = await ask(system, remove as typeof write);
      const voted = await until(system, id, ({ votes }) => votes?.length === 1);
      expect(voted.status).toBe('pending');
      expect(voted.quorum).toMatchObject({ people: 1, agents: ['checker'] });
      expect((await system.governor.authorize(remove)).outcome).toBe('refused');
      await system.desk.decide({ approvalId: id, approved: true, signer: signerOf('ann'), via: 'test' });
      expect((await system.governor.authorize(remove)).outcome).toBe('permitted');
    });

    works('says no with its findings, and leaves it to the people', async () => {
      configure(
        `[approvals.strategies]\nhigh_risk_operations = "single-approval"\n${PEOPLE}${agent('security_agent', '')}`,
      );
      agentKey('security_agent');
      const system = await open({ watch: true });
      const make = { actionType: 'execute_shell', target: 'make all', requester: 'writer' };
      const id = await ask(system, make as typeof write);
      const record = await until(system, id, ({ votes }) => votes?.length === 1);
      const [vote] = record.votes!;
      expect(record.status).toBe('pending');
      expect(vote?.comment).toMatch(/make|project code/);
    });

    works(
      'decides by a program of its own, a function, and has no vote where these fail',
      async () => {
        folder.write(
          'config/decide.mjs',
          `let text = '';
process.stdin.on('data', (chunk) => { text += chunk; }).on('end', () => {
  const { agent, approval } = JSON.parse(text);
  if (approval.target === 'crash') process.exit(3);
  if (approval.target === 'garbage') return console.log('yes');
  if (approval.target === 'stall') return setTimeout(() => {}, 60_000);
  console.log(JSON.stringify({ approved: approval.target === 'good', comment: agent + ' saw ' + approval.target }));
});`,
        );
        const command = `command = ["node", "decide.mjs"]\ntimeout_seconds = 2\n`;
        configure(`[approvals]\ndefault_timeout_seconds = 60\n${agent('program', command)}`);
        agentKey('program');
        const system = await open({ watch: true });
        const asked = async (target: string): Promise<string> => await ask(system, { ...call, target } as typeof write);
        const [good, bad, crash, garbage, stall] = await Promise.all(
          ['good', 'bad', 'crash', 'garbage', 'stall'].map(asked),
        );
        expect(await until(system, good!, ({ status }) => status !== 'pending')).toMatchObject({
          status: 'approved',
          comment: 'program saw good',
        });
        expect(await until(system, bad!, ({ votes }) => votes?.length === 1)).toMatchObject({
          status: 'pending',
          votes: [{ approved: false, comment: 'program saw bad', approver: { actorType: 'agent' } }],
        });
        for (const [id, why] of [
          [crash, 'its program ended with 3'],
          [garbage, 'its answer is no JSON'],
          [stall, 'no decision within 2 s'],
        ] as const) {
          await until(system, id!, ({ status }) => status === 'pending');
          for (let i = 0; i < 1500; i += 1) {
            const failed = (await events(system, 'approval_agent_failed')).find(
              ({ metadata }) => metadata.approval_id === id,
            );
            if (failed) {
              expect(failed.metadata.error).toContain(why);
              break;
            }
            await delay(10);
          }
          expect((await system.store.getRequest(id!))?.votes ?? []).toEqual([]);
        }
        expect(await system.store.listJobs({ state: 'dead', limit: 9 })).toHaveLength(3);
      },
      40_000,
    );

    works('decides by a function that the program registered', async () => {
      configure(agent('mine', ''));
      agentKey('mine');
      const system = await open({
        watch: true,
        approverAgents: { mine: ({ target }) => ({ approved: target === 'deploy', comment: 'looked' }) },
      });
      const record = await until(
        system,
        await ask(system, call as typeof write),
        ({ status }) => status === 'approved',
      );
      expect(record.comment).toBe('looked');
    });
  });

  describe('a message', () => {
    interface Got {
      readonly token: string | undefined;
      readonly id: string;
      readonly type: string;
      readonly status: string;
    }
    let server: Server | undefined;
    afterEach(() => {
      server?.closeAllConnections();
      server?.close();
    });
    /** A receiver that answers as it is told, and what it got. */
    const receive = async (answer: (got: Got) => number): Promise<{ url: string; got: Got[] }> => {
      const got: Got[] = [];
      server = createServer((request, response) => {
        void text(request).then((body) => {
          const { type, data } = JSON.parse(body);
          const { authorization, 'webhook-id': id } = request.headers;
          got.push({ token: authorization, id: String(id), type, status: data.approval.status });
          response.writeHead(answer(got.at(-1)!)).end();
        });
      });
      await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
      return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/x`, got };
    };
    const endpoint = (url: string, events: readonly string[]): string =>
      `[approvals.webhooks]\nenabled = true\n[[approvals.webhooks.endpoint]]\nurl = "${url}"\nevents = ${JSON.stringify(events)}\nauth_token = "\${TOKEN}"\nallow_private = true\n`;
    const all = [
      'approval_required',
      'approval_granted',
      'approval_rejected',
      'approval_expired',
      'approval_cancelled',
    ];
    const env = { TOKEN: 'of the receiver' };
    const eventually = async (is: () => boolean | Promise<boolean>): Promise<void> => {
      for (const end = Date.now() + 20_000; Date.now() < end; await delay(10)) if (await is()) return;
      throw new Error('it never became so');
    };

    works('tells of each step that its endpoint wants, once', async () => {
      const { url, got } = await receive(() => 200);
      configure(`${PEOPLE}${endpoint(url, all)}`);
      const system = await open({ watch: true, env });
      const first = await ask(system);
      const say = (approvalId: string, approved: boolean) =>
        system.desk.decide({ approvalId, approved, signer: signerOf('ann'), via: 'test' });
      await say(first, true);
      await say(await ask(system, { ...write, content: '2' }), false);
      const third = await ask(system, { ...write, content: '3' });
      await system.desk.withdraw(third, 'cancelled', { actorType: 'user', id: 'x', name: 'x' });
      await eventually(() => got.length >= 6);
      expect(got.map(({ type, status }) => `${type} ${status}`).sort()).toEqual([
        'approval_cancelled cancelled',
        'approval_granted approved',
        'approval_rejected rejected',
        ...Array(3).fill('approval_required pending'),
      ]);
      expect(new Set(got.map(({ id }) => id)).size).toBe(6);
      expect(got.every(({ token }) => token === 'Bearer of the receiver')).toBe(true);
      // The receiver has it a moment before the job is ended.
      await eventually(async () => (await system.store.nextJobAt('approval_notice')) === undefined);
      expect(JSON.stringify(await system.store.listJobs({ state: 'waiting', limit: 99 }))).not.toContain('127.0.0.1');
    });

    works('is put in with its cause, survives the end of its process, and is sent by another', async () => {
      const { url, got } = await receive(() => 200);
      configure(`${PEOPLE}${endpoint(url, ['approval_required'])}`);
      const first = await open({ env });
      await ask(first);
      await first.close();
      expect(got).toEqual([]);
      await open({ watch: true, env });
      await eventually(() => got.length === 1);
    });

    works(
      'that fails is tried again under the same id, and given up where that would change nothing',
      async () => {
        let status = 503;
        const { url, got } = await receive(() => status);
        configure(`${PEOPLE}${endpoint(url, ['approval_required'])}`);
        const system = await open({ watch: true, env });
        await ask(system);
        const waiting = () => system.store.listJobs({ state: 'waiting', limit: 99 });
        await eventually(async () => (await waiting()).some(({ lastError }) => lastError?.includes('answered 503')));
        status = 400;
        await eventually(async () => (await system.store.listJobs({ state: 'dead', limit: 9 })).length === 1);
        expect(new Set(got.map(({ id }) => id)).size).toBe(1);
        expect(got.length).toBeGreaterThanOrEqual(2);
        const [failed] = await events(system, 'notice_failed');
        expect(failed?.metadata.error).toContain('answered 400');
      },
      40_000,
    );

    works('to a receiver that is gone for good turns it off, and others wait for nobody', async () => {
      const { url, got } = await receive(() => 410);
      configure(`${PEOPLE}${endpoint(url, ['approval_required'])}`);
      const system = await open({ watch: true, env });
      await ask(system);
      await eventually(async () => (await system.store.disabledEndpoints()).length === 1);
      await ask(system, { ...write, content: '2' });
      await eventually(async () => (await system.store.listJobs({ state: 'dead', limit: 9 })).length === 2);
      expect(got).toHaveLength(1);
      expect(await events(system, 'notice_endpoint_disabled')).toHaveLength(1);
    });

    works(
      'is sent again and again while nobody decides, where that is wanted, and says when others are asked',
      async () => {
        const { url, got } = await receive(() => 200);
        configure(
          `[approvals.reminders]\nevery_seconds = 1\n[approvals.escalation]\nafter_seconds = 1\napprovers = ["ben"]\n${PEOPLE}${endpoint(url, ['approval_reminder', 'approval_escalated'])}`,
        );
        const system = await open({ watch: true, env });
        const id = await ask(system);
        await eventually(() => got.filter(({ type }) => type === 'approval_reminder').length === 2);
        expect(got.filter(({ type }) => type === 'approval_escalated')).toHaveLength(1);
        await system.desk.withdraw(id, 'cancelled', { actorType: 'user', id: 'x', name: 'x' });
        await delay(1200);
        expect(got.filter(({ type }) => type === 'approval_reminder').length).toBeLessThanOrEqual(3);
      },
    );
  });

  works('those who are asked later have no vote before, and one after', async () => {
    configure(`[approvals.escalation]\nafter_seconds = 1\napprovers = ["ben"]\n${PEOPLE}`);
    const system = await open({ watch: true });
    const id = await ask(system);
    const decide = (name: string) =>
      system.desk.decide({ approvalId: id, approved: true, signer: signerOf(name), via: 'test' });
    await expect(decide('ben')).rejects.toMatchObject({
      code: 'NOT_PERMITTED',
      message: expect.stringContaining('only at'),
    });
    for (let i = 0; (await events(system, 'approval_escalated')).length === 0 && i < 2000; i += 1) await delay(10);
    expect((await events(system, 'approval_escalated'))[0]).toMatchObject({ metadata: { approvers: ['ben'] } });
    expect((await decide('ben')).status).toBe('approved');
    expect((await system.governor.authorize(write)).outcome).toBe('permitted');
  });
});
