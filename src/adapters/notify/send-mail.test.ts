import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import { type DeliveryOptions, sendMail } from './index.ts';

const MAIL = { id: '01a2-b', to: ['ann@example.com', 'ben@example.com'], subject: 'Approval required', text: 'body\n' };
let server: SMTPServer | undefined;
let silent: Server | undefined;

afterEach(async () => {
  await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
  silent?.close();
  server = silent = undefined;
});

/** A mail server on this machine; what it got is written to `got`. */
async function serve(options: SMTPServerOptions, got: string[] = []): Promise<number> {
  server = new SMTPServer({
    logger: false,
    authOptional: true,
    onData: (stream, session, done) => {
      void text(stream).then((message) => {
        got.push(`${session.envelope.rcptTo.map(({ address }) => address).join(' ')}\n${message}`);
        done();
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  return (server.server.address() as AddressInfo).port;
}

const send = (smtpUrl: string, timeoutMs = 3000, allowPrivate = true) =>
  sendMail({ smtpUrl, from: 'approvals@example.com', allowPrivate }, MAIL, { timeoutMs });

it('hands a mail over, with the same id at every try', async () => {
  const got: string[] = [];
  const port = await serve({ disabledCommands: ['STARTTLS', 'AUTH'] }, got);
  for (let i = 0; i < 2; i += 1)
    expect(await send(`smtp://127.0.0.1:${port}?tls=none`)).toEqual({ outcome: 'delivered' });
  expect(got).toHaveLength(2);
  for (const message of got) {
    expect(message).toMatch(/^ann@example.com ben@example.com\n/);
    expect(message).toContain('Message-ID: <01a2-b@ggen-governance>');
    expect(message).toContain('Subject: Approval required');
  }
});

it('says who it is, and nothing of the password where that is wrong', async () => {
  const port = await serve({
    authOptional: false,
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    onAuth: ({ username, password }, _, done) =>
      password === 'p@ss' ? done(null, { user: username }) : done(new Error('no p@ss')),
  });
  expect(await send(`smtp://us%40er:p%40ss@127.0.0.1:${port}?tls=none`)).toEqual({ outcome: 'delivered' });
  const refused = await send(`smtp://user:wrong-secret@127.0.0.1:${port}?tls=none`);
  expect(refused).toEqual({ outcome: 'refused', why: `smtp://127.0.0.1:${port} answered 535` });
});

it.each([
  [451, 'retry'],
  [550, 'refused'],
])('answered %i it is %s', async (responseCode, outcome) => {
  const port = await serve({
    disabledCommands: ['STARTTLS', 'AUTH'],
    onRcptTo: (_, __, done) => done(Object.assign(new Error('not now'), { responseCode })),
  });
  expect(await send(`smtp://127.0.0.1:${port}?tls=none`)).toEqual({
    outcome,
    why: `smtp://127.0.0.1:${port} answered ${responseCode}`,
  });
});

it('is sent over TLS only, with a certificate that is the server’s', async () => {
  const plain = await serve({ disabledCommands: ['STARTTLS', 'AUTH'] });
  expect(await send(`smtp://127.0.0.1:${plain}`)).toMatchObject({ outcome: 'refused' });
  await new Promise<void>((resolve) => server!.close(() => resolve()));
  const got: string[] = [];
  const selfSigned = await serve({ disabledCommands: ['AUTH'] }, got);
  expect(await send(`smtp://127.0.0.1:${selfSigned}`)).toMatchObject({ outcome: 'retry' });
  expect(got).toEqual([]);
});

it('ends in time where the server says nothing', async () => {
  silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent!.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as AddressInfo;
  expect(await send(`smtp://127.0.0.1:${port}`, 300)).toMatchObject({ outcome: 'retry' });
});

it.each(['127.0.0.1', 'localhost', '[::1]', '2130706433'])(
  'goes to no server at %s unless that is allowed',
  async (host) => {
    const port = await serve({ disabledCommands: ['STARTTLS', 'AUTH'] });
    expect(await send(`smtp://${host}:${port}?tls=none`, 3000, false)).toMatchObject({ outcome: 'refused' });
  },
);

describe('a mail server behind a name', () => {
  const NAME = 'mail.example.invalid';
  const sendTo = (port: number, more: Partial<DeliveryOptions>) =>
    sendMail({ smtpUrl: `smtp://${NAME}:${port}?tls=none`, from: 'a@example.com', allowPrivate: false }, MAIL, {
      timeoutMs: 3000,
      ...more,
    });
  const answer = (...addresses: readonly string[]) => addresses.map((address) => ({ address, family: 4 }) as const);
  // Both are this machine's; the one stands for a public address.
  const judge = (address: string) => (address === '127.0.0.1' ? undefined : 'private address');

  it('is connected to at the address that was judged: its name is asked once', async () => {
    const got: string[] = [];
    const port = await serve({ disabledCommands: ['STARTTLS', 'AUTH'] }, got);
    const asked: string[] = [];
    const resolve = async (host: string) => {
      asked.push(host);
      return answer(asked.length === 1 ? '127.0.0.1' : '127.0.0.2');
    };
    expect(await sendTo(port, { resolve, judge })).toEqual({ outcome: 'delivered' });
    expect(asked).toEqual([NAME]);
    expect(got).toHaveLength(1);
  });

  it.each([[['127.0.0.2']], [['127.0.0.1', '127.0.0.2']]])(
    'that leads inside, to %j, gets nothing',
    async (addresses) => {
      let connected = 0;
      const port = await serve({
        disabledCommands: ['STARTTLS', 'AUTH'],
        onConnect: (_, done) => {
          connected += 1;
          done();
        },
      });
      const refused = await sendTo(port, { resolve: async () => answer(...addresses), judge });
      expect(refused).toMatchObject({
        outcome: 'refused',
        why: expect.stringContaining('it leads to a private address'),
      });
      expect(connected).toBe(0);
    },
  );

  it('whose name nobody answers ends in time, and at once where it is interrupted', async () => {
    const resolve = () => new Promise<never>(() => undefined);
    expect(await sendTo(1, { resolve, timeoutMs: 50 })).toMatchObject({
      outcome: 'retry',
      why: expect.stringContaining('no answer within 0.05 s'),
    });
    const stopped = AbortSignal.abort();
    expect(await sendTo(1, { resolve, timeoutMs: 60_000, signal: stopped })).toMatchObject({
      outcome: 'retry',
      why: expect.stringContaining('interrupted'),
    });
  });
});

it('interrupted, it leaves no connection behind', async () => {
  const { promise: closed, resolve: onClosed } = Promise.withResolvers<void>();
  const stop = new AbortController();
  silent = createServer((socket) => {
    socket.on('error', () => undefined).on('close', () => onClosed());
    socket.resume();
    stop.abort();
  });
  await new Promise<void>((resolve) => silent!.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as AddressInfo;
  const server = { smtpUrl: `smtp://127.0.0.1:${port}?tls=none`, from: 'a@example.com', allowPrivate: true };
  // Longer than this test may take.
  const sent = sendMail(server, MAIL, { timeoutMs: 600_000, signal: stop.signal });
  expect(await sent).toMatchObject({ outcome: 'retry', why: expect.stringContaining('interrupted') });
  await closed;
});
