// What leaves this system as it is put together: messages over HTTP and by mail, and questions to agents behind HTTP.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GovernedSystem } from '../../src/compose/index.ts';
import { signerOf } from '../support/approvers.ts';
import {
  agent,
  call,
  createWorkFolder,
  events,
  eventually,
  openReceiver,
  PEOPLE,
  type TestReceiver,
  type WorkFolder,
  write,
} from '../support/work-folder.ts';

let work: WorkFolder;
let receiver: TestReceiver | undefined;
beforeEach(() => {
  work = createWorkFolder();
});
afterEach(async () => {
  receiver?.close();
  receiver = undefined;
  await work.close();
});

const votesOf = async (system: GovernedSystem, id: string) => (await system.store.getRequest(id))?.votes ?? [];

describe('an agent that decides over HTTP', () => {
  const bot = (url: string, more = ''): string =>
    `[approvals]\ndefault_timeout_seconds = 600\n${agent('bot', `url = "${url}/decide?key=of-its-own"\nauth_token = "\${TOKEN}"\n${more}`)}`;
  const env = { TOKEN: 'of-the-agent' };

  it('is posted what is asked, with its token, and yes and no are its vote', async () => {
    receiver = await openReceiver((response, { body }) => {
      const { agent: id, approval } = JSON.parse(body);
      response.end(JSON.stringify({ approved: approval.target === 'good', comment: `${id} saw ${approval.target}` }));
    });
    work.configure(bot(receiver.url, 'allow_private = true\n'));
    work.agentKey('bot');
    const system = await work.open({ watch: true, env });
    const good = await work.ask(system, { ...call, target: 'good' });
    const bad = await work.ask(system, { ...call, target: 'bad' });
    await eventually(async () => (await votesOf(system, bad)).length === 1);
    await eventually(async () => (await system.store.getRequest(good))?.status === 'approved');
    expect(await system.store.getRequest(good)).toMatchObject({
      verified: true,
      decidedBy: { actorType: 'agent', id: 'bot' },
      comment: 'bot saw good',
    });
    // An agent's no leaves it to the people.
    expect(await system.store.getRequest(bad)).toMatchObject({
      status: 'pending',
      votes: [{ approved: false, comment: 'bot saw bad', approver: { actorType: 'agent', id: 'bot' } }],
    });
    expect((await system.governor.authorize({ ...call, target: 'good' })).outcome).toBe('permitted');
    expect((await system.governor.authorize({ ...call, target: 'bad' })).outcome).toBe('refused');
    expect(receiver.got).toHaveLength(2);
    for (const { path, headers } of receiver.got) {
      expect(path).toBe('/decide?key=of-its-own');
      expect(headers).toMatchObject({ authorization: 'Bearer of-the-agent', 'content-type': 'application/json' });
    }
    expect(receiver.got.map(({ body }) => JSON.parse(body).approval.id).sort()).toEqual([bad, good].sort());
  });

  it('that fails, redirects or talks nonsense has no vote, and that is recorded', async () => {
    const yes = '{"approved": true}';
    receiver = await openReceiver((response, { path, body }) => {
      if (path === '/yes') return response.end(yes);
      switch (JSON.parse(body).approval.target) {
        case 'fails':
          return response.writeHead(500).end(yes);
        case 'redirects':
          return response.writeHead(307, { location: '/yes' }).end(yes);
        case 'garbage':
          return response.end('yes');
        default:
          return response.end('{"approved": "true"}');
      }
    });
    work.configure(bot(receiver.url, 'allow_private = true\n'));
    work.agentKey('bot');
    const system = await work.open({ watch: true, env });
    const { host } = new URL(receiver.url);
    const expected = [
      ['fails', `${host} answered 500`],
      ['redirects', `${host} answered 307`],
      ['garbage', 'its answer is no JSON'],
      ['no word', 'a decision is {"approved": true | false}'],
    ] as const;
    const asked = new Map<string, string>();
    for (const [target] of expected) asked.set(target, await work.ask(system, { ...call, target }));
    await eventually(async () => (await events(system, 'approval_agent_failed')).length === expected.length);
    const failed = await events(system, 'approval_agent_failed');
    for (const [target, why] of expected) {
      const id = asked.get(target)!;
      const entry = failed.find(({ metadata }) => metadata.approval_id === id);
      expect(entry).toMatchObject({ actor: { actorType: 'agent', id: 'bot' }, result: 'failure' });
      expect(entry?.metadata.error).toContain(why);
      expect(await system.store.getRequest(id)).toMatchObject({ status: 'pending' });
      expect(await votesOf(system, id)).toEqual([]);
      expect(receiver.got.filter(({ body }) => JSON.parse(body).approval.id === id)).toHaveLength(3);
    }
    expect(receiver.got.filter(({ path }) => path === '/yes')).toEqual([]);
    // What failed may have been told the token, or the address, which hold secrets.
    expect(JSON.stringify(failed)).not.toMatch(/of-the-agent|of-its-own/);
  });

  it('that is late has no vote, and is not asked again: it would be late again', async () => {
    receiver = await openReceiver(() => undefined);
    work.configure(bot(receiver.url, 'allow_private = true\ntimeout_seconds = 1\n'));
    work.agentKey('bot');
    const system = await work.open({ watch: true, env });
    const id = await work.ask(system, call);
    await eventually(async () => (await events(system, 'approval_agent_failed')).length === 1);
    const [failed] = await events(system, 'approval_agent_failed');
    expect(failed?.metadata.error).toMatch(/no (decision|answer) within 1 s/);
    expect(await votesOf(system, id)).toEqual([]);
    expect(await system.store.listJobs({ state: 'dead', limit: 9 })).toMatchObject([{ subject: id, attempts: 1 }]);
    expect(receiver.got).toHaveLength(1);
  });

  it('at a private address is asked only where that is allowed', async () => {
    receiver = await openReceiver((response) => response.end('{"approved": true}'));
    work.configure(bot(receiver.url));
    work.agentKey('bot');
    const system = await work.open({ watch: true, env });
    const id = await work.ask(system, call);
    await eventually(async () => (await events(system, 'approval_agent_failed')).length === 1);
    expect((await events(system, 'approval_agent_failed'))[0]?.metadata.error).toContain('it is a loopback address');
    expect(await votesOf(system, id)).toEqual([]);
    expect(receiver.got).toEqual([]);
  });
});

