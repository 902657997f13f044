import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type DeliveryOptions, postWebhook, standardHeaders, type WebhookTarget } from './index.ts';

const MESSAGE = { id: 'msg_1', timestamp: 1_790_000_000_123, body: '{"type":"approval_required"}' };
const OPTIONS = { timeoutMs: 2000 };
let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

interface Got {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A receiver on this machine, and what it got. */
async function receive(
  answer: (response: ServerResponse, got: Got) => void,
): Promise<{ target: WebhookTarget; got: Got[] }> {
  const got: Got[] = [];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      got.push({ headers: request.headers, body });
      answer(response, got.at(-1)!);
    });
  });
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { target: { url: `http://127.0.0.1:${port}/hook?key=secret`, headers: {}, allowPrivate: true }, got };
}

describe('a webhook', () => {
  it('arrives with its headers, its token and a signature that the receiver can check', async () => {
    const { target, got } = await receive((response) => response.writeHead(204).end());
    const key = Buffer.from('a key of the receiver').toString('base64');
    const whole = {
      ...target,
      headers: { 'Content-Type': 'application/json', 'X-Team': 'ops' },
      authToken: 'token',
      signingSecret: `whsec_${key} whsec_${Buffer.from('old').toString('base64')}`,
    };
    expect(await postWebhook(whole, MESSAGE, OPTIONS)).toEqual({ outcome: 'delivered' });
    expect(got[0]!.body).toBe(MESSAGE.body);
    const { headers } = got[0]!;
    expect(headers).toMatchObject({ 'x-team': 'ops', authorization: 'Bearer token', 'webhook-id': 'msg_1' });
    expect(headers['webhook-timestamp']).toBe('1790000000');
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${got[0]!.body}`;
    const mine = createHmac('sha256', Buffer.from(key, 'base64')).update(signed).digest('base64');
    expect(String(headers['webhook-signature']).split(' ')).toContain(`v1,${mine}`);
    expect(String(headers['webhook-signature']).split(' ')).toHaveLength(2);
  });

  it('is signed as the specification’s own example', () => {
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1614265330000, body: '{"test": 2432232314}' };
    expect(standardHeaders(message, secret)).toEqual({
      'webhook-id': message.id,
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it.each([
    [503, {}, { outcome: 'retry' }],
    [500, { 'retry-after': '7' }, { outcome: 'retry', retryAfterMs: 7000 }],
    [429, { 'retry-after': new Date(MESSAGE.timestamp + 60_000).toUTCString() }, { outcome: 'retry' }],
    [503, { 'retry-after': '99999999' }, { outcome: 'retry', retryAfterMs: 86_400_000 }],
    [503, { 'retry-after': 'soon' }, { outcome: 'retry' }],
    [408, {}, { outcome: 'retry' }],
    [410, {}, { outcome: 'disable' }],
    [400, {}, { outcome: 'refused' }],
    [404, {}, { outcome: 'refused' }],
  ])('answered %i %j is %j', async (status, headers, expected) => {
    const { target } = await receive((response) => response.writeHead(status, headers).end('token=secret'));
    const result = await postWebhook(target, MESSAGE, OPTIONS);
    expect(result).toMatchObject(expected);
    expect(JSON.stringify(result)).not.toContain('secret');
    if (status === 429) expect((result as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(58_000);
  });

  it('follows no redirect', async () => {
    const { target, got } = await receive((response) => {
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    expect(await postWebhook(target, MESSAGE, OPTIONS)).toMatchObject({
      outcome: 'refused',
      why: expect.stringContaining('redirects are not followed'),
    });
    expect(got).toHaveLength(1);
  });

  it.each([
    ['says nothing', () => undefined],
    ['drips', (response: ServerResponse) => void drip(response)],
  ] as const)('to a receiver that %s ends in time, to be tried again', async (_, answer) => {
    const { target } = await receive(answer);
    const started = performance.now();
    expect(await postWebhook(target, MESSAGE, { timeoutMs: 300 })).toMatchObject({
      outcome: 'retry',
      why: expect.stringContaining('no answer within 0.3 s'),
    });
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it('reads no endless answer, and takes one that breaks off for none', async () => {
    const { target } = await receive((response, { body }) => {
      if (body.includes('break')) {
        response.writeHead(200, { 'content-length': '100' });
        response.write('x');
        return void setTimeout(() => response.destroy(), 20);
      }
      response.writeHead(200);
      const more = (): void => void (response.destroyed || response.write('x'.repeat(65_536), more));
      more();
    });
    expect(await postWebhook(target, MESSAGE, OPTIONS)).toEqual({ outcome: 'delivered' });
    const broken = await postWebhook(target, { ...MESSAGE, body: '"break"' }, OPTIONS);
    expect(broken).toMatchObject({ outcome: 'retry', why: expect.stringMatching(/broke off|no connection/) });
  });

  it('is interrupted where it is told to stop, and is tried again where nobody listens', async () => {
    const { target } = await receive(() => undefined);
    const stop = new AbortController();
    const sent = postWebhook(target, MESSAGE, { ...OPTIONS, signal: stop.signal });
    await delay(50);
    stop.abort();
    expect(await sent).toMatchObject({ outcome: 'retry', why: expect.stringContaining('interrupted') });
    server!.closeAllConnections();
    await new Promise((resolve) => server!.close(resolve));
    expect(await postWebhook(target, MESSAGE, OPTIONS)).toMatchObject({
      outcome: 'retry',
      why: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('says nothing of a header that can’t be sent', async () => {
    const { target } = await receive((response) => response.end());
    const result = await postWebhook({ ...target, headers: { 'x-a': 'secret\r\nx: y' } }, MESSAGE, OPTIONS);
    expect(result).toMatchObject({ outcome: 'refused' });
    expect(JSON.stringify(result)).not.toContain('secret');
  });
});

describe('a target inside', () => {
  const sent = async (url: string, more: Partial<DeliveryOptions> = {}) => {
    const { target, got } = await receive((response) => response.end());
    const { port } = new URL(target.url);
    const one = { ...target, url: url.replace('PORT', port), allowPrivate: false };
    return { result: await postWebhook(one, MESSAGE, { ...OPTIONS, ...more }), got };
  };
  /** Answers one after the other to whoever asks; the last one for ever. */
  const resolver = (...answers: readonly (readonly string[])[]) => {
    let asked = 0;
    const resolve = async () => {
      const answer = answers[Math.min(asked, answers.length - 1)]!;
      asked += 1;
      return answer.map((address) => ({ address, family: 4 }) as const);
    };
    return { resolve, asked: () => asked };
  };
  // Both are this machine's, so that nothing leaves it: the one stands for a public address, the other for a private one.
  const [OUTSIDE, INSIDE] = ['127.0.0.1', '127.0.0.2'];
  const judge = (address: string) => (address === OUTSIDE ? undefined : 'private address');

  it.each(['127.0.0.1', '2130706433', 'localhost', '[::1]'])(
    '%s is refused unless its endpoint allows it',
    async (host) => {
      const { result, got } = await sent(`http://${host}:PORT/`);
      expect(result).toMatchObject({ outcome: 'refused', why: expect.stringContaining('it is a loopback address') });
      expect(got).toEqual([]);
    },
  );

  it('behind a name is refused', async () => {
    const { result, got } = await sent('http://hooks.example.com:PORT/', resolver(['127.0.0.1']));
    expect(result).toMatchObject({
      outcome: 'refused',
      why: expect.stringContaining('it leads to a loopback address'),
    });
    expect(got).toEqual([]);
  });

  it('behind a name that is public when asked first and private then is never reached', async () => {
    const { resolve, asked } = resolver([OUTSIDE], [INSIDE]);
    const judged: string[] = [];
    const { result, got } = await sent('http://rebind.example.com:PORT/', {
      resolve,
      judge: (address) => {
        judged.push(address);
        return judge(address);
      },
    });
    expect(result).toEqual({ outcome: 'delivered' });
    expect(got).toHaveLength(1);
    expect(asked()).toBe(1);
    // What it leads to, and where it then led.
    expect(judged).toEqual([OUTSIDE, OUTSIDE]);
  });

  it.each([[[OUTSIDE, INSIDE]], [[INSIDE, OUTSIDE]]])('behind a name that is both, %j, is refused', async (answer) => {
    const { result, got } = await sent('http://both.example.com:PORT/', { ...resolver(answer), judge });
    expect(result).toMatchObject({ outcome: 'refused', why: expect.stringContaining('it leads to a private address') });
    expect(got).toEqual([]);
  });

  it('is told nothing where a connection led to it all the same', async () => {
    let judged = 0;
    const later = (): string | undefined => {
      judged += 1;
      return judged === 1 ? undefined : 'private address';
    };
    const { result, got } = await sent('http://moved.example.com:PORT/', { ...resolver([OUTSIDE]), judge: later });
    expect(result).toMatchObject({ outcome: 'refused', why: expect.stringContaining('it leads to a private address') });
    expect(judged).toBe(2);
    expect(got).toEqual([]);
  });
});

async function drip(response: ServerResponse): Promise<void> {
  response.writeHead(200);
  while (!response.destroyed) {
    response.write('x');
    await delay(20);
  }
}