describe('a webhook', () => {
  const endpoint = (url: string, more = ''): string =>
    `[[approvals.webhooks.endpoint]]\nurl = "${url}"\nevents = ["approval_required"]\nallow_private = true\n${more}`;
  const hooks = (...endpoints: readonly string[]): void =>
    work.configure(`${PEOPLE}[approvals.webhooks]\nenabled = true\n${endpoints.join('')}`);

  it('has the form of Slack where its endpoint says so, wherever that is', async () => {
    receiver = await openReceiver((response) => response.end('ok'));
    hooks(endpoint(`${receiver.url}/slack`, 'format = "slack"\n'), endpoint(`${receiver.url}/plain`));
    const system = await work.open({ watch: true });
    const id = await work.ask(system);
    const { got } = receiver;
    await eventually(() => got.length === 2);
    const bodyAt = (at: string) => JSON.parse(got.find(({ path }) => path === at)!.body);
    expect(bodyAt('/plain')).toMatchObject({ type: 'approval_required', data: { approval: { id } } });
    const slack = bodyAt('/slack');
    expect(Object.keys(slack)).not.toContain('type');
    expect(slack).toMatchObject({ text: expect.stringContaining('src/a.txt'), blocks: expect.any(Array) });
  });

  it('is tried again no sooner than its receiver says, and until then by nobody', async () => {
    receiver = await openReceiver((response) => response.writeHead(503, { 'retry-after': '3600' }).end());
    hooks(endpoint(receiver.url));
    const system = await work.open({ watch: true });
    const asked = Date.now();
    await work.ask(system);
    await eventually(async () => (await work.waiting(system))[0]?.lastError !== undefined);
    const [job] = await work.waiting(system);
    expect(job).toMatchObject({ attempts: 1, lastError: `${new URL(receiver.url).host} answered 503` });
    // Far beyond what the waits of its own come to.
    expect(job!.dueAt).toBeGreaterThanOrEqual(asked + 3_600_000);
    expect(job!.dueAt).toBeLessThanOrEqual(Date.now() + 3_600_000);
    expect(receiver.got).toHaveLength(1);
  });

  it('is given up after the twentieth try, and not before', async () => {
    receiver = await openReceiver((response) => response.writeHead(503, { 'retry-after': '3600' }).end());
    hooks(endpoint(receiver.url));
    const system = await work.open();
    const id = await work.ask(system);
    work.makeDue(18);
    const sending = await system.startWork();
    await eventually(async () => (await work.waiting(system))[0]?.attempts === 19);
    await sending.doneWithin(20_000);
    expect(await events(system, 'notice_failed')).toEqual([]);
    work.makeDue();
    await eventually(async () => (await system.store.listJobs({ state: 'dead', limit: 9 })).length === 1);
    await sending.stop();
    const why = `${new URL(receiver.url).host} answered 503; given up after 20 tries`;
    expect(await system.store.listJobs({ state: 'dead', limit: 9 })).toMatchObject([{ subject: id, lastError: why }]);
    expect((await events(system, 'notice_failed'))[0]).toMatchObject({
      result: 'failure',
      metadata: { approval_id: id, error: why },
    });
    expect(receiver.got).toHaveLength(2);
    expect(new Set(receiver.got.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  });

  it('at a private address is sent only where that is allowed', async () => {
    receiver = await openReceiver((response) => response.end());
    hooks(endpoint(receiver.url).replace('allow_private = true\n', ''));
    const system = await work.open({ watch: true });
    await work.ask(system);
    await eventually(async () => (await events(system, 'notice_failed')).length === 1);
    expect((await events(system, 'notice_failed'))[0]?.metadata.error).toContain(
      'it is a loopback address, which takes allow_private = true',
    );
    expect(receiver.got).toEqual([]);
  });
});

describe('a mail', () => {
  let smtp: SMTPServer | undefined;
  let plain: Server | undefined;
  afterEach(async () => {
    await new Promise<void>((resolve) => (smtp ? smtp.close(() => resolve()) : resolve()));
    plain?.close();
    smtp = plain = undefined;
  });
  /** A mail server on this machine; `answer`: what it says to a recipient, undefined for yes. */
  const serve = async (
    answer: () => number | undefined = () => undefined,
  ): Promise<{ port: number; got: string[] }> => {
    const got: string[] = [];
    smtp = new SMTPServer({
      logger: false,
      authOptional: true,
      disabledCommands: ['STARTTLS', 'AUTH'],
      onRcptTo: (_, __, done) => {
        const responseCode = answer();
        if (responseCode === undefined) done();
        else done(Object.assign(new Error('not now'), { responseCode }));
      },
      onData: (stream, _, done) => {
        void text(stream).then((message) => {
          got.push(message);
          done();
        });
      },
    });
    smtp.on('error', () => undefined);
    await new Promise<void>((resolve) => smtp!.listen(0, '127.0.0.1', resolve));
    return { port: (smtp.server.address() as AddressInfo).port, got };
  };
  const mail = (port: number, wanted: readonly string[], more = 'allow_private = true\n'): void =>
    work.configure(
      `[approvals]\nlink = "https://approvals.example.com/{id}"\n[approvals.email]\nenabled = true\nsmtp_url = "smtp://127.0.0.1:${port}?tls=none"\nfrom = "approvals@example.com"\nto = ["security@example.com"]\nevents = ${JSON.stringify(wanted)}\n${more}${PEOPLE}`,
    );

  it('is sent by the worker for the events that are wanted, and for no others', async () => {
    const { port, got } = await serve();
    mail(port, ['approval_required', 'approval_rejected']);
    const system = await work.open({ watch: true });
    const decide = async (id: string, approved: boolean): Promise<void> =>
      void (await system.desk.decide({ approvalId: id, approved, signer: signerOf('ann'), via: 'test' }));
    const first = await work.ask(system);
    await decide(first, true);
    const second = await work.ask(system, { ...write, content: '2' });
    await decide(second, false);
    await eventually(() => got.length === 3);
    await eventually(async () => (await work.waiting(system)).length === 0);
    const subjects = got.map((message) => /^Subject: (.*)$/m.exec(message)?.[1] ?? '').sort();
    expect(subjects).toHaveLength(3);
    expect(subjects.filter((subject) => /reject/i.test(subject))).toHaveLength(1);
    expect(subjects.filter((subject) => /approved|granted/i.test(subject))).toEqual([]);
    for (const message of got) {
      expect(message).toContain('From: approvals@example.com');
      expect(message).toContain('To: security@example.com');
    }
    const whole = got.map((message) => message.replaceAll('=\r\n', ''));
    expect(whole.filter((message) => message.includes(`https://approvals.example.com/${first}`))).toHaveLength(1);
    expect(whole.filter((message) => message.includes(`https://approvals.example.com/${second}`))).toHaveLength(2);
  });

  it('to a server that refuses for now is sent again under the same id, and given up where it refuses for good', async () => {
    let answer: number | undefined = 451;
    const { port, got } = await serve(() => answer);
    mail(port, ['approval_required']);
    const system = await work.open();
    await work.ask(system);
    const sending = await system.startWork();
    await eventually(async () => (await work.waiting(system))[0]?.lastError !== undefined);
    const [job] = await work.waiting(system);
    expect(job?.lastError).toBe(`smtp://127.0.0.1:${port} answered 451`);
    expect(got).toEqual([]);
    answer = undefined;
    work.makeDue();
    await eventually(() => got.length === 1);
    expect(got[0]).toContain(`Message-ID: <${job!.id}@ggen-governance>`);
    answer = 550;
    await work.ask(system, { ...write, content: '2' });
    await eventually(async () => (await events(system, 'notice_failed')).length === 1);
    await sending.stop();
    expect((await events(system, 'notice_failed'))[0]?.metadata.error).toBe(`smtp://127.0.0.1:${port} answered 550`);
    expect(got).toHaveLength(1);
  });

  it('to a private address is sent only where that is allowed', async () => {
    let connected = 0;
    plain = createServer();
    plain.on('connection', () => {
      connected += 1;
    });
    await new Promise<void>((resolve) => plain!.listen(0, '127.0.0.1', resolve));
    mail((plain.address() as AddressInfo).port, ['approval_required'], '');
    const system = await work.open({ watch: true });
    await work.ask(system);
    await eventually(async () => (await events(system, 'notice_failed')).length === 1);
    expect((await events(system, 'notice_failed'))[0]?.metadata.error).toContain('it is a loopback address');
    expect(connected).toBe(0);
  });
});
